// A proxy or a guardian at the window: everything is scanned into one field (Art. 10, 11).
// Everything here can also be done by hand and without this file; the server judges, never this.
(function () {
  "use strict";

  var KEY_MS = 150; // one character and then nothing for so long: a key was pressed, not a scan
  var FAST_MS = 30; // characters a scanner types are on average not further apart
  var tidy = window.cardbook.tidy;
  var pad = null;
  var timer = 0;
  var first = -Infinity; // when the first character of what stands in the field was typed
  var length = 0;
  var busy = false;
  var waiting = []; // scans that came while the server was answering
  var asked = ""; // what stands in the field and is being answered
  var begun = ""; // what was typed meanwhile and had no Enter yet

  function byId(id) { return document.getElementById(id); }
  function form() { return byId("come"); }
  function ready() { return Boolean(byId("go")); }

  function say(sentence) {
    var line = byId("come-say");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  function isText(node) {
    return node && node.tagName === "INPUT" && /^(text|search|password|date|tel|number|file)$/.test(node.type);
  }

  // ------------------------------------------------------------------ the one field

  document.addEventListener("keydown", function (event) {
    if (!form() || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      window.location.assign(form().dataset.address);
      return;
    }
    if (event.key === "Enter") return enter(event);
    // A scan or a key from anywhere but another text field belongs into the one field.
    if (event.key.length === 1 && !isText(document.activeElement) && event.key !== " ") byId("q").focus();
  }, true);

  document.addEventListener("input", function (event) {
    if (event.target.id === "scanned") return judgeCard();
    if (event.target.id === "number-again") return grown(event);
    if (event.target.id !== "q") return;
    window.clearTimeout(timer);
    grown(event);
    if (event.target.value.length === 1) timer = window.setTimeout(oneKey, KEY_MS);
  });

  // What comes in one piece (pasted, filled in by the browser) was typed by no scanner.
  function grown(event) {
    var now = event.target.value.length;
    if (now === 1) first = event.timeStamp;
    else if (now > length + 1) first = -Infinity;
    length = now;
  }

  function oneKey() {
    var field = byId("q");
    if (busy || !ready() || field.value.length !== 1) return;
    if (shortcut(field.value.toUpperCase())) field.value = "";
  }

  function enter(event) {
    var field = byId("q");
    var here = document.activeElement;
    window.clearTimeout(timer);
    if (busy) {
      event.preventDefault();
      if (here !== field) return;
      if (field.value && field.value !== asked) waiting.push({ text: field.value, fast: typedFast(field.value, event) });
      // The next scan takes the place of this one and is not hung on to it.
      asked = field.value;
      field.select();
      return;
    }
    if (here && (here.tagName === "BUTTON" || here.tagName === "A")) return;
    event.preventDefault();
    if (here && here.id === "scanned") return field.focus();
    if (here && here.id === "number-again") return typedAgain(here, event);
    var text = field.value.trim();
    if (text.length === 1 && ready() && shortcut(text.toUpperCase())) text = field.value = "";
    if (text) return scanned(text, typedFast(text, event));
    if (ready()) return form().requestSubmit(byId("go"));
    field.focus();
  }

  // Four digits or the whole number, and on to the next scan; a scan that fell in here goes its way.
  function typedAgain(here, event) {
    var text = here.value.trim();
    var fast = typedFast(text, event);
    byId("q").focus({ preventScroll: true });
    if (!text || !fast && /^(\d{4}|\d{15}|\d{17}[\dX])$/.test(tidy(text))) return;
    here.value = "";
    byId("q").value = text;
    scanned(text, fast);
  }

  function typedFast(text, event) { return text.length > 6 && event.timeStamp - first <= FAST_MS * text.length; }

  function scanned(text, fast) {
    // A key and a scan right after it: the key counts first.
    if (ready() && /^[1-9ABCNST]([0-9A-Z]{9}|~.+)$/i.test(text) && shortcut(text[0].toUpperCase())) {
      text = byId("q").value = text.slice(1);
    }
    var code = tidy(text);
    var expected = byId("scanned");
    if (expected && /^[0-9A-Z]{9}$/.test(code)) {
      expected.value = code;
      byId("q").value = "";
      judgeCard();
      return;
    }
    byId("id_identity").value = fast ? "reader" : "typed";
    form().requestSubmit();
  }

  // Only the quick eye: the server compares again.
  function judgeCard() {
    var field = byId("scanned");
    if (!field) return;
    var state = byId("scanned-state");
    var code = tidy(field.value);
    var right = code === field.dataset.expected;
    field.classList.toggle("desk-right", right);
    field.classList.toggle("desk-wrong", Boolean(code) && !right);
    state.className = "desk-state" + (right ? " desk-state-right" : code ? " desk-state-wrong" : "");
    state.textContent = right ? "卡号相符" : code ? "这不是这位持卡人的卡，应为 " + field.dataset.expected : "";
  }

  // ------------------------------------------------------------------ keys

  function shortcut(key) {
    // A screen may say itself which control a key stands for.
    var own = form().querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (own) return press(own);
    if (key === "S") return choose("signing", "paper");
    if (key === "T") return choose("signing", "thumb");
    var letter = "ABC".indexOf(key);
    if (letter >= 0 && form().elements.relation && form().elements.reason) return tick(form().elements.reason[letter]);
    var relation = form().elements.relation;
    if (relation && /^[1-9]$/.test(key) && relation[Number(key) - 1]) return tick(relation[Number(key) - 1]);
    return false;
  }

  function press(control) {
    control.click();
    byId("q").focus({ preventScroll: true });
    return true;
  }

  function tick(radio) {
    if (radio.disabled) {
      say(radio.title);
      return true;
    }
    say("");
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function choose(name, value) {
    form().elements[name].forEach(function (radio) { radio.checked = radio.value === value; });
    return true;
  }

  // A unit's man shows the unit's proof: the usual paper follows the relation, as the row says.
  document.addEventListener("change", function (event) {
    if (!form() || !form().contains(event.target)) return;
    if (event.target.dataset.of && event.target.files.length) choose(event.target.dataset.of, event.target.dataset.kind);
    if (event.target.name !== "relation") return;
    var usual = { unit: "unit_proof", committee: "community_certificate", other: "community_certificate" }[event.target.value];
    var paper = usual && form().querySelector('.come-paper input[type="radio"][value="' + usual + '"]');
    if (paper) paper.checked = true;
  });

  // ------------------------------------------------------------------ the signature

  function preparePad() {
    pad = byId("pad") && window.cardbook.signaturePad(byId("id_signature"), function () {
      choose("signing", "screen");
      byId("q").focus({ preventScroll: true });
    });
  }

  document.addEventListener("click", function (event) {
    if (event.target.id !== "pad-clear" || !pad) return;
    pad.clear();
    byId("id_signature").value = "";
    choose("signing", "");
    byId("q").focus();
  });

  // ------------------------------------------------------------------ one answer replaces the screen

  function start() {
    if (!form()) return;
    busy = false;
    preparePad();
    judgeCard();
    var again = byId("number-again");
    (again && !again.value && !waiting.length && !begun ? again : byId("q")).focus({ preventScroll: true });
    catchUp();
  }

  // What came while the server was answering, one after the other; then what is only begun.
  function catchUp() {
    while (waiting.length && !busy) {
      var next = waiting.shift();
      byId("q").value = next.text;
      if (next.text.length === 1 && ready() && shortcut(next.text.toUpperCase())) byId("q").value = "";
      else scanned(next.text, next.fast);
    }
    if (busy || !begun) return;
    byId("q").value = begun;
    begun = "";
    oneKey();
  }

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.elt !== form()) return;
    busy = true;
    asked = byId("q").value;
    if (document.activeElement === byId("q")) byId("q").select();
  });

  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target === form() && byId("q").value !== asked) begun = byId("q").value;
  });

  window.cardbook.leaveWhenSignedOut(form, function (screen) { return screen.dataset.address; });

  document.addEventListener("htmx:afterRequest", function (event) {
    var status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.elt !== form() || event.detail.successful || status === 409 || status === 422) return;
    busy = false;
    waiting = [];
    if (status === 0) say("没有收到服务器的答复，不知道是否已登记。请再按一次回车：已登记的不会重复办理。");
  });

  document.addEventListener("htmx:afterSettle", function () { if (form()) start(); });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
