// "3 new posts": the pill waits above the feed and never moves what is being read. A hint says that something is new;
// how many of it this reader may see, the server counts.

const PATIENCE = 400;

export function connect(place) {
  const pill = place.querySelector(".new-pill");
  const words = pill.querySelector("span");
  let timer = 0;
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.ask, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { count, text } = await answer.json();
      pill.hidden = count < 1;
      words.textContent = text;
    } catch {
      // The next hint asks again.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  };
  const onHint = (event) => {
    if (event.detail.kind === (place.dataset.kind || "activity")) soon();
  };
  // Back from a broken line: hints may have been lost.
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
