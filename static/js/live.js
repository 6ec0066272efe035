// One socket a tab: subscribes to every [data-stream] on the page, applies what it hears by element id, and asks
// GET /live/ whenever it may have missed something. The page is right without it; with it, it is right sooner.
//
// On the page:  <div data-stream="topic.42" data-version="17" data-tail>…<article id="post-7" data-number="3">…</div>
//   data-tail: the last page of the topic, where new posts are put. body[data-poll]: milliseconds between questions, without a line.
// Events on document:  live:hint {stream, kind, …}   live:typing {stream, user, name}   live:applied {element, op}
//   live:subscribed {stream}: from now on its hints are heard; what was hinted before may have been missed
//   multaqa:connection {state}   multaqa:count {name, value}
import { refresh } from "./fresh.js";
import { replace } from "./replace.js";
import { say, toast } from "./say.js";

const PROTOCOL = 1;
const POLL = 15_000;
const SILENCE = 40_000; // the server says something every twelve seconds
const GAP_PATIENCE = 400; // a frame may overtake another; after this it is missing
const TYPING = 3_000;
const TYPING_FOR = 1_000; // a key or two is not yet writing
const HERE = 25_000; // what the server knows of who is here lasts three times as long

const body = document.body;
const language = document.documentElement.lang || "ar";
const states = new Map(); // stream → {version, head, ahead, elements}: what the page shows whole, the newest heard of, those between
const seen = new WeakMap(); // element → version that it shows

let epoch = body.dataset.epoch || "";
let socket = null;
let tries = 0;
let failures = 0;
let stopped = false;
let retryTimer, silenceTimer, pollTimer, gapTimer;
let wanted = new Set();
let inquiry = null;
let typedAt = 0;
let typingSince = 0;
let lastKey = 0;

// --- What the page wants to hear -------------------------------------------------------------------------------------

function survey() {
  const found = new Map();
  for (const element of document.querySelectorAll("[data-stream]")) {
    if (element.dataset.gone !== undefined) continue;
    const list = found.get(element.dataset.stream) || [];
    list.push(element);
    found.set(element.dataset.stream, list);
  }
  const user = body.dataset.user;
  if (user) found.set(`user.${user}`, found.get(`user.${user}`) || []);
  const fresh = [];
  for (const [stream, elements] of found) {
    const known = states.get(stream);
    const versions = elements.map((element) => Number(element.dataset.version)).filter((number) => number >= 0);
    if (!known) {
      states.set(stream, { version: versions.length ? Math.min(...versions) : null, head: 0, ahead: new Set(), elements });
      fresh.push(stream);
      continue;
    }
    // A part of the page that was swapped in may be older than what has been heard since.
    for (const element of elements) {
      if (!known.elements.includes(element) && Number(element.dataset.version) < known.version) {
        known.head = Math.max(known.head, known.version);
        known.version = Number(element.dataset.version);
        later(stream);
      }
    }
    known.elements = elements;
  }
  const left = [...states.keys()].filter((stream) => !found.has(stream));
  for (const stream of left) states.delete(stream);
  if (open()) {
    subscribe(fresh);
    const names = left.map(named).filter((name) => wanted.delete(name));
    if (names.length) send({ type: "unsubscribe", streams: names });
  }
}

const SPOKEN = /^(?:topic|conversation)\./; // streams that carry fragments, in the page's language
const named = (stream) => (SPOKEN.test(stream) ? `${stream}/${language}` : stream);
const plain = (name) => name.split("/")[0];

function subscribe(streams) {
  const names = streams.map(named).filter((name) => !wanted.has(name));
  for (let i = 0; i < names.length; i += 40) send({ type: "subscribe", streams: names.slice(i, i + 40) });
  for (const name of names) wanted.add(name);
}

// --- The line --------------------------------------------------------------------------------------------------------

const open = () => socket && socket.readyState === WebSocket.OPEN;

function send(frame) {
  if (open()) socket.send(JSON.stringify(frame));
}

function connect() {
  clearTimeout(retryTimer);
  if (stopped || socket || !navigator.onLine) return;
  const address = new URL(`${body.dataset.live || "/live/socket/"}?v=${PROTOCOL}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(address);
  socket = mine;
  let opened = false;
  mine.onopen = () => {
    opened = true;
    wanted = new Set();
    listenForSilence();
    subscribe([...states.keys()]);
  };
  mine.onmessage = (event) => {
    listenForSilence();
    let frame;
    try {
      frame = JSON.parse(event.data);
    } catch {
      return;
    }
    hear(frame);
  };
  mine.onclose = (event) => {
    if (socket !== mine) return;
    socket = null;
    clearTimeout(silenceTimer);
    failures = opened ? 0 : failures + 1;
    ended(event.code);
  };
}

function hangUp() {
  clearTimeout(silenceTimer);
  const mine = socket;
  socket = null; // first: its end is no news
  mine?.close();
}

function ended(code) {
  if (code === 4409) return outdated("reload-script");
  if (code === 4401) toast(say("signed-out"), { tone: "danger" });
  if (!navigator.onLine) return show("offline");
  if (failures >= 3) poll();
  else show("reconnecting");
  const slow = code === 1008 || code === 1013 ? 5_000 : 500;
  const most = Math.min(30_000, slow * 2 ** tries++);
  retryTimer = setTimeout(connect, 500 + Math.random() * most);
}

function listenForSilence() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => {
    hangUp();
    ended(1006);
  }, SILENCE);
}

// --- What is heard ---------------------------------------------------------------------------------------------------

function hear(frame) {
  if (frame.epoch && !epoch) epoch = frame.epoch;
  if (frame.epoch && frame.epoch !== epoch) return outdated("reload-restored");
  switch (frame.type) {
    case "beat":
      if (frame.v !== PROTOCOL) return outdated("reload-script");
      tries = failures = 0;
      clearInterval(pollTimer);
      pollTimer = undefined;
      show(frame.state === "live" ? "live" : "paused");
      return;
    case "subscribed":
      tellHere(plain(frame.stream));
      met(plain(frame.stream), frame.version);
      if (frame.stream === `user.${body.dataset.user}`) body.dataset.heard = ""; // for whoever comes to listen later
      return emit("live:subscribed", { stream: plain(frame.stream) });
    case "gone":
      return gone(plain(frame.stream));
    case "head":
      return met(frame.stream, frame.version);
    case "hint":
      if (typeof frame.count === "number") emit("multaqa:count", { name: frame.kind, value: frame.count });
      if (frame.kind === "topic") refresh(frame.stream);
      return emit("live:hint", frame);
    case "typing":
      return String(frame.user) === body.dataset.user ? undefined : emit("live:typing", frame);
    case "read":
    case "here":
      return emit(`live:${frame.type}`, frame);
    case "error":
      if (frame.code === "try-again") {
        wanted = new Set();
        setTimeout(() => open() && subscribe([...states.keys()]), 2_000);
      }
      return;
  }
  if (frame.op) row(frame);
}

// The stream stands at this version: if the page does not, ask.
function met(stream, version) {
  const state = states.get(stream);
  if (!state || typeof version !== "number") return;
  if (state.version === null) state.version = version;
  else if (version > state.version) {
    state.head = Math.max(state.head, version);
    later(stream);
  }
}

function row(frame) {
  const state = states.get(frame.stream);
  if (!state) return;
  apply(frame, state);
  if (state.version === null || frame.version <= state.version) return;
  state.ahead.add(frame.version);
  close(state);
  if (state.ahead.size) later(frame.stream);
}

function close(state) {
  while (state.ahead.delete(state.version + 1)) state.version += 1;
}

const missing = new Set();

function later(stream) {
  missing.add(stream);
  gapTimer ||= setTimeout(() => {
    gapTimer = undefined;
    const streams = [...missing].filter((name) => {
      const state = states.get(name);
      return state && (state.ahead.size || state.head > state.version);
    });
    missing.clear();
    catchUp(streams);
  }, GAP_PATIENCE);
}

// --- What changed after what I know? ---------------------------------------------------------------------------------

async function catchUp(streams) {
  const known = streams.filter((stream) => typeof states.get(stream)?.version === "number");
  if (!known.length) return true;
  if (inquiry) {
    await inquiry;
    return catchUp(streams);
  }
  inquiry = ask(known.slice(0, 30)).finally(() => (inquiry = null));
  const answered = await inquiry;
  if (!answered) retryAsk(known);
  else if (known.length > 30) return catchUp(known.slice(30));
  return answered;
}

let askTries = 0;

function retryAsk(streams) {
  if (stopped) return;
  for (const stream of streams) {
    const state = states.get(stream);
    if (state) state.head = Math.max(state.head, state.version + 1); // still to be asked
    missing.add(stream);
  }
  askTries += 1;
  setTimeout(() => missing.size && later([...missing][0]), 500 + Math.random() * Math.min(30_000, 500 * 2 ** askTries));
}

async function ask(streams) {
  const query = new URLSearchParams({ lang: language, epoch, v: String(PROTOCOL) });
  for (const stream of streams) query.set(stream, states.get(stream).version);
  const heads = new Map(streams.map((stream) => [stream, states.get(stream).head]));
  let answer;
  try {
    const response = await fetch(`/live/?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!response.ok) return false;
    answer = await response.json();
  } catch {
    return false;
  }
  askTries = 0;
  if (answer.v !== PROTOCOL) outdated("reload-script");
  if (answer.reload || (epoch && answer.epoch !== epoch)) {
    outdated("reload-restored");
    return true;
  }
  epoch = answer.epoch;
  for (const [stream, found] of Object.entries(answer.streams)) {
    const state = states.get(stream);
    if (!state) continue;
    if (found.reads) emit("live:reads", { stream, reads: found.reads });
    if (found.gone) gone(stream);
    else if (found.reload) far(stream, state);
    else if (found.rows) {
      const before = state.version;
      for (const changed of found.rows) apply(changed, state);
      state.version = Math.max(state.version, found.head);
      // A head told while the answer was on its way may be newer than the answer: it is not forgotten, its own timer asks.
      state.head = state.head > heads.get(stream) ? Math.max(state.head, state.version) : state.version;
      for (const version of state.ahead) if (version <= state.version) state.ahead.delete(version);
      close(state);
      // More versions than rows: something that is no row changed, the topic was closed, pinned or named anew.
      if (found.head - before > new Set(found.rows.map((changed) => changed.version)).size) {
        refresh(stream);
        emit("live:hint", { stream, kind: "topic", version: found.head });
      }
    }
  }
  return true;
}

// Too much has changed to be told row by row. What can be fetched anew in its place is (its behaviour answers with live:resynced).
function far(stream, state) {
  if (state.elements.some((element) => element.dataset.resync !== undefined)) emit("live:resync", { stream });
  else outdated("reload-far");
}

function poll() {
  show("paused");
  if (pollTimer) return;
  const round = async () => {
    if (document.hidden || !navigator.onLine) return;
    await catchUp([...states.keys()]);
    // Without a line nobody hints: whoever shows counts may ask for them.
    emit("live:hint", { kind: "poll" });
  };
  pollTimer = setInterval(round, Number(body.dataset.poll) || POLL);
  round();
}

// --- Into the page ---------------------------------------------------------------------------------------------------

function apply(frame, state) {
  const shown = document.getElementById(frame.id);
  const version = (shown && seen.get(shown)) ?? Number(shown?.dataset.version ?? -1);
  if (version >= frame.version) return;
  if (shown && busy(shown)) {
    // Somebody is writing inside it: it is replaced when they leave.
    shown.addEventListener("focusout", () => setTimeout(() => apply(frame, state)), { once: true });
    return;
  }
  if (frame.op === "remove") {
    shown?.remove();
    return;
  }
  const fresh = fragment(frame);
  if (!fresh) return;
  if (shown) {
    keepMine(shown, fresh);
    replace(shown, fresh);
  } else if (!insert(fresh, frame, state)) return;
  seen.set(fresh, frame.version);
  window.htmx?.process(fresh);
  emit("live:applied", { element: fresh, op: shown ? "replace" : "append" });
}

function fragment(frame) {
  const holder = document.createElement("template");
  holder.innerHTML = frame.html;
  const element = holder.content.firstElementChild;
  return element?.id === frame.id ? element : null;
}

// A fragment does not know its reader: what this reader had pressed stays pressed.
function keepMine(shown, fresh) {
  for (const pressed of shown.querySelectorAll('button[aria-pressed="true"][name][value]')) {
    const same = fresh.querySelector(`button[name="${CSS.escape(pressed.name)}"][value="${CSS.escape(pressed.value)}"]`);
    if (!same) continue;
    same.setAttribute("aria-pressed", "true");
    if (pressed.hasAttribute("formaction")) same.setAttribute("formaction", pressed.getAttribute("formaction"));
  }
}

// In the order of the numbers, and only where the end of the topic is on this page.
function insert(fresh, frame, state) {
  let put = false;
  for (const element of state.elements) {
    if (element.dataset.tail === undefined || !element.isConnected) continue;
    const list = element.matches("[data-list]") ? element : element.querySelector("[data-list]") || element;
    const siblings = [...list.children].filter((child) => child.dataset.number);
    const first = siblings[0];
    if (first && frame.number < Number(first.dataset.number)) continue;
    fresh.dataset.number ||= frame.number;
    const next = siblings.find((child) => Number(child.dataset.number) > frame.number);
    const last = siblings.at(-1);
    if (next) next.before(fresh);
    else if (last) last.after(fresh);
    else list.append(fresh);
    put = true;
    break;
  }
  if (put && frame.stream?.startsWith("topic.")) announce("new-replies"); // the log of a conversation speaks by itself
  return put;
}

function busy(element) {
  const active = document.activeElement;
  return active && element.contains(active) && (active.matches("input, textarea, select") || active.isContentEditable);
}

function gone(stream) {
  const state = states.get(stream);
  wanted.delete(named(stream));
  states.delete(stream);
  if (!state?.elements.length) return;
  for (const element of state.elements) {
    element.dataset.gone = "";
    element.removeAttribute("data-version");
    const word = document.createElement("p");
    word.className = "notice notice--gone";
    word.setAttribute("role", "status");
    word.textContent = say("withdrawn");
    element.replaceChildren(word);
  }
  emit("live:gone", { stream });
}

// The answer to one's own form and the frame about it may both bring the same post: the newer one stays.
function single(event) {
  const element = event.target;
  for (const post of [element, ...(element.querySelectorAll?.("[id][data-number]") || [])]) {
    if (!post.id || post.dataset?.number === undefined) continue;
    const twins = document.querySelectorAll(`[id="${CSS.escape(post.id)}"]`);
    for (let i = 0; i < twins.length - 1; i++) twins[i].remove();
  }
}

// --- What the reader is told -----------------------------------------------------------------------------------------

let shownState = "";

// The strip over the page (behaviours/connection.js) waits, paints and forgets; here is only how the line is.
function show(state) {
  if (state === shownState) return;
  shownState = state;
  emit("multaqa:connection", { state });
}

function outdated(word) {
  if (stopped) return;
  stopped = true;
  clearInterval(pollTimer);
  hangUp();
  const strip = document.createElement("div");
  strip.className = "connection";
  strip.id = "reload-strip";
  strip.dataset.state = "paused";
  strip.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = say(word);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = say("reload");
  button.addEventListener("click", () => location.reload());
  strip.append(text, button);
  const place = document.getElementById("connection");
  if (place) place.after(strip);
  else body.prepend(strip);
}

let announceTimer;

function announce(word) {
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    let voice = document.getElementById("live-announcer");
    if (!voice) {
      voice = document.createElement("p");
      voice.id = "live-announcer";
      voice.className = "visually-hidden";
      voice.setAttribute("aria-live", "polite");
      body.append(voice);
    }
    voice.textContent = "";
    setTimeout(() => (voice.textContent = say(word)), 50);
  }, 800);
}

function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

// --- From the page ---------------------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const stream = event.target.closest?.("[data-typing]")?.dataset.typing;
  if (!stream) return;
  const now = Date.now();
  if (now - lastKey > TYPING) typingSince = now;
  lastKey = now;
  if (!event.target.value?.trim() || now - typingSince < TYPING_FOR || now - typedAt < TYPING) return;
  typedAt = now;
  send({ type: "typing", stream: named(stream) });
});

// What one's own answer brought, before any frame: a behaviour hands it over as a row.
document.addEventListener("live:row", (event) => row(event.detail));
document.addEventListener("live:resynced", (event) => {
  const state = states.get(event.detail.stream);
  if (!state) return;
  // What was heard while the answer was on its way went with the list it was put into: it is asked for again.
  state.head = Math.max(state.head, state.version ?? 0, ...state.ahead);
  state.version = event.detail.version;
  state.ahead.clear();
  if (state.head > state.version) later(event.detail.stream);
});
// A page of the past, put into the list as it stood at a version: what changed while it was on its way went past a list that did not show it.
document.addEventListener("live:fetched", (event) => {
  const { stream, version } = event.detail;
  const state = states.get(stream);
  if (!state || state.version === null || version >= state.version) return;
  state.head = Math.max(state.head, state.version);
  state.version = version;
  later(stream);
});

// --- That the reader is here -----------------------------------------------------------------------------------------

// Another tab of this browser that is before the reader's eyes says so to those behind it: one person is not here and away at once.
const eyes = typeof BroadcastChannel === "function" ? new BroadcastChannel(`multaqa-eyes-${body.dataset.user}`) : null;
let seenAt = 0; // when another tab last said so
eyes?.addEventListener("message", ({ data }) => {
  seenAt = data ? Date.now() : 0;
  if (!data && !document.hidden) tellEyes(); // that one is no longer seen; this one, in a window beside it, still is
});

function tellHere(stream) {
  if (!body.dataset.user || !(SPOKEN.test(stream) || stream.startsWith("user."))) return;
  send({ type: "here", stream: named(stream), visible: !document.hidden || Date.now() - seenAt < 2 * HERE });
}

function tellEyes() {
  if (body.dataset.user) eyes?.postMessage(!document.hidden);
}

tellEyes();
setInterval(() => {
  if (!document.hidden) tellEyes();
  for (const stream of states.keys()) if (stream.startsWith("conversation.") || stream.startsWith("user.")) tellHere(stream);
}, HERE);

document.addEventListener("htmx:afterSwap", single);
document.addEventListener("htmx:load", single);

document.addEventListener("visibilitychange", () => {
  tellEyes();
  // From one tab to another, one of them is hidden before the other is seen.
  setTimeout(() => {
    for (const stream of states.keys()) tellHere(stream);
  }, 500);
  if (!document.hidden && !socket) connect();
});

addEventListener("online", () => {
  if (stopped) return;
  tries = 0;
  show("reconnecting");
  // The old line may be dead and not know it: a new one says at once how far the streams have come.
  hangUp();
  connect();
});
addEventListener("offline", () => show("offline"));
addEventListener("pagehide", () => {
  clearTimeout(retryTimer);
  hangUp();
});
addEventListener("pageshow", (event) => event.persisted && connect());

let surveyTimer;
new MutationObserver(() => {
  surveyTimer ||= setTimeout(() => {
    surveyTimer = undefined;
    survey();
  }, 50);
}).observe(body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-stream"] });

survey();
// Only a page that shows something live, or a signed-in reader's badge, needs a line.
if (states.size) connect();
else {
  const wait = new MutationObserver(() => {
    if (document.querySelector("[data-stream]")) {
      wait.disconnect();
      survey();
      connect();
    }
  });
  wait.observe(body, { childList: true, subtree: true });
}
