// What a choice alone asks for is shown once it is chosen. Without this file everything stands there;
// what is hidden is not sent, and the server judges, never this.
(function () {
  "use strict";

  function settle(form) {
    form.querySelectorAll("[data-only-field]").forEach(function (part) {
      // What is hidden itself was not chosen: its own choice is asked of nobody.
      var chosen = form.querySelector('input[name="' + part.dataset.onlyField + '"]:checked:not(:disabled)');
      var asked = chosen && part.dataset.onlyValues.split(" ").indexOf(chosen.value) >= 0;
      part.hidden = !asked;
      part.querySelectorAll("input, select").forEach(function (control) { control.disabled = !asked; });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-only]").forEach(function (form) {
      // Twice: one choice may hide the next one, which stands below what it asks for.
      function twice() { settle(form); settle(form); }
      form.addEventListener("change", twice);
      twice();
    });
  });
})();
