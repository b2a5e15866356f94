/* Autosave of the editor: what stands in the form is kept on the server three seconds after the last change.
   Without this file the form is saved by its buttons. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const line = document.getElementById("saved");
  let timer = 0;
  let last = "";
  const typed = () => {
    const data = new FormData(form);
    data.delete("uploads");
    return data;
  };
  const print = (data) => JSON.stringify([...data.entries()].filter(([name]) => name !== "once_key"));

  const keep = async () => {
    const data = typed();
    const now = print(data);
    if (now === last) return;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (answer.ok) {
        last = now;
        line.textContent = `已自动保存 ${told.saved_at}（尚未生成新版本）`;
      } else {
        line.textContent = `没有自动保存：${told.what}${told.todo}`;
      }
    } catch {
      line.textContent = "没有自动保存：连接中断。内容仍在页面上，请勿关闭，稍后会再试。";
      timer = setTimeout(keep, 15000);
    }
  };

  last = print(typed());
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 3000);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
})();
