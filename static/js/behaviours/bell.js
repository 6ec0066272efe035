// The bell's number: a hint says that it changed, the server counts what this reader may still see.

const PATIENCE = 150;

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
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  };
  const onHint = (event) => {
    if (event.detail.kind === "notices" || event.detail.kind === "poll") soon();
  };
  const onConnection = (event) => {
    if (event.detail.state === "live") soon();
  };
  document.addEventListener("live:hint", onHint);
  document.addEventListener("multaqa:connection", onConnection);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("live:hint", onHint);
    document.removeEventListener("multaqa:connection", onConnection);
  };
}
