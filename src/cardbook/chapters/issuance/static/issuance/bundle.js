// Collective pick-up: F9 and Enter hand out, single keys tick a row (Art. 8 para. 3).
// Everything here can also be done by hand and without this file.
(function () {
  "use strict";

  function byId(id) { return document.getElementById(id); }

  // ------------------------------------------------------------------ handing out

  function signing() { return document.querySelector("#go-form input[name=signing]:checked"); }

  document.addEventListener("keydown", function (event) {
    var form = byId("go-form");
    if (!form || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F9") {
      event.preventDefault();
      form.querySelector("input[name=signing][value=paper]").checked = true;
      signed();
      showPad();
      byId("scan").focus();
    }
    // Enter in the empty scan field hands out, but only what somebody signed for: a scanner that
    // ends with two Enters does nothing.
    if (event.key === "Enter" && event.target.id === "scan" && !event.target.value.trim()) {
      event.preventDefault();
      if (signing() && !queue.length) form.requestSubmit(byId("go"));
      else byId("go-wait").hidden = false;
    }
  });

  // Scans are sent one after the other behind the field, so that none is lost while the server
  // answers; without this file each scan loads the page anew.
  var queue = [];
  var scans = 0;
  // What was signed for: how, and after how many scans. Struck while the server still answers for
  // scans made before, it stands; a card added afterwards was not signed for, which is said.
  var standing = null;

  function signed() {
    var chosen = signing();
    standing = chosen && { way: chosen.value, scans: scans, drawn: byId("go-form").elements.signature.value };
  }

  function count() { return document.querySelector(".bd-count").textContent; }

  function signAgain(before) {
    if (!standing || !byId("go-form")) return;
    if (standing.scans === scans || before === count()) {
      byId("go-form").elements.signing.forEach(function (radio) { radio.checked = radio.value === standing.way; });
      byId("go-form").elements.signature.value = standing.drawn;
    } else {
      byId("sign-again").hidden = false;
      standing = null;
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.id !== "scan-form") return;
    event.preventDefault();
    var data = new FormData(form);
    if (event.submitter && event.submitter.name) data.append(event.submitter.name, event.submitter.value);
    byId("scan").value = "";
    byId("scan").focus();
    scans += 1;
    queue.push(data);
    if (queue.length === 1) send(form.action);
  }, true);

  function send(address) {
    window.fetch(address, { method: "POST", body: queue[0], credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        queue.shift();
        show(new DOMParser().parseFromString(text, "text/html"));
        if (queue.length) send(address);
      })
      .catch(function () { window.location.reload(); });
  }

  function show(fresh) {
    if (!fresh.getElementById("bundle-body")) throw new Error("not the desk");
    // A picture that was chosen already stays chosen.
    var chosen = byId("id_photo");
    var before = count();
    byId("bundle-body").replaceWith(document.adoptNode(fresh.getElementById("bundle-body")));
    if (chosen && chosen.files.length && byId("id_photo")) byId("id_photo").replaceWith(chosen);
    document.querySelectorAll(".cb-messages").forEach(function (old) { old.remove(); });
    var said = fresh.querySelector(".cb-messages");
    if (said) byId("scan-form").before(document.adoptNode(said));
    pad = null;
    signAgain(before);
    showPad();
  }

  var pad = null;

  function showPad() {
    var frame = byId("pad-frame");
    if (!frame) return;
    var chosen = signing();
    frame.hidden = !chosen || chosen.value !== "screen";
    if (frame.hidden || pad || !window.SignaturePad) return;
    var canvas = byId("pad");
    var ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad = new window.SignaturePad(canvas, { backgroundColor: "#fff", penColor: "#10254a" });
    var drawn = byId("go-form").elements.signature.value;
    if (drawn) pad.fromDataURL(drawn, { ratio: 1, width: canvas.clientWidth, height: canvas.clientHeight });
    pad.addEventListener("endStroke", function () {
      byId("go-form").elements.signature.value = pad.toDataURL("image/png");
      signed();
    });
    byId("pad-clear").addEventListener("click", function () {
      pad.clear();
      byId("go-form").elements.signature.value = "";
      signed();
    });
  }

  document.addEventListener("change", function (event) {
    if (event.target.name !== "signing") return;
    signed();
    showPad();
  });

  // ------------------------------------------------------------------ reading back

  var KEYS = /^[bdjcx1-7]$/;

  function boxes() { return Array.from(document.querySelectorAll("input[name=row][form=tick-form]")); }

  function move(from, step) {
    var all = boxes();
    var next = all[all.indexOf(from) + step];
    if (next) next.focus();
  }

  document.addEventListener("keydown", function (event) {
    var form = byId("tick-form");
    var node = event.target;
    if (!form || event.ctrlKey || event.altKey || event.metaKey) return;
    if (node.id === "text" && event.key === "ArrowDown") {
      event.preventDefault();
      var all = boxes();
      if (all.length) all[0].focus();
      return;
    }
    if (node.name !== "row") return;
    // With Shift a digit means: the card came back.
    var digit = /^Digit([1-7])$/.exec(event.code);
    var key = digit ? digit[1] : event.key.toLowerCase();
    if (key === "arrowdown" || key === "arrowup") {
      event.preventDefault();
      move(node, key === "arrowdown" ? 1 : -1);
    } else if (KEYS.test(key)) {
      event.preventDefault();
      byId("text").value = node.value + "=" + key + (digit && event.shiftKey ? "t" : "");
      form.requestSubmit();
    }
  });

  document.addEventListener("DOMContentLoaded", showPad);
})();
