/* The editor: what stands in the form is kept on the server three seconds after the last change; tables come from a
   spreadsheet by pasting; headings are recognised; the text is shown as it will stand; leaving with unsaved text is
   warned of. Without this file the form is saved by its buttons. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep], form[data-guard]");
  if (!form) return;
  const line = document.getElementById("saved");
  const body = form.querySelector("textarea[name=body]");
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  let timer = 0;
  let last = "";
  const typed = () => {
    const data = new FormData(form);
    for (const name of ["uploads", "source"]) data.delete(name);
    return data;
  };
  const print = (data) => JSON.stringify([...data.entries()].filter(([name]) => !["once_key", "csrfmiddlewaretoken"].includes(name)));
  const tell = (words, tone = "") => {
    if (!line) return;
    line.textContent = words;
    line.className = `saved ${tone}`;
  };

  const keep = async () => {
    const data = typed();
    const now = print(data);
    if (now === last) return;
    tell("正在自动保存…");
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.type === "opaqueredirect") {
        tell("没有自动保存：登录已结束。请不要关闭本页，在新的页面登录后再保存。", "warn");
        return;
      }
      const told = await answer.json();
      if (answer.ok) {
        last = now;
        tell(`已自动保存 ${told.saved_at}（尚未生成新版本）`);
        document.dispatchEvent(new Event("gongkai:kept"));
      } else tell(`没有自动保存：${told.what}${told.todo}`, "warn");
    } catch {
      tell("没有自动保存：连接中断。内容仍在页面上，请勿关闭，稍后会再试。", "warn");
      timer = setTimeout(keep, 15000);
    }
  };

  /* A page that answers a save which was not done stands on nothing saved. */
  const is_unsaved = "unsaved" in form.dataset;
  last = is_unsaved ? "" : print(typed());
  if (is_unsaved && form.dataset.keep) timer = setTimeout(keep, 1000);
  let is_leaving = false;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!form.dataset.keep) return;
    tell("有改动，稍后自动保存");
    timer = setTimeout(keep, 3000);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    is_leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!is_leaving && print(typed()) !== last) event.preventDefault();
  });

  /* Choosing the file is enough where a page reads it. */
  const source = form.querySelector("[data-read]");
  source?.addEventListener("change", () => {
    if (!source.files.length) return;
    tell("正在读取文件…");
    document.getElementById(source.dataset.read)?.click();
  });

  if (!body) return;
  const put = (text, start, end) => {
    body.focus();
    body.setSelectionRange(start, end);
    /* The old command keeps "undo"; where it is gone, the text is put in plainly. */
    if (!document.execCommand("insertText", false, text)) body.setRangeText(text, start, end, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Rows and cells of what a spreadsheet puts on the clipboard: tabs between cells, quotes around line breaks. */
  const cells = (text) => {
    const rows = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at];
      const row = rows.at(-1);
      if (sign === '"' && quoted && text[at + 1] === '"') {
        row[row.length - 1] += '"';
        at += 1;
      } else if (sign === '"' && (quoted || row.at(-1) === "")) quoted = !quoted;
      else if (sign === "\t" && !quoted) row.push("");
      else if (sign === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += sign;
    }
    return rows.filter((row) => row.some((cell) => cell.trim()));
  };
  const cell = (text) => text.trim().replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("\n", "\\n");
  body.addEventListener("paste", (event) => {
    const text = (event.clipboardData?.getData("text/plain") ?? "").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    if (!text.includes("\t")) return;
    const rows = cells(text);
    const width = Math.max(...rows.map((row) => row.length));
    if (width < 2) return;
    event.preventDefault();
    const lines = rows.map((row) => `| ${Array.from({ length: width }, (_, at) => cell(row[at] ?? "")).join(" | ")} |`);
    lines.splice(1, 0, `|${" --- |".repeat(width)}`);
    const before = body.selectionStart > 0 && body.value[body.selectionStart - 1] !== "\n" ? "\n" : "";
    put(`${before}${lines.join("\n")}\n\n`, body.selectionStart, body.selectionEnd);
    window.toast(`已粘贴为表格：${width} 列，${rows.length - 1} 行，第一行作表头。`, "ok");
  });

  /* 一、 （一） 第一章 at the head of a short line are headings. */
  const LEVELS = [
    [/^第[一二三四五六七八九十百]{1,4}[编章][\s　]*\S/, "#"],
    [/^[一二三四五六七八九十]{1,3}、\S/, "#"],
    [/^（[一二三四五六七八九十]{1,3}）\S/, "##"],
  ];
  document.querySelector("[data-headings]")?.addEventListener("click", () => {
    let count = 0;
    const lines = body.value.split("\n").map((text) => {
      const plain = text.trim();
      const level = plain.length <= 40 && !/[。；：]$/.test(plain) && LEVELS.find(([rule]) => rule.test(plain));
      if (!level) return text;
      count += 1;
      return `${level[1]} ${plain}`;
    });
    if (count) put(lines.join("\n"), 0, body.value.length);
    window.toast(count ? `已标出 ${count} 个标题，请核对。` : "没有找到像标题的行。", count ? "ok" : "");
  });

  /* The text as it will stand, beside the text as it is typed. */
  const pane = document.getElementById("preview");
  const button = document.querySelector("[data-preview]");
  if (!pane || !button) return;
  let later = 0;
  const show = async () => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", token());
    data.set("title", form.querySelector("[name=title]")?.value ?? "");
    data.set("body", body.value);
    const answer = await fetch(button.dataset.preview, { method: "POST", body: data, redirect: "manual" }).catch(() => null);
    if (answer?.ok) pane.querySelector("[data-text]").innerHTML = await answer.text();
  };
  button.addEventListener("click", () => {
    const is_on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(is_on));
    pane.hidden = !is_on;
    pane.closest(".editor").classList.toggle("previewing", is_on);
    if (is_on) show();
  });
  body.addEventListener("input", () => {
    clearTimeout(later);
    if (!pane.hidden) later = setTimeout(show, 600);
  });
})();
