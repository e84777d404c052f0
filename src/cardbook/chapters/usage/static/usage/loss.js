// The screen of a loss: a number, three digits, F8, Enter; then the notice, F9 (Art. 28).
// Everything here can also be done by hand and without this file; the server judges, never this.
(function () {
  "use strict";

  var box = document.getElementById("q");
  var lookup = document.getElementById("lookup");
  var stop = document.getElementById("stop");
  var tell = document.getElementById("tell");

  // A whole document number is looked up by itself; a telephone number is the beginning of one.
  if (box && lookup) {
    box.addEventListener("input", function () {
      if (/^\d{17}[\dXx]$/.test(box.value.trim())) lookup.requestSubmit();
    });
  }

  // Digits belong to the questions as soon as somebody is on the screen.
  var caller = document.getElementById("caller");
  if (caller && !document.querySelector("[data-focus-first]")) caller.focus();

  function inText(node) {
    return node && (node.tagName === "SELECT" || node.tagName === "TEXTAREA" ||
      (node.tagName === "INPUT" && !/^(checkbox|radio|hidden|submit)$/.test(node.type)));
  }

  function tick(digit) {
    var question = document.querySelector('[data-digit="' + digit + '"]');
    if (question) {
      var fold = question.closest("details");
      if (fold) fold.open = true;
      question.checked = !question.checked;
      return;
    }
    var line = tell && tell.querySelector('[data-line="' + digit + '"]');
    if (line) line.checked = !line.checked;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "F8" && stop) {
      // Armed: the next Enter stops the card, from wherever the hand was.
      event.preventDefault();
      stop.classList.add("lo-armed");
      document.getElementById("go").focus();
      return;
    }
    if (event.key === "F9" && tell) {
      event.preventDefault();
      tell.querySelectorAll("[data-line]").forEach(function (one) { one.checked = true; });
      tell.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      var away = document.getElementById("away");
      if (away) away.click();
      return;
    }
    if (inText(document.activeElement)) return;
    if (/^[0-9]$/.test(event.key)) tick(event.key);
  });
})();
