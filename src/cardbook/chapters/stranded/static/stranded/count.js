// Counting in by scan, with a digit for the reason where one is asked: numbers wait in a line and are
// sent one by one (cardbook/scanning.js). Without this file the form posts.
(function () {
  "use strict";

  var form = document.querySelector("[data-count-form]");
  if (!form || !window.htmx) return;
  var field = form.querySelector("input[name=number]");
  var digit = form.querySelector("[data-digit]");
  var digits = {};
  var settle = null;
  var line = window.cardbook.line({
    form: form,
    note: document.querySelector("[data-count-waiting]"),
    target: form.dataset.target || "scans",
    body: function (scans) { return new URLSearchParams(scans[0]).toString(); },
    lost: function (scans) { return "没有登记的卡：" + scans.map(function (one) { return one.number; }).join("、") + "。"; }
  });
  window.cardbook.aim(field);

  document.querySelectorAll("[data-reason]").forEach(function (one) {
    digits[one.dataset.digitKey] = one.dataset.reason;
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    // A reason is tapped where there are no digit keys.
    var struck = event.submitter && event.submitter.name === "reason" ? event.submitter.value : "";
    if (struck && text) return take({ number: text, reason: struck });
    if (struck) {
      field.focus();
      return line.tell("请先扫卡，再选原因。");
    }
    if (!text) return finish();
    if (digit) {
      // What was said belongs to the card before; this one has yet to get its reason.
      document.querySelectorAll(".st-last").forEach(function (old) { old.remove(); });
      line.tell("");
      return digit.focus();
    }
    take({ number: text });
  });

  // The digit of the reason: a lone one. More within a moment is the scanner again.
  if (digit) {
    digit.addEventListener("input", function () {
      window.clearTimeout(settle);
      settle = window.setTimeout(function () {
        var struck = digit.value.trim();
        digit.value = "";
        if (digits[struck] && field.value.trim()) {
          take({ number: field.value.trim(), reason: digits[struck] });
        } else if (struck) {
          line.tell("上一张 " + field.value.trim() + " 还没有选原因，请按原因旁边的那个键。");
        }
      }, 60);
    });
    digit.addEventListener("keydown", function (event) {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "Escape") { field.value = ""; field.focus(); }
    });
  }

  function take(values) {
    field.value = "";
    field.focus();
    line.push(values);
  }

  // One Enter more, with nothing scanned: to the button, or straight on where the page says so.
  function finish() {
    if (line.length) return line.tell(line.left("请稍候再操作。"));
    var button = document.querySelector(form.dataset.close);
    if (!button) return;
    if (form.hasAttribute("data-close-at-once")) button.click();
    else button.focus();
  }
})();
