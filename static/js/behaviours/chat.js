// A room: sending that is honest, reading without jumps, who types and who has read. Without script the same page works by forms and links.
import { regroup } from "../chat/grouping.js";
import { History } from "../chat/history.js";
import { Outbox } from "../chat/outbox.js";
import { People } from "../chat/people.js";
import { Reading } from "../chat/reading.js";
import { openMenu } from "../floating-menu.js";
import { say, toast } from "../say.js";

const WORDS = { 401: "signed-out", 403: "refused", 404: "gone", 429: "too-fast" };

export function connect(main) {
  const stop = new AbortController();
  const { signal } = stop;
  const list = main.querySelector("#messages");
  const form = main.querySelector("#composer");
  const box = form?.elements.namedItem("body");
  const user = document.body.dataset.user;
  const sentences = main.querySelector("[data-words-of]").dataset;
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  const draftKey = `chat-draft:${user}:${main.dataset.conversation}`;

  const room = {
    list,
    stream: list.dataset.stream,
    kind: main.dataset.kind,
    user,
    token,
    sendUrl: main.dataset.send,
    typingLine: main.querySelector("[data-typing-line]"),
    pending: main.querySelector("template[data-pending]"),
    word: (name) => sentences[name] ?? say(name),
    get lastNumber() {
      return Math.max(0, ...[...list.querySelectorAll("[data-number]")].map((message) => Number(message.dataset.number)));
    },
    // The server's answer is a row like any other.
    take(said) {
      reading.wrote(said.number);
      document.dispatchEvent(
        new CustomEvent("live:row", { detail: { stream: room.stream, op: "append", id: `message-${said.id}`, number: said.number, version: said.version, html: said.html } }),
      );
      if (said.unknown?.length) toast(`${said.unknown.map((name) => `@${name}`).join(" ")}: ${say("unknown-names")}`);
    },
    place(element) {
      list.querySelector("[data-empty]")?.remove();
      list.append(element);
      history.came(true);
    },
    grew() {
      if (history.atEnd) history.toEnd();
    },
    voice(element, voice) {
      const choice = form?.querySelector(`input[name="on_behalf_of"][value="${CSS.escape(voice ?? "")}"]`)?.closest(".as-identity");
      if (!choice || !voice) return;
      const star = choice.querySelector(".avatar").cloneNode(true);
      star.classList.remove("avatar-small");
      const face = element.querySelector(".avatar");
      face.classList.add("avatar-tiny", "avatar-badge");
      star.append(face.cloneNode(true));
      face.replaceWith(star);
      element.querySelector("[data-name]").textContent = choice.querySelector("b").textContent;
    },
    edit(entry, files) {
      box.value = entry.words;
      setReply(entry.reply ?? null);
      if (files.length) form.dispatchEvent(new CustomEvent("multaqa:files", { detail: { files }, cancelable: true }));
      box.focus();
      changed();
    },
    async copy(words) {
      try {
        await navigator.clipboard.writeText(words);
        toast(sentences.copied);
      } catch {
        toast(say("copy-failed"), { tone: "danger" });
      }
    },
  };

  const history = new History(list, main.dataset.messages, main.querySelector("[data-latest]"), () => {
    mark(list);
    regroup(list);
    people.paint();
    reading.watch();
  });
  const reads = JSON.parse(document.getElementById("reads")?.textContent || "{}");
  const people = new People(room, reads);
  const reading = new Reading(list, (number) => {
    // Seeing the thing itself marks what was told about it.
    post("/notices/seen/", { thread: room.stream }).catch(() => {});
    return post(main.dataset.readUrl, { number });
  });
  const outbox = new Outbox(room, `chat-outbox:${user}:${main.dataset.conversation}`);

  mark(list);
  regroup(list);
  history.begin(signal);
  people.begin(signal);
  reading.begin(signal);
  outbox.begin(signal);

  // --- What arrives ---

  let settling = 0;
  document.addEventListener(
    "live:applied",
    (event) => {
      const { element, op } = event.detail;
      if (element.parentElement !== list) return;
      list.querySelector("[data-empty]")?.remove();
      mark(element);
      outbox.arrived(element.dataset.client);
      if (op === "append") {
        people.said(element.dataset.author);
        history.came(element.dataset.author === user);
      }
      cancelAnimationFrame(settling);
      settling = requestAnimationFrame(() => {
        outbox.settle();
        regroup(list);
        people.paint();
        reading.watch();
        if (history.atEnd) history.toEnd();
      });
    },
    { signal },
  );
  document.addEventListener("live:resync", (event) => event.detail.stream === room.stream && history.resync(), { signal });
  document.addEventListener(
    "live:gone",
    (event) => {
      if (event.detail.stream !== room.stream) return;
      outbox.stop();
      main.querySelector("[data-withdrawn]").hidden = false;
      if (box) box.readOnly = true;
      form?.querySelectorAll("button, input").forEach((control) => (control.disabled = true));
    },
    { signal },
  );

  function mark(within) {
    const messages = within.matches?.("[data-author]") ? [within] : within.querySelectorAll("[data-author]");
    for (const message of messages) if (message.dataset.author === user) message.dataset.mine = "";
  }

  // --- Menus and reactions ---

  list.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(".reactions button[formaction]");
      if (button) {
        event.preventDefault();
        return react(button);
      }
      const link = event.target.closest("a[data-menu]");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
        event.preventDefault();
        return openMenu(link, react, (panel) => prepare(panel, link));
      }
      const quoted = event.target.closest(".message-quoted");
      const there = quoted && document.getElementById(`message-${/\/messages\/(\d+)\//.exec(quoted.getAttribute("href"))?.[1]}`);
      if (there) {
        event.preventDefault();
        there.scrollIntoView({ block: "center" });
        there.classList.add("is-found");
        setTimeout(() => there.classList.remove("is-found"), 2_000);
      }
    },
    { signal },
  );

  function prepare(panel, link) {
    const message = link.closest("[data-number]");
    panel.querySelector("[data-reply]")?.addEventListener("click", (event) => {
      if (!form) return;
      event.preventDefault();
      panel.hidePopover();
      setReply({ id: event.currentTarget.dataset.reply, name: message.querySelector(".author")?.textContent.trim() ?? "", words: message.querySelector(".prose")?.textContent.trim().slice(0, 120) ?? "" });
      box.focus();
    });
    const pin = panel.querySelector('form[action*="/pin/"]');
    pin?.addEventListener("submit", async (event) => {
      event.preventDefault();
      panel.hidePopover();
      try {
        const answer = await post(pin.getAttribute("action"), {});
        if (!answer.ok) toast(say(WORDS[answer.status] ?? "failed"), { tone: "danger" });
      } catch {
        toast(say("no-line"), { tone: "danger" });
      }
    });
  }

  async function react(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    let answer;
    try {
      answer = await post(button.getAttribute("formaction"), { kind: button.value });
    } catch {
      toast(say("no-line"), { tone: "danger" });
      return;
    }
    if (!answer.ok) {
      toast(say(WORDS[answer.status] ?? "failed"), { tone: "danger" });
      return;
    }
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text(); // our own fragment
    const fresh = holder.content.firstElementChild;
    const shown = fresh && document.getElementById(fresh.id);
    if (!shown || Number(fresh.dataset.version) < Number(shown.dataset.version)) return;
    const focused = shown.contains(document.activeElement);
    shown.replaceWith(fresh);
    mark(fresh);
    regroup(list);
    people.paint();
    if (focused) fresh.querySelector(`.reactions button[value="${button.value}"], a[data-menu]`)?.focus({ preventScroll: true });
    return on;
  }

  // --- Writing ---

  let reply = null;
  if (form) {
    restore();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    }, { signal });
    box.addEventListener("keydown", onKey, { signal });
    box.addEventListener("input", keep, { signal });
    form.querySelector("[data-reply-cancel]")?.addEventListener("click", (event) => {
      event.preventDefault();
      setReply(null);
      box.focus();
    }, { signal });
    const menu = form.querySelector("[data-enter-menu]");
    const choice = form.querySelector("[data-enter-sends]");
    menu.hidden = false;
    choice.checked = enterSends();
    choice.addEventListener("change", () => stored("chat-enter", choice.checked ? "yes" : "no"), { signal });
    const waiting = form.elements.namedItem("reply_to").value;
    if (waiting) reply = { id: waiting, name: form.querySelector("[data-reply-name]").textContent.trim(), words: form.querySelector("[data-reply-words]").textContent.trim() };
    form.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      form.dispatchEvent(new CustomEvent("multaqa:files", { detail: { files }, cancelable: true }));
    }, { signal });
  }

  function onKey(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && reply) {
      event.preventDefault();
      setReply(null);
    } else if (event.key === "Enter" && !event.altKey) {
      const sends = event.ctrlKey || event.metaKey || event.shiftKey !== enterSends();
      if (!sends) return;
      event.preventDefault();
      send();
    }
  }

  async function send() {
    const words = box.value.trim();
    const input = form.querySelector('input[type="file"]');
    const files = [...input.files];
    if (!input.checkValidity()) return input.reportValidity();
    if (!words && !files.length) return box.focus();
    const voice = form.querySelector('input[name="on_behalf_of"]:checked')?.value ?? "";
    if (!history.isTail) await history.resync();
    outbox.add({ words, reply, voice, files });
    form.querySelectorAll(".field-error").forEach((error) => error.remove());
    const chosen = voice;
    form.reset(); // the list of files empties with it
    const back = form.querySelector(`input[name="on_behalf_of"][value="${CSS.escape(chosen)}"]`);
    if (back) back.checked = true;
    const tick = form.querySelector("[data-enter-sends]");
    tick.checked = enterSends();
    box.value = "";
    setReply(null);
    changed();
    box.focus();
  }

  function setReply(to) {
    reply = to;
    const bar = form.querySelector("[data-reply-bar]");
    bar.hidden = !to;
    form.elements.namedItem("reply_to").value = to?.id ?? "";
    form.querySelector("[data-reply-name]").textContent = to?.name ?? "";
    form.querySelector("[data-reply-words]").textContent = to?.words ?? "";
    keep();
  }

  function changed() {
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function keep() {
    stored(draftKey, box.value || reply ? JSON.stringify({ words: box.value, reply }) : null);
  }

  function restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(draftKey) ?? "null");
      if (!kept || box.value) return;
      box.value = kept.words ?? "";
      if (kept.reply && !form.elements.namedItem("reply_to").value) setReply(kept.reply);
    } catch {
      /* no store */
    }
  }

  function enterSends() {
    try {
      return localStorage.getItem("chat-enter") !== "no";
    } catch {
      return true;
    }
  }

  function stored(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      /* a private window has no store */
    }
  }

  function post(address, values) {
    return fetch(address, {
      method: "POST",
      body: new URLSearchParams(values),
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch", "HX-Current-URL": location.href },
    });
  }

  return () => {
    stop.abort();
    cancelAnimationFrame(settling);
  };
}
