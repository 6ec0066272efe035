// The list of rooms lives: after a hint it is fetched anew, keeping the place of eyes and focus.
import { isBeingRead } from "../chat/being-read.js";
import { waiting } from "../chat/kept.js";
import { icon, say } from "../say.js";

const PATIENCE = 300;
const READING = 1_500;

export function connect(list) {
  let timer = 0;
  let asking = null;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(list.dataset.rooms, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: asking.signal });
      if (answer.ok && !answer.redirected) put(await answer.text());
    } catch {
      // The next hint asks again.
    }
  };
  let shown = "";
  const put = (html) => {
    if (html === shown) return;
    shown = html;
    const holder = document.createElement("template");
    holder.innerHTML = html; // our own fragment
    const focus = list.contains(document.activeElement) ? document.activeElement.id : "";
    const top = list.scrollTop;
    list.replaceChildren(holder.content);
    list.scrollTop = top;
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    mark();
  };
  // Where something one wrote waits or was refused, the list says so; the room that is open shows it itself.
  const mark = () => {
    for (const old of list.querySelectorAll(".room-waits")) old.remove();
    for (const [room, refused] of waiting(document.body.dataset.user)) {
      const words = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: refused ? say("not-sent") : say("waits") });
      const note = Object.assign(document.createElement("span"), { className: "room-waits" });
      note.append(icon(refused ? "alert" : "clock", "icon-small"), words);
      list.querySelector(`#room-${CSS.escape(room)}:not([aria-current])`)?.append(note);
    }
  };
  const onStorage = (event) => event.key?.startsWith("chat-outbox:") && mark();
  const soon = (patience = PATIENCE) => {
    clearTimeout(timer);
    timer = setTimeout(ask, patience);
  };
  const onHint = (event) => {
    if (event.detail.kind === "chat") soon(isBeingRead(event.detail) ? READING : PATIENCE);
    else if (event.detail.kind === "poll") soon();
  };
  // Hints may have been lost while the line was away, or before it stood.
  const onSubscribed = (event) => {
    if (event.detail.stream.startsWith("user.")) soon();
  };
  if (document.body.dataset.heard !== undefined) soon();
  mark();
  addEventListener("storage", onStorage);
  document.addEventListener("multaqa:waiting", mark);
  document.addEventListener("live:hint", onHint);
  document.addEventListener("live:subscribed", onSubscribed);
  return () => {
    clearTimeout(timer);
    asking?.abort();
    removeEventListener("storage", onStorage);
    document.removeEventListener("multaqa:waiting", mark);
    document.removeEventListener("live:hint", onHint);
    document.removeEventListener("live:subscribed", onSubscribed);
  };
}
