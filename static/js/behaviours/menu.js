// A details menu closes by Escape, by a click outside, and when the keyboard leaves it; arrows walk its items.

export function connect(menu) {
  const summary = menu.querySelector("summary");
  const items = () => [...menu.querySelectorAll("a[href], button:not([hidden]), input")].filter((item) => !summary.contains(item));
  const close = () => {
    menu.open = false;
  };
  const onKey = (event) => {
    if (!menu.open) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
      summary.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = items();
      const here = all.indexOf(document.activeElement);
      if (document.activeElement?.type === "radio") return; // the browser walks radios itself
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      all[(here + step + all.length) % all.length]?.focus();
    }
  };
  const onOutside = (event) => {
    if (menu.open && !menu.contains(event.target)) close();
  };
  const onLeave = (event) => {
    if (menu.open && event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  };
  // A choice made with the pointer closes the menu of a selector; with the keyboard one may still be walking.
  const onPick = (event) => {
    if (event.target.matches("input[type=radio]") && event.detail > 0) setTimeout(close, 120);
  };
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("focusout", onLeave);
  menu.addEventListener("click", onPick);
  document.addEventListener("pointerdown", onOutside);
  return () => document.removeEventListener("pointerdown", onOutside);
}
