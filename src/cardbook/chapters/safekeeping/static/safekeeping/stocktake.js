// Stock-take: a scanner types faster than a server answers, and no scan may be lost. Each reading is
// put in a line as soon as its Enter arrives; the line is sent in batches, in order, each reading with
// its age, so that a cut line does not change the moment a card was seen. Without this file the form
// posts one reading at a time.
(function () {
  "use strict";

  var form = document.querySelector("[data-stocktake-form]");
  if (!form || !window.htmx) return;
  var MOST = 50;
  var field = form.querySelector("#scan-number");
  var token = form.querySelector("input[name=csrfmiddlewaretoken]");
  var note = document.querySelector("[data-stocktake-waiting]");
  var finish = document.querySelector("[data-stocktake-end]");
  var line = [];
  var busy = false;
  var ending = false;
  var timer = null;

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();  // the shell's guard against double sending is not for scans
    var text = field.value.trim();
    field.value = "";
    field.focus();
    if (!text || ending) return;
    line.push({ text: text, at: window.performance.now() });
    send();
  });

  // One key ends the count: F8, which no scanner types. What is still in the line goes first.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F8") {
      event.preventDefault();
      end();
      return;
    }
    // A key struck outside fields goes to the scan field: the scanner does not aim.
    if (event.key.length !== 1 || event.target.closest("input, textarea, select, button, a")) return;
    field.focus();
  });

  function end() {
    ending = true;
    if (line.length) return tell("还有 " + line.length + " 张正在送出，送完就结束。");
    finish.requestSubmit(finish.querySelector(".btn-primary"));
  }

  finish.addEventListener("submit", function (event) {
    if (!line.length) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }, true);

  // Nobody leaves the page while a scan is still unsent.
  window.addEventListener("beforeunload", function (event) {
    if (!line.length) return;
    event.preventDefault();
    event.returnValue = "";
  });

  function send() {
    if (busy || !line.length) return;
    busy = true;
    window.clearTimeout(timer);
    var batch = line.slice(0, MOST);
    var now = window.performance.now();
    var account = document.getElementById("scans").dataset.account;
    var body = "account=" + account;
    batch.forEach(function (reading) {
      body += "&number=" + encodeURIComponent(reading.text) + "&age=" + Math.round(now - reading.at);
    });
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.timeout = 15000;
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token.value);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      busy = false;
      var own = request.responseText.indexOf('id="scans"') >= 0;
      if (request.status === 200 && own) {
        line.splice(0, batch.length);
        show(request.responseText);
        tell(line.length ? "正在送出，还有 " + line.length + " 张。" : "");
        if (ending && !line.length) return end();
        send();
      } else if (request.status === 409 && own) {
        line = [];
        ending = false;
        show(request.responseText);
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
    request.send(body);
  }

  function wait(why) {
    tell(why + "，已扫的 " + line.length + " 张保存在本页，恢复后自动送出。请不要关闭页面。");
    timer = window.setTimeout(send, 2000);
  }

  // Signed out, or no longer allowed: sending again would not help, so the numbers stay readable.
  function stop() {
    var texts = line.map(function (reading) { return reading.text; }).join("、");
    tell("登录已失效或没有权限，以下没有计数：" + texts + "。请重新登录后继续盘点，再扫这些卡。");
    line = [];
    ending = false;
  }

  function show(html) {
    var old = document.getElementById("scans");
    var holder = document.createElement("template");
    holder.innerHTML = html;
    var fresh = holder.content.querySelector("#scans");
    if (!fresh.dataset.account) fresh.dataset.account = old.dataset.account;
    old.replaceWith(fresh);
    window.htmx.process(fresh);
    document.querySelectorAll("[data-empty-only]").forEach(function (one) {
      one.hidden = !!document.querySelector("#scans tbody tr");
    });
  }

  function tell(sentence) {
    note.textContent = sentence;
    note.hidden = !sentence;
  }

  document.addEventListener("htmx:afterSettle", function () { field.focus(); });
})();
