// Blind count: a scanner types faster than a server answers, and no scan may be lost. Each number is
// put in a line as soon as its Enter arrives, the field is free for the next at once, and the line is
// sent one by one; what could not be sent waits and is sent again. Without this file the form posts.
(function () {
  "use strict";

  var form = document.querySelector("[data-count-form]");
  if (!form || !window.htmx) return;
  var field = form.querySelector("input[name=number]");
  var token = form.querySelector("input[name=csrfmiddlewaretoken]");
  var note = document.querySelector("[data-count-waiting]");
  var line = [];
  var busy = false;
  var timer = null;

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    field.value = "";
    field.focus();
    if (!text) return toSignature();
    line.push(text);
    send();
  });

  // One Enter more, with nothing scanned, leads the hands from the cards to the signature.
  function toSignature() {
    var name = document.getElementById("id_second_name") || document.querySelector("[data-finish]");
    if (name && document.querySelector("#scans tbody tr")) name.focus();
  }

  // A key struck anywhere else on the page, outside fields, goes to the scan field (the scanner does not aim).
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    if (event.target.closest("input, textarea, select, button, a")) return;
    field.focus();
  });

  // Nobody leaves the page or signs while a scan is still unsent.
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
    window.clearTimeout(timer);
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.timeout = 8000;
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token.value);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      busy = false;
      var own = request.responseText.indexOf('id="scans"') >= 0;
      if ((request.status === 200 || request.status === 409) && own) {
        line.shift();
        show(request.responseText);
        tell(line.length ? "正在送出，还有 " + line.length + " 张。" : "");
        send();
      } else if (request.status >= 500) {
        wait("服务器暂时没有办成");
      } else {
        stop();
      }
    };
    request.onerror = request.ontimeout = function () {
      busy = false;
      wait("网络中断");
    };
    request.send("number=" + encodeURIComponent(line[0]));
  }

  function wait(why) {
    tell(why + "，已扫的 " + line.length + " 张保存在本页，恢复后自动送出。请不要关闭页面。");
    timer = window.setTimeout(send, 2000);
  }

  // Signed out, or no longer allowed: sending again would not help, so the numbers stay readable.
  function stop() {
    tell("登录已失效或没有权限，以下卡号没有计数：" + line.join("、") + "。请重新登录后继续清点，再扫这些卡。");
    line = [];
  }

  function show(html) {
    var old = document.getElementById("scans");
    var holder = document.createElement("template");
    holder.innerHTML = html;
    var fresh = holder.content.querySelector("#scans");
    old.replaceWith(fresh);
    window.htmx.process(fresh);
    hideWhatIsForEmptyBoxes();
  }

  // With a card scanned, the box is not empty and the count is not a slip.
  function hideWhatIsForEmptyBoxes() {
    var empty = document.getElementById("id_called_empty");
    var scanned = !!document.querySelector("#scans tbody tr");
    if (empty) empty.closest(".cb-field").hidden = scanned;
    document.querySelectorAll("[data-empty-only]").forEach(function (one) { one.hidden = scanned; });
  }

  function tell(sentence) {
    note.textContent = sentence;
    note.hidden = !sentence;
  }

  document.addEventListener("htmx:afterSettle", function () {
    hideWhatIsForEmptyBoxes();
    field.focus();
  });
})();
