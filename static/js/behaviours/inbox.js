// What is done with a line happens without the page jumping to its top: the form is sent, the answer's list takes the place of this one, its
// words (with the way back) are said, and the keyboard stands at the line that follows.
import { say, sayFailure, toast } from "../say.js";

const FORMS = '#on-lines, .toast form[action^="/notices/"]';
const PILL = '[data-behaviour="feed-pill"][data-kind="notices"]';

export function connect(list) {
  let sending = false;
  const onSubmit = async (event) => {
    const form = event.target;
    if (!form.matches(FORMS) || event.defaultPrevented) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = event.submitter;
    const places = links();
    const place = places.indexOf(button?.closest(".notice")?.querySelector(".notice-link"));
    const to = button?.hasAttribute("formaction") ? button.formAction : form.action;
    try {
      const answer = await fetch(to, { method: "POST", body: new FormData(form, button), headers: { Accept: "text/html" } });
      if (!answer.ok) toast(sayFailure(answer.status), { tone: "danger" });
      else if (!put(await answer.text(), place)) location.assign(answer.url);
      form.closest(".toast")?.remove();
    } catch {
      toast(say("no-line"), { tone: "danger" });
    } finally {
      sending = false;
    }
  };
  const links = () => [...list.querySelectorAll(".notice-link")];
  const put = (html, place) => {
    const page = new DOMParser().parseFromString(html, "text/html"); // our own page: nothing in it runs
    const fresh = page.querySelector('[data-behaviour="inbox"]');
    if (!fresh) return false; // the reader was signed out meanwhile
    list.replaceChildren(...fresh.childNodes);
    renew(page.querySelector(PILL));
    for (const made of page.querySelectorAll("#toasts > .toast")) document.dispatchEvent(new CustomEvent("multaqa:toast", { detail: { made } }));
    const left = links();
    if (place >= 0) left[Math.min(place, left.length - 1)]?.focus({ preventScroll: true });
    return true;
  };
  // What the pill would announce stands in the list now.
  const renew = (fresh) => {
    const pill = document.querySelector(PILL);
    if (!pill || !fresh) return;
    pill.dataset.ask = fresh.dataset.ask;
    pill.querySelector(".new-pill").hidden = true;
  };
  document.addEventListener("submit", onSubmit);
  return () => document.removeEventListener("submit", onSubmit);
}
