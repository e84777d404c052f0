// The keyboard alone: every choice and every act of `[data-keys]` gets a key of its own, Enter sends.
// Keys are written here, not by the server: without scripts there are none to promise.
(function () {
  "use strict";

  var KEYS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  // Faster than any hand: a scanner typing where nobody asked for a scan chooses nothing.
  var SCANNER_MS = 30;
  var last = -Infinity;
  var burst = false;
  var waiting = null;
  var timer = null;

  function controls() {
    return document.querySelectorAll(
      "[data-keys] input[type=radio], [data-keys] input[type=checkbox], [data-keys] li > a.btn");
  }

  function writeKeys() {
    Array.prototype.slice.call(controls(), 0, KEYS.length).forEach(function (control, place) {
      if (control.dataset.key) return;
      control.dataset.key = KEYS[place];
      control.setAttribute("aria-keyshortcuts", KEYS[place]);
      var key = document.createElement("kbd");
      key.textContent = KEYS[place];
      key.setAttribute("aria-hidden", "true");
      if (control.tagName === "A") control.prepend(key);
      else control.after(key);
    });
    document.querySelectorAll("form[data-keys] button.btn-primary").forEach(function (button) {
      if (button.querySelector("kbd")) return;
      var key = document.createElement("kbd");
      key.textContent = "回车";
      key.setAttribute("aria-hidden", "true");
      button.append(key);
    });
  }

  function isTyping(field) {
    return field.closest("textarea, select, [contenteditable]")
      || (field.tagName === "INPUT" && ["radio", "checkbox", "submit", "button"].indexOf(field.type) < 0);
  }

  function act() {
    window.clearTimeout(timer);
    var key = waiting;
    waiting = null;
    if (!key || burst) return;
    var control = document.querySelector('[data-keys] [data-key="' + key + '"]');
    if (!control) return;
    control.click();
    control.focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (!document.querySelector("[data-keys]")) return;
    var apart = event.timeStamp - last;
    if (event.key.length === 1) last = event.timeStamp;
    if (isTyping(event.target)) return scanned(event, apart);
    if (event.key === "Enter") return send(event, apart);
    if (event.key.length !== 1 || event.key === " ") return;
    burst = apart < SCANNER_MS;
    waiting = event.key.toUpperCase();
    window.clearTimeout(timer);
    timer = window.setTimeout(act, SCANNER_MS + 10);
  });

  // What was scanned into a field stays there, and the hand goes on with the keys.
  function scanned(event, apart) {
    if (event.key !== "Enter" || apart >= SCANNER_MS || !event.target.closest("form[data-keys]")) return;
    event.preventDefault();
    event.target.blur();
  }

  function send(event, apart) {
    if (apart < SCANNER_MS) {
      waiting = null;
      return event.preventDefault();
    }
    if (event.target.closest("a, button")) return;
    act();
    var form = document.querySelector("form[data-keys]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }

  document.addEventListener("DOMContentLoaded", writeKeys);
  document.addEventListener("htmx:afterSettle", writeKeys);
})();
