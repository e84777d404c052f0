// Blind count: each number goes into a line as soon as its Enter arrives, the field is free for the
// next at once (cardbook/scanning.js). Without this file the form posts.
(function () {
  "use strict";

  var form = document.querySelector("[data-count-form]");
  if (!form || !window.htmx) return;
  var field = form.querySelector("input[name=number]");
  var line = window.cardbook.line({
    form: form,
    note: document.querySelector("[data-count-waiting]"),
    target: "scans",
    body: function (numbers) { return "number=" + encodeURIComponent(numbers[0]); },
    lost: function (numbers) { return "以下卡号没有计数：" + numbers.join("、") + "。请重新登录后继续清点，再扫这些卡。"; },
    shown: hideWhatIsForEmptyBoxes
  });
  window.cardbook.aim(field);

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    field.value = "";
    field.focus();
    if (text) line.push(text);
    else toSignature();
  });

  // One Enter more, with nothing scanned, leads the hands from the cards to the signature.
  function toSignature() {
    var name = document.getElementById("id_second_name") || document.querySelector("[data-finish]");
    if (name && document.querySelector("#scans tbody tr")) name.focus();
  }

  // With a card scanned, the box is not empty and the count is not a slip.
  function hideWhatIsForEmptyBoxes() {
    var empty = document.getElementById("id_called_empty");
    var scanned = !!document.querySelector("#scans tbody tr");
    if (empty) empty.closest(".cb-field").hidden = scanned;
    document.querySelectorAll("[data-empty-only]").forEach(function (one) { one.hidden = scanned; });
  }

  document.addEventListener("htmx:afterSettle", hideWhatIsForEmptyBoxes);
})();
