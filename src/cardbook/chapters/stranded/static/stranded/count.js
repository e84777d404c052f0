// Counting in by scan: the field is free for the next number at once, numbers wait in a line and are
// sent one by one; what could not be sent waits and is sent again. Without this file the form posts.
(function () {
  "use strict";

  var form = document.querySelector("[data-count-form]");
  if (!form || !window.htmx) return;
  var field = form.querySelector("input[name=number]");
  var digit = form.querySelector("[data-digit]");
  var token = form.querySelector("input[name=csrfmiddlewaretoken]");
  var note = document.querySelector("[data-count-waiting]");
  var close = document.querySelector(form.dataset.close);
  var target = form.dataset.target || "scans";
  var digits = {};
  var line = [];
  var busy = false;
  var settle = null;

  document.querySelectorAll("[data-reason]").forEach(function (one) {
    digits[one.dataset.digitKey] = one.dataset.reason;
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    if (!text) return finish();
    if (digit) return digit.focus();
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
          tell("上一张 " + field.value.trim() + " 还没有选原因，请按 0–9 中的一个数字键。");
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
    send();
  }

  // One Enter more, with nothing scanned: to the button, or straight on where the page says so.
  function finish() {
    if (line.length) return tell("还有 " + line.length + " 张正在送出，请稍候再操作。");
    var button = document.querySelector(form.dataset.close);
    if (!button) return;
    if (form.hasAttribute("data-close-at-once")) button.click();
    else button.focus();
  }

  // A key struck anywhere else on the page, outside fields, goes to the scan field.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    if (event.target.closest("input, textarea, select, button, a")) return;
    field.focus();
  });

  window.addEventListener("beforeunload", function (event) {
    if (!line.length) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("submit", function (event) {
    if (!line.length || event.target === form) return;
    event.preventDefault();
    event.stopPropagation();
    tell("还有 " + line.length + " 张正在送出，请稍候再操作。");
  }, true);

  function send() {
    if (busy || !line.length) return;
    busy = true;
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.timeout = 8000;
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token.value);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      busy = false;
      var own = request.responseText.indexOf('id="' + target + '"') >= 0;
      if ((request.status === 200 || request.status === 409) && own) {
        line.shift();
        show(request.responseText);
        tell(line.length ? "正在送出，还有 " + line.length + " 张。" : "");
        send();
      } else if (request.status >= 500) {
        wait("服务器暂时没有办成");
      } else {
        tell("登录已失效或没有权限，没有登记的卡：" + line.map(function (one) { return one.number; }).join("、") + "。");
        line = [];
      }
    };
    request.onerror = request.ontimeout = function () {
      busy = false;
      wait("网络中断");
    };
    request.send(new URLSearchParams(line[0]).toString());
  }

  function wait(why) {
    tell(why + "，已扫的 " + line.length + " 张保存在本页，恢复后自动送出。请不要关闭页面。");
    window.setTimeout(send, 2000);
  }

  function show(html) {
    var old = document.getElementById(target);
    var holder = document.createElement("template");
    holder.innerHTML = html;
    var fresh = holder.content.getElementById ? holder.content.getElementById(target) : holder.content.querySelector("#" + target);
    old.replaceWith(fresh);
    window.htmx.process(fresh);
  }

  function tell(sentence) {
    note.textContent = sentence;
    note.hidden = !sentence;
  }

  document.addEventListener("htmx:afterSettle", function () { field.focus(); });
})();
