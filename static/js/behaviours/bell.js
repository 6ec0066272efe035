// The numbers of notices and conversations: a hint says that one changed, the server counts what this reader may still see.
import { isBeingRead } from "../chat/being-read.js";

const PATIENCE = 150;
const READING = 1_500;
const COUNTED = /^\(\d+\+?\) /;

export function connect(body) {
  if (!body.dataset.user) return undefined;
  title(parseInt(document.querySelector('[data-count="chat"]:not([hidden])')?.textContent ?? "", 10) || 0);
  let timer = 0;
  const ask = async () => {
    try {
      const answer = await fetch("/notices/count/", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { count } = await answer.json();
      tell("notices", count);
    } catch {
      // The next hint asks again.
    }
  };
  let talkTimer = 0;
  const askTalk = async () => {
    try {
      const answer = await fetch("/conversations/count/", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { count } = await answer.json();
      tell("chat", count);
      title(count);
    } catch {
      // The next hint asks again.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  };
  const soonTalk = (patience = PATIENCE) => {
    clearTimeout(talkTimer);
    talkTimer = setTimeout(askTalk, patience);
  };
  const onHint = (event) => {
    const { kind } = event.detail;
    if (kind === "notices" || kind === "poll") soon();
    if (kind === "chat") soonTalk(isBeingRead(event.detail) ? READING : PATIENCE);
    else if (kind === "poll") soonTalk();
  };
  // What was hinted before one's own stream was heard, or while the line was away, nobody has counted.
  const onSubscribed = (event) => {
    if (!event.detail.stream.startsWith("user.")) return;
    soon();
    soonTalk();
  };
  // Words that wait in a room which is not open: they go out from wherever their writer is.
  const errands = () => {
    if (hasWaiting(body.dataset.user)) import("../chat/errand.js").then(({ runErrands }) => runErrands(body.dataset.user)).catch(() => {});
  };
  const onConnection = (event) => event.detail.state === "live" && errands();
  const onSight = () => !document.hidden && errands();
  errands();
  document.addEventListener("multaqa:connection", onConnection);
  document.addEventListener("visibilitychange", onSight);
  addEventListener("online", errands);
  if (body.dataset.heard !== undefined) onSubscribed({ detail: { stream: "user." } });
  // A counter that woke after the number was told.
  const onAsked = ({ detail: { name } }) => told.has(name) && tell(name, told.get(name));
  document.addEventListener("multaqa:counting", onAsked);
  document.addEventListener("live:hint", onHint);
  document.addEventListener("live:subscribed", onSubscribed);
  return () => {
    clearTimeout(timer);
    clearTimeout(talkTimer);
    document.removeEventListener("multaqa:connection", onConnection);
    document.removeEventListener("visibilitychange", onSight);
    removeEventListener("online", errands);
    document.removeEventListener("multaqa:counting", onAsked);
    document.removeEventListener("live:hint", onHint);
    document.removeEventListener("live:subscribed", onSubscribed);
  };
}

const told = new Map(); // name → number

function tell(name, value) {
  told.set(name, value);
  document.dispatchEvent(new CustomEvent("multaqa:count", { detail: { name, value } }));
}

// Asked of the store alone: most pages never load what would send.
function hasWaiting(user) {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(`chat-outbox:${user}:`));
  } catch {
    return false;
  }
}

function title(count) {
  const bare = document.title.replace(COUNTED, "");
  document.title = count ? `(${count > 99 ? "99+" : count}) ${bare}` : bare;
}
