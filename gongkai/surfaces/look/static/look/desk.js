/* Keyboard of the workbench: "/" goes to search, "g d" to the desk, "j" and "k" walk the rows, "o" opens one.
   Everything works without this file. */
(() => {
  "use strict";
  let pending = "";
  const rows = () => [...document.querySelectorAll("[data-rows] > li, .desk-rows > li")];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("at"));
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    all.forEach((row) => row.classList.toggle("at", row === next));
    next.querySelector("a")?.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (pending === "g" && event.key === "d") location.assign("/desk/");
    else if (event.key === "/") {
      const box = document.querySelector("[role=search] input[type=search]");
      if (!box) return;
      event.preventDefault();
      box.focus();
    } else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    pending = event.key === "g" ? "g" : "";
  });

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
  /* What the server said on this page goes the same way; it must not lie over the text for ever. */
  document.querySelectorAll("#toasts .toast").forEach((line) => setTimeout(() => line.remove(), 8000));
  document.body.addEventListener("toast", (event) => window.toast(event.detail.value, event.detail.tone));
})();
