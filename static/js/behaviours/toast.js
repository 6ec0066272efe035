// Short words that leave by themselves; never the only confirmation of anything that matters.
import { icon, say } from "../say.js";

const SECONDS = 6;

export function connect(dock) {
  for (const waiting of dock.querySelectorAll(".toast")) live(waiting);
  const onToast = (event) => live(dock.appendChild(event.detail.made ?? made(event.detail)));
  document.addEventListener("multaqa:toast", onToast);
  return () => document.removeEventListener("multaqa:toast", onToast);
}

function made({ text, tone, href, action }) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  toast.append(icon(tone === "danger" ? "alert" : "done"), words);
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = action;
    toast.append(link);
  }
  if (tone === "danger") toast.dataset.stays = "yes";
  return toast;
}

function live(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", say("dismiss"));
  close.append(icon("close", "icon-small"));
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  let left = (toast.dataset.stays ? 3 : 1) * SECONDS;
  // Time stands still while someone reads or reaches for it.
  const clock = setInterval(() => {
    if (!toast.isConnected) return clearInterval(clock);
    if (toast.matches(":hover, :focus-within") || document.hidden) return undefined;
    left -= 1;
    if (left <= 0) toast.remove();
    return undefined;
  }, 1000);
}
