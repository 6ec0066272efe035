// A textarea that becomes the rich editor when somebody comes to write. Until then, and whenever the editor cannot be
// loaded, it stays the textarea it is: its words are the form's words either way.
import { field, htmlToPlain } from "../editor/field.js";

export function connect(textarea) {
  const frame = textarea.closest(".editor, .composer, form") ?? textarea.parentElement;
  const tools = textarea.parentElement.querySelector("[data-editor-tools]");
  const form = textarea.form;
  const stop = new AbortController();
  const { signal } = stop;
  let rich = null;
  let loading = null;

  const upgrade = () => (loading ??= load());

  async function load() {
    try {
      const { enrich } = await import("../editor/rich.js");
      const library = await import(textarea.dataset.editorSrc);
      if (signal.aborted) return null;
      rich = enrich(textarea, library, { tools, frame });
      return rich;
    } catch (error) {
      console.warn("The editor did not load; the plain box stays.", error);
      if (field(textarea).format === "html") field(textarea).set(htmlToPlain(textarea.value), "plain");
      return null;
    }
  }

  const enter = async () => {
    const here = await upgrade();
    // Only whoever is still in the box is taken along; somebody who moved on must not be pulled back.
    if (here && (document.activeElement === textarea || document.activeElement === document.body)) here.focus(textarea);
  };
  // Somebody may have come before this script did.
  if (document.activeElement === textarea) enter();
  else textarea.addEventListener("focus", enter, { signal, once: true });

  textarea.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        form?.requestSubmit();
      }
    },
    { signal },
  );

  // quote.js, drafts.js and the toolbar speak to the words through these, whichever form they are in.
  textarea.addEventListener(
    "multaqa:insert",
    async (event) => {
      const { html, plain } = event.detail;
      const here = await upgrade();
      if (here) here.insert(html);
      else field(textarea).append(plain);
    },
    { signal },
  );
  textarea.addEventListener(
    "multaqa:restore",
    () => {
      if (field(textarea).format === "html") upgrade();
    },
    { signal },
  );

  form?.addEventListener(
    "reset",
    () =>
      setTimeout(() => {
        rich?.setContent("");
        if (!rich) field(textarea).format = "plain";
      }),
    { signal },
  );

  // A refused form comes back holding HTML: nobody should read tags.
  if (field(textarea).format === "html" && textarea.value.trim()) upgrade();

  return () => {
    stop.abort();
    rich?.destroy();
  };
}
