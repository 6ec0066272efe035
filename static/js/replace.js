// One element in the place of another, and the keyboard where it stood.

/** The element or the link inside it that had the focus hands it on to its counterpart. */
export function replace(shown, fresh) {
  const active = shown.contains(document.activeElement) ? document.activeElement : null;
  if (shown.hasAttribute("tabindex")) fresh.setAttribute("tabindex", shown.getAttribute("tabindex"));
  shown.replaceWith(fresh);
  if (active) (active === shown ? fresh : counterpart(active, fresh))?.focus({ preventScroll: true });
}

function counterpart(active, fresh) {
  const [name, value] = ["id", "value", "href"].map((one) => [one, active.getAttribute(one)]).find(([, found]) => found) ?? [];
  // A reaction that is gone, a link that was taken back: its menu is the nearest.
  return (name && fresh.querySelector(`[${name}="${CSS.escape(value)}"]`)) || fresh.querySelector("a[data-menu]");
}
