// The rich editor over a textarea. The textarea stays in the form, hidden, and always holds the same words.
import { changed, field, plainToHtml } from "./field.js";
import { extensions } from "./schema.js";
import { connectToolbar } from "./toolbar.js";
import { Suggestions } from "./suggest.js";

export function enrich(textarea, library, { tools, frame }) {
  const words = field(textarea);
  const holder = document.createElement("div");
  holder.className = "editor-content";
  textarea.after(holder);

  const suggestions = textarea.dataset.mentionsUrl ? new Suggestions(textarea.dataset.mentionsUrl, frame) : null;
  const editor = new library.Editor({
    element: holder,
    injectCSS: false, // the policy allows no inline style; static/css has what is needed
    extensions: extensions(library, { placeholder: textarea.placeholder }),
    content: contentOf(textarea, words),
    editorProps: {
      attributes: attributesOf(textarea),
      handleKeyDown(_view, event) {
        if (event.isComposing) return false;
        if (suggestions?.handleKey(event)) return true;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          textarea.form?.requestSubmit();
          return true;
        }
        return false;
      },
      handlePaste(_view, event) {
        const files = event.clipboardData?.files;
        if (!files?.length || event.clipboardData.types.includes("text/html")) return false;
        return !textarea.dispatchEvent(new CustomEvent("multaqa:files", { bubbles: true, cancelable: true, detail: { files } }));
      },
    },
    onUpdate: () => sync(),
    onSelectionUpdate: () => suggest(),
    onBlur: () => setTimeout(() => !editor.isFocused && suggestions?.close(), 150),
  });

  function sync() {
    textarea.value = editor.isEmpty ? "" : editor.getHTML();
    words.format = "html";
    changed(textarea);
    suggest();
  }

  function suggest() {
    if (!suggestions) return;
    const { $from, empty } = editor.state.selection;
    const before = empty ? $from.parent.textBetween(Math.max(0, $from.parentOffset - 60), $from.parentOffset, null, "\ufffc") : "";
    const typed = /(?:^|[^\p{L}\p{N}@/.+_-])@([\p{L}\p{M}\p{N}._-]{0,40})$/u.exec(before);
    if (!typed) return suggestions.close();
    const to = $from.pos;
    const from = to - typed[1].length - 1;
    suggestions.open(typed[1], editor.view.dom, editor.view.coordsAtPos(from), (someone) => {
      editor
        .chain()
        .focus()
        .insertContentAt({ from, to }, [
          { type: "mention", attrs: { handle: someone.handle, name: someone.name } },
          { type: "text", text: " " },
        ])
        .run();
    });
  }

  textarea.hidden = true;
  const required = textarea.required;
  textarea.required = false; // a hidden field may not hold up the form; the server says the sentence
  frame.classList.add("is-rich");
  const disconnectToolbar = tools ? connectToolbar(tools, editor, textarea) : null;
  // The server must read the box as HTML from now on, even if nothing more is typed.
  const before = textarea.value;
  textarea.value = editor.isEmpty ? "" : editor.getHTML();
  words.format = "html";
  if (before !== textarea.value) changed(textarea);

  return {
    focus(from) {
      editor.commands.focus(from?.value && from.selectionStart === 0 ? "start" : "end");
    },
    insert(html) {
      const { doc } = editor.state;
      const last = doc.lastChild;
      const spare = last.type.name === "paragraph" && !last.content.size ? last.nodeSize : 0; // the empty line one writes on
      if (editor.isEmpty) editor.commands.setContent(`${html}<p></p>`, { emitUpdate: true });
      else editor.commands.insertContentAt({ from: doc.content.size - spare, to: doc.content.size }, `${html}<p></p>`);
      sync();
      editor.commands.focus("end");
      holder.scrollIntoView({ block: "nearest" });
    },
    setContent(html) {
      editor.commands.setContent(html, { emitUpdate: false });
      sync();
    },
    destroy() {
      disconnectToolbar?.();
      suggestions?.destroy();
      editor.destroy();
      holder.remove();
      textarea.hidden = false;
      textarea.required = required;
      frame.classList.remove("is-rich");
    },
  };
}

function contentOf(textarea, words) {
  if (words.format === "html") return textarea.value;
  // The post as it was stored, unless somebody has already changed its plain form.
  if (textarea.dataset.html && textarea.value === textarea.defaultValue) return textarea.dataset.html;
  return plainToHtml(textarea.value);
}

function attributesOf(textarea) {
  const label = textarea.getAttribute("aria-label") ?? textarea.labels?.[0]?.textContent.trim();
  const attributes = { class: "prose", role: "textbox", "aria-multiline": "true", spellcheck: "true" };
  if (label) attributes["aria-label"] = label;
  for (const name of ["aria-describedby", "aria-invalid", "lang"]) {
    if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name);
  }
  return attributes;
}
