// Words are kept while they are written: a copy in this browser at once, a copy on the server (data-draft-url) two seconds
// after the last key. The local copy survives an expired session and a dead line; it goes when the words have been sent.
//   <form data-behaviour="drafts" data-draft-key="topic-42" data-draft-url="/topics/42/draft/">

import { htmlToPlain } from "../editor/field.js";

const AFTER = 2_000;
const KEEP = 14 * 86_400_000;

export function connect(form) {
  const stop = new AbortController();
  const { signal } = stop;
  const text = form.querySelector("textarea");
  const badge = form.querySelector("[data-draft-badge]");
  const owner = document.documentElement.dataset.user ?? document.querySelector("meta[name=actor]")?.content ?? "";
  const key = `draft:${owner}:${form.dataset.draftKey ?? form.getAttribute("action") ?? location.pathname}`;
  let timer = 0;
  let last = serialise();
  let done = false;
  let resent = null;

  sweep();
  restore();
  // Who was quicker than this script is not asked to type again.
  if (form.contains(document.activeElement) && isTyped()) {
    last = "";
    keep();
    timer = setTimeout(save, AFTER);
  }

  form.addEventListener(
    "input",
    (event) => {
      if (event.target.type === "file" || done) return;
      renew();
      keep();
      say(null);
      clearTimeout(timer);
      timer = setTimeout(save, AFTER);
    },
    { signal },
  );
  form.addEventListener(
    "focusout",
    () => {
      clearTimeout(timer);
      timer = setTimeout(save, 50);
    },
    { signal },
  );
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") save({ leaving: true });
    },
    { signal },
  );
  form.addEventListener("multaqa:sent", () => clear({ form: true }), { signal });
  // A plain form leaves the page: what was sent is forgotten when a page of ours shows it.
  form.addEventListener(
    "submit",
    () => {
      clearTimeout(timer);
      if (!form.matches("[hx-post], [data-hx-post]")) mark();
    },
    { signal },
  );

  function words() {
    const hidden = form.elements.namedItem(text?.dataset.formatName ?? "");
    return { value: text?.value ?? "", format: hidden?.value ?? "plain", title: form.elements.namedItem("title")?.value ?? "" };
  }

  function isTyped() {
    return [...form.querySelectorAll("input:not([type=hidden], [type=file], [type=radio], [type=checkbox]), textarea")].some(
      (field) => field.value !== field.defaultValue,
    );
  }

  function serialise() {
    const data = new FormData(form);
    for (const name of [...data.keys()]) {
      if (["csrfmiddlewaretoken", "client_id"].includes(name) || data.get(name) instanceof File) data.delete(name);
    }
    return new URLSearchParams(data).toString();
  }

  function keep() {
    const now = words();
    try {
      if (now.value.trim() || now.title.trim()) localStorage.setItem(key, JSON.stringify({ ...now, at: Date.now(), id: clientId() }));
      else localStorage.removeItem(key);
    } catch {
      /* private windows have no store: the server's copy remains */
    }
  }

  function mark() {
    try {
      const stored = JSON.parse(localStorage.getItem(key));
      if (stored) localStorage.setItem(key, JSON.stringify({ ...stored, sent: true }));
    } catch {
      /* nothing kept, nothing to mark */
    }
  }

  async function save({ leaving = false } = {}) {
    const url = form.dataset.draftUrl;
    const now = serialise();
    if (done || !url || now === last || form.classList.contains("is-sending")) return;
    last = now;
    const token = form.elements.namedItem("csrfmiddlewaretoken")?.value;
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: new URLSearchParams(now),
        keepalive: leaving && now.length < 60_000,
        redirect: "manual", // to the sign-in page: not saved
        headers: { "X-CSRFToken": token ?? "", "X-Requested-With": "fetch" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      say("saved");
    } catch {
      last = ""; // try again at the next key
      say("local");
    }
  }

  function restore() {
    let stored = null;
    try {
      stored = JSON.parse(localStorage.getItem(key));
    } catch {
      /* not ours */
    }
    if (!stored || !text) return;
    const now = words();
    const untouched = !now.value.trim() || (text.dataset.html && now.value === text.defaultValue);
    if (!untouched || !stored.value?.trim() || Date.now() - stored.at > KEEP) return;
    text.value = stored.value;
    const format = form.elements.namedItem(text.dataset.formatName ?? "");
    if (format) format.value = stored.format;
    // The composer may not be awake yet: then it finds the words as it would find those of a refused form.
    text.dispatchEvent(new CustomEvent("multaqa:restore"));
    const title = form.elements.namedItem("title");
    if (title && !title.value) title.value = stored.title ?? "";
    // The same words sent twice must stay one post, also over a new page.
    const id = form.elements.namedItem("client_id");
    if (id && stored.id) {
      id.value = stored.id;
      if (stored.sent) resent = bare(plain(stored));
    }
    say("restored");
  }

  // Other words under the id of what was sent before would be answered with the old post, and lost.
  function renew() {
    if (resent === null || bare(plain(words())) === resent) return;
    resent = null;
    form.elements.namedItem("client_id").value = crypto.randomUUID();
  }

  function clientId() {
    return form.elements.namedItem("client_id")?.value;
  }

  function clear() {
    clearTimeout(timer);
    localStorage.removeItem(key);
    last = serialise();
    say(null);
  }

  function say(word) {
    if (!badge) return;
    badge.textContent = word ? (badge.dataset[word] ?? "") : "";
  }

  return () => {
    done = true;
    stop.abort();
    clearTimeout(timer);
  };
}

// Old drafts go, and those that were sent and can be read on this page: only then is it certain that they arrived. A sign-in
// page or a broken line answers a form as well, and must not cost anybody their words.
function sweep() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith("draft:")) continue;
      const stored = JSON.parse(localStorage.getItem(name)) ?? {};
      if (!stored.at || Date.now() - stored.at > KEEP || (stored.sent && isOnPage(stored))) localStorage.removeItem(name);
    }
  } catch {
    /* no store */
  }
}

function isOnPage(stored) {
  const text = plain(stored);
  // Names of people and addresses are written differently once posted: the longest line without them is looked for.
  const lines = text.split("\n").map((line) => bare(line.replace(/^(?:[>-]\s*)+/, "").split(/@|https?:/)[0]));
  const longest = lines.reduce((one, other) => (other.length > one.length ? other : one), "").slice(0, 200);
  if (!longest) return false;
  return [...document.querySelectorAll(".prose:not(.ProseMirror)")].some((prose) => bare(prose.textContent).includes(longest));
}

function plain({ value, format }) {
  return format === "html" ? htmlToPlain(value) : value;
}

function bare(text) {
  return text.normalize("NFC").replace(/\s+/g, "");
}
