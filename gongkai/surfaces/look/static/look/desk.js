/* The workbench in the browser: keyboard, toasts that are read out, the end of a session told before it comes.
   Everything works without this file. Keys are never taken while something is typed, and "?" lists them. */
(() => {
  "use strict";
  const GO = { d: "/desk/", n: "/desk/new/", r: "/desk/records/" };
  let pending = "";
  const help = document.getElementById("keys");
  const rows = () => [...document.querySelectorAll("[data-rows] > li, .desk-rows > li, table.grid tbody tr")];
  const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("at"));
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    all.forEach((row) => row.classList.toggle("at", row === next));
    (next.querySelector(".title a, th a, a") ?? next).focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const keys = {
    "/": () => {
      const box = document.querySelector("[role=search] input[type=search]");
      box?.focus();
      box?.select();
      return Boolean(box);
    },
    "?": () => {
      if (help && !help.open) help.showModal();
      return Boolean(help);
    },
    j: () => walk(1),
    k: () => walk(-1),
    x: () => document.querySelector(".at .pick")?.click(),
    o: () => document.querySelector(".at .title a, .at th a")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || help?.open) return;
    const before = pending;
    pending = event.key === "g" ? "g" : "";
    if (before === "g" && GO[event.key]) location.assign(GO[event.key]);
    else if (keys[event.key] && keys[event.key]() !== false) event.preventDefault();
  });
  document.querySelector("[data-keys]")?.addEventListener("click", () => help?.showModal());

  /* An error summary takes the focus, so that a screen reader starts there. */
  document.getElementById("errors")?.focus();

  /* window.toast(words, tone) shows and reads out a message; tone is ok, warn or seal. */
  window.toast = (words, tone = "") => {
    const line = document.createElement("p");
    line.className = `toast ${tone}`;
    line.textContent = words;
    const box = document.getElementById("toasts");
    box?.append(line);
    setTimeout(() => line.remove(), 8000);
  };
  /* What the server said on this page goes the same way; it must not lie over the text for ever. A live region reads
     what changes in it, hence the words are put there again once the page stands. */
  document.querySelectorAll("#toasts .toast").forEach((line) => {
    const { textContent, className } = line;
    line.remove();
    setTimeout(() => window.toast(textContent, className.replace("toast", "").trim()), 100);
  });
  document.body.addEventListener("toast", (event) => window.toast(event.detail.value, event.detail.tone));

  /* Whoever sits still is logged out after a while. Five minutes before, a dialog says so and one click stays.
     Logging in again elsewhere changes the token of every form on this page: it is fetched again with it. */
  const stay = async (address) => {
    const answer = await fetch(address, { redirect: "manual", headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return false;
    const { token } = await answer.json();
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = token;
    });
    return true;
  };
  const end = document.getElementById("session-end");
  const minutes = Number(document.body.dataset.idleMinutes || 0);
  if (end && minutes > 5) {
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end.showModal(), (minutes - 5) * 60000);
    };
    end.querySelector("button").addEventListener("click", async (event) => {
      event.preventDefault();
      const is_in = await stay(end.dataset.stay);
      end.querySelector("[data-gone]").hidden = is_in;
      if (!is_in) return;
      wait();
      end.close();
    });
    document.addEventListener("gongkai:kept", wait);
    wait();
  }
  /* The page that keeps what was sent after the session had ended. */
  document.querySelector("[data-again]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (await stay(form.dataset.again)) form.submit();
    else window.toast("还没有登录。请先在新的页面登录，再回到这里提交。", "warn");
  });

  /* Long work says that it is under way, and is not sent twice. */
  document.addEventListener("submit", (event) => {
    const { long } = event.target.dataset;
    if (!long || event.defaultPrevented) return;
    window.toast(long);
    event.target.querySelectorAll("button").forEach((button) => setTimeout(() => { button.disabled = true; }));
  });
})();
