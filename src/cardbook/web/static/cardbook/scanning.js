// What the pages that scan have in common; a page's own file, loaded after this one, says the rest.
// A scanner types faster than a server answers, and no scan may be lost: readings wait in a line and
// are sent one after the other; what could not be sent waits and is sent again.
(function () {
  "use strict";

  var AGAIN_MS = 2000;
  var PATIENCE_MS = 15000;
  var cardbook = window.cardbook = window.cardbook || {};

  // A code as it is compared: half-width, without blanks and the scanner's head sign, upper case.
  cardbook.tidy = function (text) { return text.normalize("NFKC").replace(/\s/g, "").replace(/^~/, "").toUpperCase(); };

  // A key struck outside fields goes to the field of scans: the scanner does not aim.
  cardbook.aim = function (field) {
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
      if (event.target.closest("input, textarea, select, button, a")) return;
      field.focus();
    });
    document.addEventListener("htmx:afterSettle", function () { field.focus(); });
  };

  // The last card scanned is wrong on its face: one key leads to its comparison (Art. 13). Readings
  // that are still in the line hold it back as they hold back every other form.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "F4" || event.ctrlKey || event.altKey || event.metaKey) return;
    var button = document.querySelector("[data-wrong-card]");
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // The line of readings of a page. `form` is where they go, `note` where a sentence is shown, `target`
  // the id of what an answer replaces. `body` writes some readings (the first `most`) as a request,
  // `lost` says which were not counted when nobody is signed in any more. `shown` is called with what
  // came in and what it replaced, `empty` when the last reading has gone, `refused` when the server
  // refuses them all (without it, a refusal is one reading's and the next is sent).
  cardbook.line = function (given) {
    var readings = [];
    var busy = false;
    var timer = null;
    var token = given.form.querySelector("input[name=csrfmiddlewaretoken]");

    function tell(sentence) {
      given.note.textContent = sentence;
      given.note.hidden = !sentence;
    }

    function send() {
      if (busy || !readings.length) return;
      busy = true;
      window.clearTimeout(timer);
      var some = readings.slice(0, given.most || 1);
      var request = new XMLHttpRequest();
      request.open("POST", given.form.action);
      request.timeout = PATIENCE_MS;
      request.setRequestHeader("HX-Request", "true");
      request.setRequestHeader("X-CSRFToken", token.value);
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.onload = function () {
        busy = false;
        answered(request, some.length);
      };
      request.onerror = request.ontimeout = function () {
        busy = false;
        wait("网络中断");
      };
      request.send(given.body(some));
    }

    function answered(request, count) {
      var own = request.responseText.indexOf('id="' + given.target + '"') >= 0;
      if (request.status === 409 && own && given.refused) {
        readings = [];
        given.refused();
        show(request.responseText);
      } else if ((request.status === 200 || request.status === 409) && own) {
        readings.splice(0, count);
        show(request.responseText);
        tell(readings.length ? "正在送出，还有 " + readings.length + " 张。" : "");
        if (!readings.length && given.empty) given.empty();
        send();
      } else if (request.status >= 500) {
        wait("服务器暂时没有办成");
      } else {
        // Signed out, or no longer allowed: sending again would not help, the numbers stay readable.
        tell("登录已失效或没有权限，" + given.lost(readings));
        readings = [];
        if (given.refused) given.refused();
      }
    }

    function wait(why) {
      tell(why + "，已扫的 " + readings.length + " 张保存在本页，恢复后自动送出。请不要关闭页面。");
      timer = window.setTimeout(send, AGAIN_MS);
    }

    function show(html) {
      var old = document.getElementById(given.target);
      var holder = document.createElement("template");
      holder.innerHTML = html;
      var fresh = holder.content.querySelector("#" + given.target);
      old.replaceWith(fresh);
      window.htmx.process(fresh);
      fresh.dispatchEvent(new CustomEvent("cardbook:shown", { bubbles: true }));
      if (given.shown) given.shown(fresh, old);
    }

    function left(doing) { return "还有 " + readings.length + " 张正在送出，" + doing; }

    // Nobody leaves the page, or signs on it, while a reading is still unsent.
    window.addEventListener("beforeunload", function (event) {
      if (!readings.length) return;
      event.preventDefault();
      event.returnValue = "";
    });
    document.addEventListener("submit", function (event) {
      if (!readings.length || event.target === given.form) return;
      event.preventDefault();
      event.stopPropagation();
      if (given.held && given.held(event.target)) return;
      tell(left("请稍候再操作。"));
    }, true);

    return {
      push: function (reading) { readings.push(reading); send(); },
      tell: tell,
      left: left,
      get length() { return readings.length; }
    };
  };

  // The signature on the screen: `kept` is the field of the picture, `signed` is called at each stroke.
  cardbook.signaturePad = function (kept, signed) {
    var canvas = document.getElementById("pad");
    if (!canvas || !window.SignaturePad) return null;
    document.getElementById("pad-frame").hidden = false;
    document.getElementById("signing-screen").hidden = false;
    var ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    var pad = new window.SignaturePad(canvas, { backgroundColor: "#fff", penColor: "#10254a", minWidth: 0.9, maxWidth: 2.6 });
    if (kept.value) pad.fromDataURL(kept.value, { ratio: 1, width: canvas.clientWidth, height: canvas.clientHeight });
    pad.addEventListener("endStroke", function () {
      kept.value = pad.toDataURL("image/png");
      signed();
    });
    return pad;
  };

  // The session ended: the answer is the sign-in page, which is no part of the screen `own` returns.
  cardbook.leaveWhenSignedOut = function (own, address) {
    document.addEventListener("htmx:beforeSwap", function (event) {
      var screen = own();
      if (!screen || event.detail.target !== screen) return;
      if (new URL(event.detail.xhr.responseURL).pathname === address(screen)) return;
      event.detail.shouldSwap = false;
      window.location.assign(event.detail.xhr.responseURL);
    });
  };
})();
