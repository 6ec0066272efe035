// The strip over the top bar. live.js says how the line is: live, reconnecting, paused (polling) or offline.

const PATIENCE = 2500; // a line that returns at once is not worth a word
const BACK = 3000;

export function connect(strip) {
  let state = "live";
  let timer = 0;
  const paint = (shown) => {
    strip.dataset.state = shown;
    strip.hidden = shown === "live";
  };
  const turn = (next) => {
    if (next === state) return;
    const wasBad = !strip.hidden;
    state = next;
    clearTimeout(timer);
    if (next === "live") {
      if (!wasBad) return paint("live");
      paint("back");
      timer = setTimeout(() => paint("live"), BACK);
    } else if (next === "offline" || wasBad) paint(next);
    else timer = setTimeout(() => paint(next), PATIENCE);
    return undefined;
  };
  const onState = (event) => turn(event.detail.state);
  const onOffline = () => turn("offline");
  const onOnline = () => turn(document.body.dataset.live ? "reconnecting" : "live");
  document.addEventListener("multaqa:connection", onState);
  addEventListener("offline", onOffline);
  addEventListener("online", onOnline);
  if (navigator.onLine === false) turn("offline");
  return () => {
    clearTimeout(timer);
    document.removeEventListener("multaqa:connection", onState);
    removeEventListener("offline", onOffline);
    removeEventListener("online", onOnline);
  };
}
