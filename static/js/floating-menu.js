// The menu of a post or a message, beside its button. Without script the same link opens a page.
import { say, sayFailure, toast } from "./say.js";

export async function openMenu(link, react, prepare = () => {}) {
  let answer;
  try {
    answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  } catch {
    toast(say("no-line"), { tone: "danger" }); // the browser's own page would cost what has been written, and its files
    return;
  }
  if (answer.redirected) {
    location.assign(link.href); // signed out: the way leads over the page where one signs in
    return;
  }
  if (!answer.ok) {
    toast(sayFailure(answer.status), { tone: "danger" });
    return;
  }
  const panel = document.createElement("div");
  panel.popover = "auto";
  panel.className = "post-float";
  panel.innerHTML = await answer.text(); // our own fragment, made for this place
  document.body.append(panel);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest(".reactions button[formaction]");
    if (!button) return;
    event.preventDefault();
    panel.hidePopover();
    react(button);
  });
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (panel.contains(document.activeElement) || document.activeElement === document.body) link.focus();
    panel.remove();
  });
  // Arrows walk the items, as in every menu of the house.
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...panel.querySelectorAll("a[href], button")];
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
  });
  prepare(panel);
  panel.showPopover();
  const box = link.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const below = box.bottom + height + 8 < innerHeight;
  const top = below ? box.bottom + 4 : box.top - height - 4;
  panel.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`; // in sight, even where its button has scrolled away
  panel.style.left = `${Math.max(8, Math.min(box.left + box.width / 2 - width / 2, innerWidth - width - 8))}px`;
  window.htmx?.process(panel);
  panel.querySelector("a, button")?.focus();
}
