// The page brings the words of the toolbar, translated (data-bold="…"); here its buttons are made and learn what they do.
import { isAddress } from "./schema.js";

const COMMANDS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  quote: (chain) => chain.toggleBlockquote(),
  list: (chain) => chain.toggleBulletList(),
  numbered: (chain) => chain.toggleOrderedList(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};
const ACTIVE = { bold: "bold", italic: "italic", quote: "blockquote", list: "bulletList", numbered: "orderedList", link: "link" };

const ICONS = { bold: "bold", italic: "italic", quote: "quote", list: "list", numbered: "numbered", link: "link", mention: "at", attach: "clip" };

function furnish(tools) {
  for (const [command, icon] of Object.entries(ICONS)) {
    if (!tools.dataset[command]) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-bare button-icon" });
    button.dataset.command = command;
    button.setAttribute("aria-label", tools.dataset[command]);
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("class", command === "list" || command === "numbered" ? "icon icon-flip" : "icon");
    drawing.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${tools.dataset.icons}#i-${icon}`);
    drawing.append(use);
    button.append(drawing);
    tools.append(button);
  }
}

export function connectToolbar(tools, editor, textarea) {
  const stop = new AbortController();
  const { signal } = stop;
  if (!tools.firstElementChild) furnish(tools);
  const buttons = [...tools.querySelectorAll("[data-command]")];
  const linkBar = tools.parentElement.querySelector("[data-editor-link]");
  const linkInput = linkBar?.querySelector("input");
  tools.hidden = false;

  for (const button of buttons) {
    // The words keep their selection while the toolbar is used with a mouse.
    button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    button.addEventListener("click", () => run(button.dataset.command), { signal });
  }

  function run(command) {
    if (command === "link") return openLink();
    if (command === "mention") return insertAt();
    if (command === "attach") return textarea.form?.querySelector('input[type="file"]')?.click();
    COMMANDS[command]?.(editor.chain().focus()).run();
  }

  function insertAt() {
    const { $from } = editor.state.selection;
    const before = $from.parent.textBetween(0, $from.parentOffset, null, "\ufffc");
    editor
      .chain()
      .focus()
      .insertContent(!before || /\s$/.test(before) ? "@" : " @")
      .run();
  }

  function openLink() {
    if (!linkBar) return;
    linkBar.hidden = !linkBar.hidden;
    if (linkBar.hidden) return editor.commands.focus();
    linkInput.value = editor.getAttributes("link").href ?? "";
    linkInput.removeAttribute("aria-invalid");
    linkInput.focus();
  }

  function applyLink() {
    let href = linkInput.value.trim();
    if (href && !isAddress(href) && /^[^\s/:@]+\.[^\s@]+$/.test(href)) href = `https://${href}`;
    if (href && !isAddress(href)) {
      linkInput.setAttribute("aria-invalid", "true");
      return linkInput.focus();
    }
    linkBar.hidden = true;
    const chain = editor.chain().focus();
    if (!href) return chain.extendMarkRange("link").unsetMark("link").run();
    if (editor.state.selection.empty && !editor.isActive("link")) {
      return chain
        .insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] })
        .unsetMark("link")
        .run();
    }
    chain.extendMarkRange("link").setMark("link", { href }).run();
  }

  linkInput?.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        applyLink();
      } else if (event.key === "Escape") {
        event.preventDefault();
        linkBar.hidden = true;
        editor.commands.focus();
      }
    },
    { signal },
  );
  linkBar?.querySelector("[data-link-apply]")?.addEventListener("click", applyLink, { signal });
  linkBar?.querySelector("[data-link-remove]")?.addEventListener(
    "click",
    () => {
      linkInput.value = "";
      applyLink();
    },
    { signal },
  );
  editor.view.dom.addEventListener(
    "keydown",
    (event) => {
      if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
        event.preventDefault();
        openLink();
      }
    },
    { signal },
  );

  // One stop for the Tab key, arrows inside: the pattern of a toolbar.
  tools.addEventListener(
    "keydown",
    (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
      if (!step || event.target.tagName !== "BUTTON") return;
      event.preventDefault();
      const shown = buttons.filter((button) => !button.hidden);
      const way = Number.isFinite(step) && getComputedStyle(tools).direction === "rtl" ? -step : step;
      const next = Math.max(0, Math.min(shown.length - 1, shown.indexOf(event.target) + way));
      rove(shown[next]);
      shown[next].focus();
    },
    { signal },
  );

  function rove(chosen) {
    for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
  }

  function show() {
    for (const button of buttons) {
      const name = ACTIVE[button.dataset.command];
      if (name) button.setAttribute("aria-pressed", String(editor.isActive(name)));
    }
  }
  editor.on("transaction", show);
  rove(buttons[0]);
  show();

  return () => {
    stop.abort();
    editor.off("transaction", show);
    tools.hidden = true;
    if (linkBar) linkBar.hidden = true;
  };
}
