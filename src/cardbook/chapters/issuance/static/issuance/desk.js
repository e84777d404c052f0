// The window desk: a scanner from anywhere, a signature, one Enter (Art. 8 para. 4, 9, 12).
// Everything here can also be done by hand and without this file; the server judges, never this.
(function () {
  "use strict";

  // A scanner is a keyboard that types faster than people: characters on average at most 30 ms
  // apart, ended by Enter (or Tab), or by a pause when it has no suffix.
  var FAST_MS = 30;
  var PAUSE_MS = 100;
  var LATE_ENTER_MS = 400;
  var LEAST_LENGTH = 6;
  var SECOND_ESC_MS = 4000;
  var IDENTITY = /^(\d{17}[\dX]|\d{15})$/;
  var CARD = /^[0-9A-Z]{9}$/;
  var MAYBE_HEAD = /^(\d{9}|\d{15})$/;
  // What a reader of chips types: parts with bars between, or many bytes in hex (lib/chip.py).
  var CHIP = /^([^|]*\|){8}|^[0-9A-F\s,]{40,}$/i;

  var burst = null;
  var timer = 0;
  var lastPauseEnd = -LATE_ENTER_MS;
  var lastEsc = -SECOND_ESC_MS;
  var waiting = []; // scans that came while the server was answering
  var busy = false;
  var personCode = ""; // kept in memory only, to know the same document again; gone with the person
  var pad = null;
  var tidy = window.cardbook.tidy;

  function byId(id) { return document.getElementById(id); }

  function isTextField(node) {
    if (!node) return false;
    if (node.tagName === "TEXTAREA" || node.tagName === "SELECT") return true;
    return node.tagName === "INPUT" && /^(text|search|password|number|tel|email|)$/.test(node.type);
  }

  function say(sentence) {
    var line = byId("desk-say");
    if (!line) return;
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  // ------------------------------------------------------------------ the scanner

  // While a Chinese input method composes, `key` says only "Process": the key's place tells more.
  function characterOf(event) {
    if (!event.isComposing && event.key.length === 1) return event.key.normalize("NFKC");
    var found = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
    if (found) return found[1];
    return event.code === "Backquote" ? "~" : "";
  }

  function isEnd(event) {
    return event.code === "Enter" || event.code === "NumpadEnter" || event.key === "Enter" || event.key === "Tab";
  }

  function isFast(given) { return given.last - given.first <= FAST_MS * (given.text.length - 1); }

  // In a text field only a scanner's pace counts; outside of one nobody types six characters by hand.
  // The tail of a code that a busy machine tore in two belongs to what stands in the field already.
  // Its head stays in the number field for the tail to follow; Enter then sends the whole.
  function isScan(given) {
    if (isPart(given)) return false;
    if (isChip(given)) return true;
    if (given.field && (given.before || given.field.id === "q") && !isWhole(given)) return false;
    return given.text.length >= LEAST_LENGTH && (isFast(given) || !given.field);
  }

  function isChip(given) { return Boolean(byId("chip")) && CHIP.test(given.text) && (isFast(given) || !given.field); }

  function isWhole(given) {
    var code = tidy(given.text);
    return isFast(given) && (IDENTITY.test(code) || CARD.test(code));
  }

  // Nine or fifteen digits look like a card or an old number, and may be a piece of eighteen: in
  // the number field they wait for the rest, or for Enter.
  function isPart(given) {
    var before = given.field ? given.before : "";
    if (!before && given.field && given.field.id === "q" && MAYBE_HEAD.test(tidy(given.text))) return true;
    return /^\d{1,17}$/.test(before) && /^\d{1,17}[\dX]?$/.test(tidy(before + given.text));
  }

  function begin(event, character) {
    var node = document.activeElement;
    var field = isTextField(node) ? node : null;
    burst = {
      text: character, first: event.timeStamp, last: event.timeStamp,
      field: field, before: field ? field.value : "", composing: event.isComposing
    };
  }

  function add(event, character) {
    var gap = burst ? event.timeStamp - burst.last : Infinity;
    if (burst && gap > FAST_MS && gap <= PAUSE_MS && isWhole(burst) && !MAYBE_HEAD.test(tidy(burst.text))) {
      finish(burst); // two scanners without a suffix, one right after the other
      gap = Infinity;
    }
    if (gap > PAUSE_MS) {
      if (burst) pause();
      begin(event, character);
    } else {
      burst.text += character;
      burst.last = event.timeStamp;
      if (!burst.field) event.preventDefault();
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(pause, PAUSE_MS);
  }

  function pause() {
    var given = burst;
    burst = null;
    window.clearTimeout(timer);
    if (!given) return;
    if (isScan(given)) {
      lastPauseEnd = performance.now();
      finish(given);
    } else if (given.text.length === 1 && !given.field) {
      shortcut(given.text.toUpperCase());
    }
  }

  function finish(given) {
    burst = null;
    window.clearTimeout(timer);
    if (isChip(given)) return chipRead(given);
    if (given.field) giveBack(given);
    route(tidy(given.text));
  }

  // A reading belongs to the card on the desk, wherever the focus is; the server compares it.
  function chipRead(given) {
    if (given.field && given.field.id !== "chip") giveBack(given);
    byId("chip").value = given.text;
    byId("person").focus({ preventScroll: true });
    say("芯片已读，按回车时与台账比对。");
  }

  // The field that happened to have the focus gets back what was in it before the scan.
  function giveBack(given) {
    given.field.value = given.before;
    if (!given.composing) return;
    given.field.blur();
    window.setTimeout(function () { if (given.field.isConnected && given.field.id !== "q") given.field.value = given.before; }, 0);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !byId("desk")) return;
    if (isEnd(event)) return end(event);
    if (event.key === "Escape") return escape(event);
    var character = characterOf(event);
    if (character) add(event, character);
  }, true);

  function end(event) {
    var given = burst;
    if (given && event.timeStamp - given.last <= PAUSE_MS && isScan(given)) {
      stop(event);
      finish(given);
      return;
    }
    burst = null;
    window.clearTimeout(timer);
    // S and Enter one right after the other: the key counts before the Enter does.
    if (given && given.text.length === 1 && !given.field) shortcut(given.text.toUpperCase());
    if (event.key === "Tab" || event.isComposing) return;
    if (performance.now() - lastPauseEnd < LATE_ENTER_MS) return stop(event);
    enter(event);
  }

  function stop(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  // ------------------------------------------------------------------ where a scan belongs

  function route(code) {
    if (busy) {
      waiting.push(code);
      return;
    }
    say("");
    if (IDENTITY.test(code) || !byId("person")) return lookUp(code);
    if (byId("issue")) return scanned(code);
    say("这位持卡人现在没有可发放的卡，刚才扫描的 " + code + " 没有登记。请放回原处。");
  }

  function lookUp(code) {
    if (byId("person") && code === personCode) {
      if (wasTyped()) return nowRead();
      return say("已经是这位持卡人，不必再扫身份证。请扫描要发放的卡。");
    }
    if (hasWork()) {
      return say("刚才这笔还没有办完，没有换人。要放弃请按 Esc，再扫描下一位的身份证。");
    }
    var form = byId("lookup");
    form.elements.q.value = code;
    form.elements.identity.value = "reader";
    form.requestSubmit();
  }

  function wasTyped() {
    var form = byId("issue");
    return Boolean(form && form.elements.identity.value === "typed" && byId("recheck"));
  }

  // The reader says what was typed: nothing is left to check again (Art. 8 para. 4).
  function nowRead() {
    byId("issue").elements.identity.value = "reader";
    byId("recheck").remove();
    byId("person").focus({ preventScroll: true });
    say("证件已读取，不用再复核号码。请扫描要发放的卡。");
  }

  function hasWork() {
    var form = byId("issue");
    return Boolean(form && (form.elements.signature.value || form.elements.scanned.value));
  }

  function scanned(code) {
    var field = byId("scanned");
    var other = document.querySelector('[data-other="' + CSS.escape(code) + '"]');
    if (code !== field.dataset.expected && other) {
      waiting.push(code); // the holder's other card is in the clerk's hand: change over to it
      other.click();
      return;
    }
    field.value = code;
    judgeCard();
    byId("person").focus({ preventScroll: true });
  }

  // Only the quick eye: the server compares again.
  function judgeCard() {
    var field = byId("scanned");
    var state = byId("scanned-state");
    var code = tidy(field.value);
    var right = code === field.dataset.expected;
    var note = byId("scanned-note");
    if (note && right) note.remove();
    field.classList.toggle("desk-right", right);
    field.classList.toggle("desk-wrong", Boolean(code) && !right);
    field.setAttribute("aria-invalid", String(Boolean(code) && !right));
    state.className = "desk-state" + (right ? " desk-state-right" : code ? " desk-state-wrong" : "");
    if (right) state.textContent = "卡号相符";
    else state.textContent = code ? field.dataset.wrong.replace("{scanned}", code) + "依据：" + field.dataset.article : "";
  }

  // ------------------------------------------------------------------ keys

  function enter(event) {
    var node = document.activeElement;
    if (node && node.id === "scanned") {
      stop(event);
      if (tidy(node.value)) scanned(tidy(node.value));
      return;
    }
    if (node && node.id === "chip") {
      stop(event);
      byId("person").focus({ preventScroll: true });
      return;
    }
    if (node && node.id === "number-again") {
      stop(event);
      if (node.value) byId("scanned").value ? byId("person").focus() : byId("scanned").focus();
      return;
    }
    var form = byId("issue");
    var free = !node || node === document.body || node.id === "person" || node.hasAttribute("data-focus-first");
    if (!form || !free) return;
    stop(event);
    if (!byId("go").disabled && !byId("go").hidden) return form.requestSubmit(byId("go"));
    if (byId("defect").open) return firstDefect().focus();
    byId("face-card-go").click(); // a wrong face is taken back, not handed over (Art. 13)
  }

  function escape(event) {
    if (!byId("person") || event.isComposing || busy) return;
    stop(event);
    if (hasWork() && event.timeStamp - lastEsc > SECOND_ESC_MS) {
      lastEsc = event.timeStamp;
      return say("这笔还没有办完。再按一次 Esc 放弃（扫描的卡和签字不保留）。");
    }
    window.htmx.ajax("GET", byId("desk").dataset.desk, { target: "#desk", swap: "outerHTML" });
  }

  function statements() { return document.querySelectorAll(".desk-checks > li"); }

  function shortcut(key) {
    var form = byId("issue");
    if (!form || busy) return;
    if (key === "S") return choose(form, "signing", "paper");
    if (key === "A" && form.elements.activate) return form.elements.activate.click();
    if (key === "T") return choose(form, "signing", "thumb");
    // As many digits as there are statements: the list comes from the table of acts.
    var line = /^[1-9]$/.test(key) && statements()[Number(key) - 1];
    if (!line) return;
    var box = line.querySelector("input[type=checkbox]");
    if (box) return box.click();
    var usual = line.querySelector("input[type=radio]:not(.desk-picture)");
    choose(form, usual.name, form.elements[usual.name].value ? "" : usual.value);
  }

  function choose(form, name, value) {
    // Chromium does not choose the empty value of a list of radio buttons by `value = ""`.
    form.elements[name].forEach(function (radio) { radio.checked = radio.value === value; });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // ------------------------------------------------------------------ the form

  function firstDefect() { return document.querySelector("#defect-form input[name=defect]"); }

  document.addEventListener("change", function (event) {
    var form = byId("issue");
    if (!form || !form.contains(event.target)) return;
    var picture = event.target;
    if (picture.dataset.of && picture.files.length) form.elements[picture.dataset.of].value = picture.dataset.kind;
    followChecks(event.target.name === "reads");
  });

  function followChecks(asked) {
    var form = byId("issue");
    var sound = form.elements.reads.checked;
    var agrees = form.elements.face_card.checked;
    byId("go").disabled = !agrees;
    if (byId("activation-told")) byId("activation-told").hidden = !form.elements.activate.checked;
    byId("face-card-way").hidden = agrees;
    byId("issue-go").hidden = !sound; // a defective card is replaced, not handed over (Art. 9)
    if (asked || !sound) byId("defect").open = !sound;
    if (asked && !sound) firstDefect().focus();
  }

  document.addEventListener("input", function (event) {
    if (event.target.id === "scanned") judgeCard();
  });

  document.addEventListener("click", function (event) {
    if (event.target.id !== "pad-clear" || !pad) return;
    pad.clear();
    byId("issue").elements.signature.value = "";
    byId("issue").elements.signing.value = "";
    byId("person").focus({ preventScroll: true });
  });

  function preparePad() {
    var form = byId("issue");
    pad = byId("pad") && window.cardbook.signaturePad(form.elements.signature, function () {
      form.elements.signing.value = "screen";
      var note = byId("signature-note");
      if (note) note.remove();
      byId("person").focus({ preventScroll: true });
    });
  }

  // What was refused is seen above the bar that stays at the foot of the window.
  function showRefused(form) {
    var note = form.querySelector("[data-refusal]"), bar = byId("issue-go");
    if (note && bar && note.getBoundingClientRect().bottom > bar.getBoundingClientRect().top) note.scrollIntoView({ block: "center" });
  }

  // ------------------------------------------------------------------ one answer replaces the desk

  function ready() {
    busy = false;
    var form = byId("issue");
    if (!byId("person")) personCode = "";
    if (form) {
      preparePad();
      judgeCard();
      followChecks(false);
      var again = byId("number-again");
      if (again && !again.value) again.focus({ preventScroll: true });
      else if (!document.querySelector("#person [data-focus-first]")) byId("person").focus({ preventScroll: true });
      showRefused(form);
    } else if (byId("q")) {
      byId("q").focus();
      byId("q").select();
    }
    var next = waiting.shift();
    if (next) route(next);
  }

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (!byId("desk") || !byId("desk").contains(event.detail.elt) && event.detail.target.id !== "desk") return;
    busy = true;
    if (event.detail.elt.id !== "lookup") return;
    // The person before is gone before the next one is asked for.
    personCode = tidy(byId("lookup").elements.q.value);
    document.querySelectorAll("#person, [data-receipt], [data-interrupted], [data-elsewhere]").forEach(function (old) { old.remove(); });
  });

  window.cardbook.leaveWhenSignedOut(function () { return byId("desk"); }, function (desk) { return desk.dataset.desk; });

  // No answer: the form stays as it is, and the same key sent again is done once.
  document.addEventListener("htmx:afterRequest", function (event) {
    var status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful || status === 409 || status === 422) return;
    busy = false;
    waiting = [];
    if (byId("issue") && status === 0) say("没有收到服务器的答复，不知道是否已登记。请再按一次回车：已登记的不会重复办理。");
  });

  document.addEventListener("htmx:afterSettle", function () { if (byId("desk")) ready(); });
  document.addEventListener("DOMContentLoaded", ready);
  if (document.readyState !== "loading") ready();
})();
