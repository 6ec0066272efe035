// The numbers of notices and conversations: a hint says that one changed, the server counts what this reader may still see.

const PATIENCE = 150;
const TITLE = document.title;

export function connect(body) {
  if (!body.dataset.user) return undefined;
  let timer = 0;
  const ask = async () => {
    try {
      const answer = await fetch("/notices/count/", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { count } = await answer.json();
      document.dispatchEvent(new CustomEvent("multaqa:count", { detail: { name: "notices", value: count } }));
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
      document.dispatchEvent(new CustomEvent("multaqa:count", { detail: { name: "chat", value: count } }));
      document.title = count ? `(${count > 99 ? "99+" : count}) ${TITLE}` : TITLE;
    } catch {
      // The next hint asks again.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  };
  const soonTalk = () => {
    clearTimeout(talkTimer);
    talkTimer = setTimeout(askTalk, PATIENCE);
  };
  const onHint = (event) => {
    const { kind } = event.detail;
    if (kind === "notices" || kind === "poll") soon();
    if (kind === "chat" || kind === "poll") soonTalk();
  };
  const onConnection = (event) => {
    if (event.detail.state !== "live") return;
    soon();
    soonTalk();
  };
  document.addEventListener("live:hint", onHint);
  document.addEventListener("multaqa:connection", onConnection);
  return () => {
    clearTimeout(timer);
    clearTimeout(talkTimer);
    document.removeEventListener("live:hint", onHint);
    document.removeEventListener("multaqa:connection", onConnection);
  };
}
