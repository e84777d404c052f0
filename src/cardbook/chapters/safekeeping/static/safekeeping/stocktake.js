// Stock-take: readings are sent in batches, in order, each with its age, so that a cut line does not
// change the moment a card was seen (cardbook/scanning.js). Without this file the form posts one
// reading at a time.
(function () {
  "use strict";

  var form = document.querySelector("[data-stocktake-form]");
  if (!form || !window.htmx) return;
  var field = form.querySelector("#scan-number");
  var finish = document.querySelector("[data-stocktake-end]");
  var ending = false;
  var line = window.cardbook.line({
    form: form,
    note: document.querySelector("[data-stocktake-waiting]"),
    target: "scans",
    most: 50,
    body: body,
    lost: function (readings) {
      var texts = readings.map(function (reading) { return reading.text; }).join("、");
      return "以下没有计数：" + texts + "。请重新登录后继续盘点，再扫这些卡。";
    },
    shown: shown,
    empty: function () { if (ending) end(); },
    refused: function () { ending = false; },
    held: function (other) {
      if (other !== finish) return false;
      end();
      return true;
    }
  });
  window.cardbook.aim(field);

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    field.value = "";
    field.focus();
    if (text && !ending) line.push({ text: text, at: window.performance.now() });
  });

  // One key ends the count: F8, which no scanner types. What is still in the line goes first.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key !== "F8") return;
    event.preventDefault();
    end();
  });

  function end() {
    ending = true;
    if (line.length) return line.tell(line.left("送完就结束。"));
    finish.requestSubmit(finish.querySelector(".btn-primary"));
  }

  function body(readings) {
    var now = window.performance.now();
    return readings.reduce(function (text, reading) {
      return text + "&number=" + encodeURIComponent(reading.text) + "&age=" + Math.round(now - reading.at);
    }, "account=" + document.getElementById("scans").dataset.account);
  }

  function shown(fresh, old) {
    if (!fresh.dataset.account) fresh.dataset.account = old.dataset.account;
    document.querySelectorAll("[data-empty-only]").forEach(function (one) {
      one.hidden = !!document.querySelector("#scans tbody tr");
    });
  }
})();
