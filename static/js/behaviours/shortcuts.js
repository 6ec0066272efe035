// "/" goes to the search box, "?" shows what the keyboard can do, Ctrl+Enter sends what one writes.
import { say } from "../say.js";

const WRITING = "input, textarea, select, [contenteditable]";

export function connect(body) {
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("textarea, [contenteditable]")?.closest("form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(WRITING) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const box = [...document.querySelectorAll("input[type=search]")].find((input) => input.offsetParent);
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "?" || event.key === "؟") {
      event.preventDefault();
      help();
    }
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function help() {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog stack";
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  const title = document.createElement("h2");
  title.id = "shortcuts-title";
  title.textContent = say("shortcuts");
  const list = document.createElement("dl");
  list.className = "shortcut-list";
  for (const [keys, sentence] of [
    ["/", "shortcut-search"],
    ["Ctrl + Enter", "shortcut-send"],
    ["?", "shortcut-help"],
  ]) {
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    key.textContent = keys;
    key.dir = "ltr";
    term.append(key);
    const meaning = document.createElement("dd");
    meaning.textContent = say(sentence);
    list.append(term, meaning);
  }
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "dialog-actions";
  const close = document.createElement("button");
  close.className = "button";
  close.textContent = say("close");
  form.append(close);
  dialog.append(title, list, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
