// The shell's few habits. Everything works without them; slices bring their own files.
(function () {
  "use strict";

  // The person before never comes back with the browser's "back" (domain.md 6.5).
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });

  // An answer to a form that is come back to, or loaded anew, is asked for again as a page: nobody
  // meets "resend the form?", and nothing is sent twice (post, redirect, get, where no redirect was).
  var posted = document.body && document.body.dataset.posted;
  if (posted) window.history.replaceState(null, "", posted === "here" ? window.location.href : document.referrer || "/");

  // F2: to the search box, from anywhere. Not a character key, so a scanner cannot press it.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "F2" || event.ctrlKey || event.altKey || event.metaKey) return;
    var box = document.querySelector("main [data-search]") || document.querySelector("[data-search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // What came back in the field of scans is marked: the next scan takes its place.
  document.addEventListener("DOMContentLoaded", function () {
    var field = document.activeElement;
    if (field && field.matches("input[autofocus]:not([type=hidden])") && field.value) field.select();
  });

  // F1: the handbook about this page, beside it, so that nothing half filled in is lost.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey) return;
    var link = document.querySelector("[data-handbook]");
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // What went wrong is read first: by the eye, by a screen reader, in the window's title.
  function showFirstProblem(root) {
    var problem = root.querySelector("[data-focus-first]");
    if (!problem) return;
    if (document.title.indexOf("错误：") !== 0) document.title = "错误：" + document.title;
    problem.focus();
  }

  // The demo's list of accounts fills the form; signing in stays the visitor's own act.
  document.addEventListener("click", function (event) {
    var line = event.target.closest("[data-demo-user]");
    if (!line) return;
    document.getElementById("id_login").value = line.dataset.demoUser;
    document.getElementById("id_password").value = line.dataset.demoPassword;
    document.querySelector("[data-login-button]").focus();
  });

  // A form that was sent is not sent twice by an impatient second click; the key would catch it anyway.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post") || form.method !== "post") return;
    // To ask a list once more, after its workbook, is no second act.
    if (form.elements.to) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });

  // Select-all for tables whose rows are ticked.
  function addSelectAll(root) {
    root.querySelectorAll("table[data-select-table]").forEach(function (table) {
      var head = table.tHead && table.tHead.rows[0] && table.tHead.rows[0].cells[0];
      if (!head || head.querySelector("input")) return;
      var box = document.createElement("input");
      box.type = "checkbox";
      box.className = "form-check-input";
      box.setAttribute("aria-label", "全选本页");
      box.addEventListener("change", function () {
        table.querySelectorAll("tbody input[type=checkbox]").forEach(function (one) { one.checked = box.checked; });
      });
      head.appendChild(box);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    showFirstProblem(document);
    addSelectAll(document);
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    showFirstProblem(event.target);
    addSelectAll(event.target);
  });
  document.addEventListener("cardbook:shown", function (event) { addSelectAll(event.target); });
  document.addEventListener("htmx:sendError", function () { say("没有连上服务器，刚才的操作没有送出。请检查网络后再试。"); });
  document.addEventListener("htmx:responseError", function (event) {
    var code = event.detail.xhr.status;
    var said = {
      403: "没有权限，或页面已失效。请刷新页面后再试。",
      503: "系统繁忙，这一步没有得到确认。请等十秒再提交一次，重复提交不会登记两次。",
      507: "磁盘空间不足，业务未保存。请联系系统管理员。"
    };
    say(said[code] || "服务器没有办成（" + code + "）。请刷新页面，先核对是否已登记，再决定是否重办。");
  });

  function say(sentence) {
    var old = document.getElementById("cb-said");
    if (old) old.remove();
    var note = document.createElement("p");
    note.id = "cb-said";
    note.className = "cb-note cb-note-error";
    note.setAttribute("role", "alert");
    note.textContent = sentence;
    var main = document.getElementById("main");
    main.insertBefore(note, main.firstChild);
  }
})();
