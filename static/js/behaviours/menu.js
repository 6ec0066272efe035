// A details menu closes by Escape, by a click outside, and when the keyboard leaves it; arrows walk its items.

export function connect(menu) {
  const summary = menu.querySelector("summary");
  const items = () => [...menu.querySelectorAll("a[href], button:not([hidden]), input")].filter((item) => !summary.contains(item) && item.checkVisibility());
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
  // A press on a label moves the focus to the page behind it before the click arrives: that is no leaving.
  let pressed = false;
  const onPress = () => {
    pressed = true;
  };
  const onRelease = () => {
    pressed = false;
  };
  const onLeave = (event) => {
    if (menu.open && !pressed && event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  };
  // A choice made with the pointer closes the menu of a selector; with the keyboard one may still be walking.
  const onPick = (event) => {
    if (event.target.matches("input[type=radio]") && event.detail > 0) setTimeout(close, 120);
  };
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("focusout", onLeave);
  menu.addEventListener("click", onPick);
  menu.addEventListener("pointerdown", onPress);
  document.addEventListener("pointerup", onRelease);
  document.addEventListener("pointercancel", onRelease);
  document.addEventListener("pointerdown", onOutside);
  return () => {
    document.removeEventListener("pointerup", onRelease);
    document.removeEventListener("pointercancel", onRelease);
    document.removeEventListener("pointerdown", onOutside);
  };
}
