// Wrong cards: two scans, digits pick what differs, Enter takes the card back (Art. 13).
// Everything here can also be done by hand and without this file; the server judges, never this.
(function () {
  "use strict";

  var PAUSE_MS = 80; // a scanner types faster: its characters are no keys
  var LEAST_SCAN = 6;
  var burst = "";
  var timer = 0;
  var form = document.getElementById("wrong");
  var start = document.getElementById("wrong-start");

  function inText(node) {
    return node && (node.tagName === "SELECT" || node.tagName === "TEXTAREA" ||
      (node.tagName === "INPUT" && !/^(checkbox|radio|hidden|submit)$/.test(node.type)));
  }

  // ------------------------------------------------------------------ two scans

  if (start) {
    start.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.target.id !== "id_number") return;
      event.preventDefault();
      var number = event.target;
      var card = document.getElementById("id_card");
      var text = number.value.normalize("NFKC").replace(/\s/g, "").replace(/^~/, "");
      if (/^[0-9A-Z]{9}$/i.test(text)) {
        // The card came first: it goes where it belongs, and the document is still awaited here.
        card.value = text;
        number.value = "";
      } else if (card.value.trim()) start.requestSubmit();
      else if (text) card.focus();
    });
  }

  // ------------------------------------------------------------------ the comparison

  function key(name) {
    var box = form.querySelector('[data-digit="' + name + '"]');
    if (box) return box.click();
    if (name === "X" && form.elements.is_told) return form.elements.is_told.click();
    if (name === "F") return nextFault();
  }

  function nextFault() {
    var faults = form.querySelectorAll('input[name="fault"]');
    if (!faults.length) return;
    var at = Array.prototype.findIndex.call(faults, function (one) { return one.checked; });
    faults[(at + 1) % faults.length].click();
  }

  function flush() {
    window.clearTimeout(timer);
    if (burst.length < LEAST_SCAN) Array.from(burst.toUpperCase()).forEach(key);
    burst = "";
  }

  function retell() {
    var told = form.querySelector("[data-told]");
    var fault = form.querySelector('input[name="fault"]:checked');
    if (!told || !fault) return;
    var picked = Array.prototype.map.call(
      form.querySelectorAll("[data-digit]:checked"), function (box) { return box.dataset.label; });
    told.firstElementChild.textContent = "您的卡有一项不对：" + (picked.join("、") || "（待选）") + "。";
    told.lastElementChild.textContent = "费用：" + fault.dataset.fee + "。";
  }

  if (form) {
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (event.key === "Escape") {
        var away = document.getElementById("away");
        if (away) away.click();
        return;
      }
      if (inText(document.activeElement)) return;
      if (event.key === "Enter") {
        if (document.activeElement && /^(A|BUTTON|SUMMARY)$/.test(document.activeElement.tagName)) return;
        event.preventDefault();
        if (burst.length >= LEAST_SCAN) { burst = ""; return; } // the end of a scan
        flush();
        form.requestSubmit(document.getElementById("go"));
        return;
      }
      if (event.key.length !== 1) return;
      burst += event.key.normalize("NFKC");
      window.clearTimeout(timer);
      timer = window.setTimeout(flush, PAUSE_MS);
    });
    form.addEventListener("change", retell);
  }

  // ------------------------------------------------------------------ the list

  document.addEventListener("change", function (event) {
    if (!event.target.matches("[data-all]")) return;
    document.querySelectorAll('#wrong-list input[name="chosen"]:not(:disabled)').forEach(function (box) {
      box.checked = event.target.checked;
    });
  });
})();
