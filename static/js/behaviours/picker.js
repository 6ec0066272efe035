// Choosing people and institutions: as one types a name, the list of mentions opens; whom one chooses stands above as a ticked box.
// Without script the same field searches by its button, and the boxes are ticked by hand.
import { Suggestions } from "../editor/suggest.js";

export function connect(frame) {
  const stop = new AbortController();
  const { signal } = stop;
  const search = frame.querySelector("[data-search]");
  const picked = frame.querySelector("[data-picked]");
  const suggestions = new Suggestions(frame.dataset.mentionsUrl, frame);

  for (const hidden of frame.querySelectorAll("[data-search-line]")) hidden.hidden = false;
  frame.querySelector("[data-search-button]")?.remove();
  search.removeAttribute("name");

  search.addEventListener("input", look, { signal });
  search.addEventListener("focus", look, { signal });
  search.addEventListener("blur", () => setTimeout(() => document.activeElement !== search && suggestions.close(), 150), { signal });
  search.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing) return;
      if (suggestions.handleKey(event)) return;
      if (event.key === "Enter") event.preventDefault(); // a name is no answer yet: the form waits
      else if (event.key === "Backspace" && !search.value) picked.lastElementChild?.querySelector("input").focus();
    },
    { signal },
  );
  // Whoever is no longer ticked goes.
  picked.addEventListener(
    "change",
    (event) => {
      event.target.closest("label")?.remove();
      search.focus();
    },
    { signal },
  );

  function look() {
    const words = search.value.trim();
    if (!words) return suggestions.close();
    const box = search.getBoundingClientRect();
    return suggestions.open(words.replace(/^@/, ""), search, { left: box.left, right: box.right, top: box.top, bottom: box.bottom }, pick);
  }

  function pick(someone) {
    search.value = "";
    search.focus();
    const ticked = frame.querySelector(`input[name="who"][value="${CSS.escape(someone.handle)}"]`);
    if (ticked) {
      ticked.checked = true;
      return;
    }
    picked.append(line(someone));
  }

  return () => {
    stop.abort();
    suggestions.destroy();
  };
}

function line(someone) {
  const one = document.createElement("label");
  one.className = "option option-pick";
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "who", value: someone.handle, checked: true });
  const face = document.createElement("span");
  face.className = `avatar avatar-tiny${someone.kind === "entity" ? " avatar-entity" : ""}`;
  face.dataset.tone = someone.tone ?? 1;
  face.setAttribute("aria-hidden", "true");
  face.textContent = someone.monogram ?? "";
  const name = document.createElement("bdi");
  name.textContent = someone.name;
  one.append(box, face, name);
  return one;
}
