// What stands round the posts, when the topic itself changed: closed, pinned, named anew, answered. The page is asked for once
// more, and its parts marked data-fresh="topic.42" are put in place of ours. What somebody is writing stays.

const JITTER = 1_500; // not everybody at once

const waiting = new Set();
let timer = 0;

export function refresh(stream) {
  if (!partsOf(stream).length) return;
  waiting.add(stream);
  timer ||= setTimeout(fetchParts, 100 + Math.random() * JITTER);
}

const partsOf = (stream) => [...document.querySelectorAll(`[data-fresh="${CSS.escape(stream)}"][id]`)];

async function fetchParts() {
  timer = 0;
  if (document.hidden) return document.addEventListener("visibilitychange", fetchParts, { once: true });
  const streams = [...waiting];
  waiting.clear();
  let page;
  try {
    const answer = await fetch(location.href.split("#")[0], { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html"); // inert: nothing in it runs
  } catch {
    return; // the next page says it
  }
  for (const part of streams.flatMap(partsOf)) {
    const fresh = page.getElementById(part.id);
    if (!fresh || inUse(part)) continue;
    // Its children, so that a live region is the same one and speaks.
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    window.htmx?.process(part);
  }
  document.title = `${/^\(\d+\+?\) /.exec(document.title)?.[0] ?? ""}${page.title}`; // the number before it is bell.js's
}

function inUse(part) {
  if (part.contains(document.activeElement) || part.querySelector("details[open]")) return true;
  return [...part.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])")].some(
    (box) => box.value.trim() && box.value !== box.defaultValue,
  );
}
