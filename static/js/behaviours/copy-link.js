// Copies the address of a link instead of following it.
import { say, toast } from "../say.js";

export function connect(element) {
  const copy = async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const address = new URL(element.dataset.copy || element.getAttribute("href"), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      toast(say("copied"));
    } catch {
      location.hash = new URL(address).hash;
      toast(say("copy-failed"));
    }
  };
  element.addEventListener("click", copy);
  return () => element.removeEventListener("click", copy);
}
