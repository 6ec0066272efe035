// Remembers how far one has read in a topic, and that what was told about it has been seen.
// On <section data-behaviour="read-mark" data-read-url="/topics/42/read/" data-thread="topic.42">.

const PATIENCE = 1500;

export function connect(list) {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (!token) return undefined;
  let furthest = 0;
  let sent = Number(list.dataset.readNumber || 0);
  let timer = 0;
  const post = (url, fields) => fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  const send = () => {
    if (furthest <= sent) return;
    sent = furthest;
    post(list.dataset.readUrl, { number: String(sent) });
    if (list.dataset.thread) post("/notices/seen/", { thread: list.dataset.thread });
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) furthest = Math.max(furthest, Number(entry.target.dataset.number || 0));
    }
    clearTimeout(timer);
    timer = setTimeout(send, PATIENCE);
  }, { threshold: 0.1 });
  const watch = () => {
    for (const post of list.querySelectorAll("[data-number]")) watcher.observe(post);
  };
  watch();
  const onInserted = () => watch();
  document.addEventListener("multaqa:inserted", onInserted);
  addEventListener("pagehide", send);
  if (list.dataset.thread) post("/notices/seen/", { thread: list.dataset.thread });
  return () => {
    clearTimeout(timer);
    watcher.disconnect();
    document.removeEventListener("multaqa:inserted", onInserted);
    removeEventListener("pagehide", send);
  };
}
