// "@" in a plain textarea: the same list as in the rich editor, and what is chosen is typed as @handle.
import { changed } from "../editor/field.js";
import { Suggestions } from "../editor/suggest.js";

export function connect(textarea) {
  const suggestions = new Suggestions(textarea.dataset.mentionsUrl ?? "/mentions/", textarea.closest("form") ?? document.body);
  const stop = new AbortController();
  const { signal } = stop;

  textarea.addEventListener("input", look, { signal });
  textarea.addEventListener("click", look, { signal });
  textarea.addEventListener(
    "keydown",
    (event) => {
      if (!event.isComposing) suggestions.handleKey(event);
    },
    { signal, capture: true },
  );
  textarea.addEventListener("blur", () => setTimeout(() => document.activeElement !== textarea && suggestions.close(), 150), { signal });

  function look() {
    // Once the rich editor stands in front, it opens its own list.
    if (textarea.hidden || textarea.selectionStart !== textarea.selectionEnd) return suggestions.close();
    const end = textarea.selectionStart;
    const typed = /(?:^|[^\p{L}\p{N}@/.+_-])@([\p{L}\p{M}\p{N}._-]{0,40})$/u.exec(textarea.value.slice(Math.max(0, end - 60), end));
    if (!typed) return suggestions.close();
    const start = end - typed[1].length - 1;
    const box = textarea.getBoundingClientRect();
    // A textarea does not say where its letters stand: the list opens at its lower edge.
    const place = { left: box.left + 8, right: box.right - 8, top: box.top, bottom: box.bottom - 6 };
    suggestions.open(typed[1], textarea, place, (someone) => {
      textarea.setRangeText(`@${someone.handle} `, start, textarea.selectionEnd, "end");
      changed(textarea);
      textarea.focus();
    });
  }

  return () => {
    stop.abort();
    suggestions.destroy();
  };
}
