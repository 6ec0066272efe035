// Connects behaviours to what the page shows, now and whenever something is added or taken away.
// A behaviour exports connect(element) and may return a function that undoes it. Everything works without.
import { ask } from "./confirm.js";
import { say, sayFailure, toast } from "./say.js";

// Names are spelled out because the manifest of static files can only follow addresses that stand here in full.
const BEHAVIOURS = {
  attach: () => import("./behaviours/attach.js"),
  autosize: () => import("./behaviours/autosize.js"),
  bell: () => import("./behaviours/bell.js"),
  chat: () => import("./behaviours/chat.js"),
  composer: () => import("./behaviours/composer.js"),
  connection: () => import("./behaviours/connection.js"),
  "copy-link": () => import("./behaviours/copy-link.js"),
  counter: () => import("./behaviours/counter.js"),
  "dirty-form": () => import("./behaviours/dirty-form.js"),
  dismiss: () => import("./behaviours/dismiss.js"),
  drafts: () => import("./behaviours/drafts.js"),
  "feed-pill": () => import("./behaviours/feed-pill.js"),
  inbox: () => import("./behaviours/inbox.js"),
  mention: () => import("./behaviours/mention.js"),
  "forget-theme": () => import("./behaviours/forget-theme.js"),
  menu: () => import("./behaviours/menu.js"),
  posts: () => import("./behaviours/posts.js"),
  quote: () => import("./behaviours/quote.js"),
  picker: () => import("./behaviours/picker.js"),
  passkey: () => import("./behaviours/passkey.js"),
  rooms: () => import("./behaviours/rooms.js"),
  reveal: () => import("./behaviours/reveal.js"),
  segmented: () => import("./behaviours/segmented.js"),
  shortcuts: () => import("./behaviours/shortcuts.js"),
  push: () => import("./behaviours/push.js"),
  "submit-once": () => import("./behaviours/submit-once.js"),
  theme: () => import("./behaviours/theme.js"),
  times: () => import("./behaviours/times.js"),
  toast: () => import("./behaviours/toast.js"),
};

const connected = new Map(); // element → { name: undo | null }

function eachWithin(root, visit) {
  if (root.matches?.("[data-behaviour]")) visit(root);
  for (const element of root.querySelectorAll?.("[data-behaviour]") ?? []) visit(element);
}

async function connect(element) {
  const held = connected.get(element) ?? {};
  connected.set(element, held);
  for (const name of element.dataset.behaviour.split(/\s+/).filter(Boolean)) {
    if (name in held) continue;
    held[name] = null;
    const load = BEHAVIOURS[name];
    if (!load) {
      console.warn(`No behaviour is called ${name}: add it to the table in app.js.`);
      continue;
    }
    try {
      const behaviour = await load();
      if (!element.isConnected) return;
      held[name] = behaviour.connect(element) ?? null;
    } catch (error) {
      // The page works without; the next page tries again.
      console.error(`${name}:`, error);
    }
  }
}

function disconnect(element) {
  if (element.isConnected) return; // only moved
  for (const undo of Object.values(connected.get(element) ?? {})) undo?.();
  connected.delete(element);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.removedNodes) eachWithin(node, disconnect);
    for (const node of change.addedNodes) eachWithin(node, connect);
  }
}).observe(document.body, { childList: true, subtree: true });
eachWithin(document.body, connect);

// The page is right without it; with it, it is right sooner.
if (document.body.dataset.live) import("./live.js").catch((error) => console.error("live:", error));

// --- htmx: the proof of the form, and words for what fails ------------------------------------------------------

const token = document.querySelector("meta[name=csrf-token]")?.content;

document.addEventListener("htmx:configRequest", (event) => {
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:sendError", () => toast(say("no-line"), { tone: "danger" }));
document.addEventListener("htmx:timeout", () => toast(say("no-line"), { tone: "danger" }));
document.addEventListener("htmx:responseError", (event) => {
  toast(sayFailure(event.detail.xhr.status), { tone: "danger" });
});

// A refused form says so to whoever does not see it.
function showErrors(root) {
  const note = root.querySelector?.("[data-errors]");
  if (note) note.focus();
}
document.addEventListener("htmx:afterSwap", (event) => showErrors(event.detail.elt));
showErrors(document);

// --- The page for when the line is away, and whose notices this browser shows; when everything else is done ----------------
const settle = () => {
  const { user } = document.body.dataset;
  if (user || localStorage.getItem("push-user")) import("./worker.js").then((worker) => worker.settle(user || "")).catch(() => {});
};
(globalThis.requestIdleCallback ?? setTimeout)(() => {
  try {
    settle();
  } catch {
    // A browser that keeps nothing has nothing to settle.
  }
});

// --- data-confirm: a question before what cannot be undone ----------------------------------------------------------

document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  const source = [triggeringEvent?.submitter, elt].find((one) => one?.dataset?.confirm);
  if (!source) return;
  event.preventDefault();
  ask(source).then((yes) => yes && event.detail.issueRequest(true));
});
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const source = [event.submitter, form].find((one) => one?.dataset?.confirm);
    if (!source || form.dataset.confirmed || isHtmx(form)) return;
    event.preventDefault();
    event.stopPropagation();
    ask(source).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  },
  { capture: true },
);

function isHtmx(element) {
  return ["hx-post", "hx-get", "hx-put", "hx-patch", "hx-delete"].some((name) => element.hasAttribute(name));
}
