// A room: sending that is honest, reading without jumps, who types and who has read. Without script the same page works by forms and links.
import { Box, copy } from "../chat/box.js";
import { regroup } from "../chat/grouping.js";
import { History } from "../chat/history.js";
import { followKeyboard } from "../chat/keyboard.js";
import { Outbox } from "../chat/outbox.js";
import { People } from "../chat/people.js";
import { Place } from "../chat/place.js";
import { Reading } from "../chat/reading.js";
import { Voice } from "../chat/voice.js";
import { Walk } from "../chat/walk.js";
import { ask } from "../confirm.js";
import { openMenu } from "../floating-menu.js";
import { freshToken, post as tell } from "../post.js";
import { replace } from "../replace.js";
import { say, sayFailure, toast } from "../say.js";

const FOUND = 2_400;

export function connect(main) {
  const stop = new AbortController();
  const { signal } = stop;
  const list = main.querySelector("#messages");
  const form = main.querySelector("#composer");
  const jump = main.querySelector("[data-latest]");
  const user = document.body.dataset.user;
  const sentences = main.querySelector("[data-words-of]").dataset;

  const room = {
    list,
    stream: list.dataset.stream,
    kind: main.dataset.kind,
    user,
    sendUrl: main.dataset.send,
    typingLine: main.querySelector("[data-typing-line]"),
    pending: main.querySelector("template[data-pending]"),
    word: (name) => sentences[name] ?? say(name),
    has: (client) => Boolean(list.querySelector(`:scope > [data-client="${CSS.escape(client)}"]`)),
    take(said) {
      reading.wrote(said.number);
      show(said);
    },
    place(element) {
      list.querySelector("[data-empty]")?.remove();
      list.append(element);
      place.toEnd();
    },
    speakAs,
    async copy(words) {
      const copied = await copy(words);
      toast(copied ? sentences.copied : sentences.copyFailed, copied ? {} : { tone: "danger" });
    },
  };

  const place = new Place(list, jump);
  const history = new History(list, { url: main.dataset.messages, words: jump.dataset, place, changed: settle });
  const states = { here: main.dataset.here.split(" ").filter(Boolean), away: main.dataset.away.split(" ").filter(Boolean) };
  const people = new People(room, JSON.parse(document.getElementById("reads")?.textContent || "{}"), states);
  const reading = new Reading(list, async (number) => {
    // Seeing the thing itself marks what was told about it, as far as one has read.
    post("/notices/seen/", { thread: room.stream, number }).catch(() => {});
    return (await post(main.dataset.readUrl, { number })).ok;
  });
  const voice = new Voice(main.querySelector("[data-announcer]"), room.word("new"));
  const walk = new Walk(list);
  const outbox = new Outbox(room, main.dataset.conversation);
  const box = form && new Box(form, { key: `chat-draft:${user}:${main.dataset.conversation}`, send, save, last: changeLast });
  if (box) room.write = (entry) => box.write(entry); // without a box there is nothing to put words into

  mark(list);
  regroup(list);
  place.begin(signal);
  history.begin(signal);
  people.begin(signal);
  reading.begin(signal);
  walk.begin(signal);
  outbox.begin(signal);
  box?.begin(signal);
  followKeyboard(signal);
  takeDrops();

  // --- What arrives ---

  let settling = 0;

  document.addEventListener(
    "live:applied",
    (event) => {
      const { element, op } = event.detail;
      if (element.parentElement !== list) return;
      list.querySelector("[data-empty]")?.remove();
      mark(element);
      const mine = outbox.arrived(element.dataset.client);
      if (op === "append") {
        if (element.dataset.author) people.said(element.dataset.author, Number(element.dataset.number));
        if (element.dataset.author !== user) voice.say(element);
        if (mine) place.toEnd();
        else place.came();
      }
      settling ||= requestAnimationFrame(() => {
        settling = 0;
        outbox.settle();
        if (place.atEnd) history.trim();
        settle();
      });
    },
    { signal },
  );
  document.addEventListener("live:resync", (event) => event.detail.stream === room.stream && latest(), { signal });
  document.addEventListener("live:gone", (event) => event.detail.stream === room.stream && close(), { signal });

  // The list holds other messages than before.
  function settle() {
    mark(list);
    regroup(list);
    people.paint();
    reading.watch();
    walk.refresh();
  }

  function mark(within) {
    const messages = within.matches("[data-author]") ? [within] : within.querySelectorAll(":scope > [data-author]");
    for (const message of messages) if (message.dataset.author === user) message.dataset.mine = "";
  }

  async function latest() {
    if (await history.resync()) place.toEnd();
  }

  jump.addEventListener(
    "click",
    async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (history.isTail) place.toEnd();
      else await latest();
      // By keyboard one goes on from where one has been brought.
      if (!event.detail) list.querySelector(':scope > [data-number][tabindex="0"]')?.focus({ preventScroll: true });
    },
    { signal },
  );

  // Nothing more is heard here: because one was taken out, and what one wrote stays to be copied; or because one was signed out, and
  // what one wrote waits until one is back.
  async function close() {
    box?.close();
    outbox.rest();
    document.querySelector(".chat-side")?.replaceChildren();
    room.typingLine.hidden = true;
    jump.hidden = true;
    if (await isSignedOut()) {
      main.querySelector("[data-signed-out]").hidden = false;
      document.querySelector("#rooms").replaceChildren(); // somebody else may sit here now
      document.addEventListener("visibilitychange", async () => !document.hidden && (await freshToken()) && location.reload(), { signal });
    } else {
      main.querySelector("[data-withdrawn]").hidden = false;
      outbox.close(room.word("gone"));
    }
  }

  async function isSignedOut() {
    try {
      const answer = await fetch(main.dataset.messages, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      return answer.redirected || answer.status === 401;
    } catch {
      return false;
    }
  }

  // --- Sending ---

  // The server's answer is a row like any other.
  function show(said) {
    const detail = { stream: room.stream, op: "append", id: `message-${said.id}`, number: said.number, version: said.version, html: said.html };
    document.dispatchEvent(new CustomEvent("live:row", { detail }));
    if (said.unknown?.length) toast(`${said.unknown.map((name) => `@${name}`).join(" ")}: ${say("unknown-names")}`);
  }

  function send(entry) {
    outbox.add(entry);
    if (!history.isTail) latest();
  }

  // The institution's star, with one's own circle on it, as the server will draw it.
  function speakAs(element, chosen) {
    const choice = form?.querySelector(`input[name="on_behalf_of"][value="${CSS.escape(chosen ?? "")}"]`)?.closest(".as-identity");
    if (!choice || !chosen) return;
    const star = choice.querySelector(".avatar").cloneNode(true);
    star.classList.remove("avatar-small");
    const face = element.querySelector(".avatar");
    face.classList.add("avatar-tiny", "avatar-badge");
    star.append(face.cloneNode(true));
    face.replaceWith(star);
    element.querySelector("[data-name] bdi").textContent = choice.querySelector("b").textContent;
  }

  // --- Changing and taking back ---

  async function change(url) {
    box.wait(true);
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"); // inert: nothing in it runs
      const words = page.querySelector("textarea[name=body]");
      // The plain page would say more, but what stands in the box and its files would be left behind.
      if (answer.redirected || !answer.ok || !words) toast(answer.redirected ? say("signed-out") : sayFailure(answer.status), { tone: "danger" });
      else box.change(url, words.value);
    } catch {
      toast(say("no-line"), { tone: "danger" });
    }
    box.wait(false);
  }

  // "" when it was taken, else why not.
  async function save(url, words) {
    try {
      const answer = await post(url, { body: words }, { Accept: "application/json" });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) return said.error || sayFailure(answer.status);
      show(said);
      return "";
    } catch {
      return say("no-line");
    }
  }

  // ArrowUp in an empty box: the last thing one said. The server decides whether it may still be changed.
  function changeLast() {
    const last = [...list.querySelectorAll(":scope > [data-mine][data-number]:not(.message-removed)")].at(-1);
    const link = last?.querySelector("a[data-menu]");
    if (link) change(link.href.replace(/menu\/$/, "edit/"));
    return Boolean(link);
  }

  async function remove(link, opener) {
    if (!(await ask(link))) return opener.focus();
    try {
      const answer = await post(link.href, {}, { Accept: "application/json" });
      if (!answer.ok) toast(sayFailure(answer.status), { tone: "danger" });
    } catch {
      toast(say("no-line"), { tone: "danger" });
    }
    return document.getElementById(opener.closest("[data-number]")?.id)?.focus({ preventScroll: true });
  }

  // --- Menus and reactions ---

  list.addEventListener(
    "click",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const button = event.target.closest(".reactions button[formaction]");
      if (button) {
        event.preventDefault();
        react(button);
        return;
      }
      const link = event.target.closest("a[data-menu]");
      if (link) {
        event.preventDefault();
        openMenu(link, react, (panel) => prepare(panel, link));
        return;
      }
      const quoted = event.target.closest("a.message-quoted");
      const answered = quoted && document.getElementById(`message-${/\/messages\/(\d+)\//.exec(quoted.getAttribute("href"))?.[1]}`);
      if (answered) {
        event.preventDefault();
        find(answered);
      }
    },
    { signal },
  );
  // A word for whoever points at a heart or an eye; it need not travel with every message.
  list.addEventListener(
    "mouseover",
    (event) => {
      const button = event.target.closest(".reactions button[aria-label]");
      if (button && !button.title) button.title = button.getAttribute("aria-label");
    },
    { signal, passive: true },
  );

  function find(message) {
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
    message.classList.add("is-found");
    setTimeout(() => message.classList.remove("is-found"), FOUND);
  }

  function prepare(panel, link) {
    const message = link.closest("[data-number]");
    const on = (what, act) =>
      panel.querySelector(what)?.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        panel.hidePopover();
        act(event.currentTarget);
      });
    if (box) {
      on("[data-reply]", ({ dataset }) => {
        const name = message.querySelector(".author")?.textContent.trim() ?? "";
        const words = message.querySelector(".prose")?.textContent.replace(/\s+/g, " ").trim().slice(0, 120) ?? "";
        box.answer({ id: dataset.reply, name, words });
        box.focus();
      });
      on("[data-change]", (item) => change(item.href));
    }
    on("[data-take-back]", (item) => remove(item, link));
    const pin = panel.querySelector('form[action*="/pin/"]');
    pin?.addEventListener("submit", async (event) => {
      event.preventDefault();
      panel.hidePopover();
      try {
        const answer = await post(pin.getAttribute("action"), {});
        if (!answer.ok) toast(sayFailure(answer.status), { tone: "danger" });
      } catch {
        toast(say("no-line"), { tone: "danger" });
      }
    });
  }

  async function react(button) {
    let answer;
    try {
      answer = await post(button.getAttribute("formaction"), { kind: button.value });
    } catch {
      toast(say("no-line"), { tone: "danger" });
      return;
    }
    if (!answer.ok) {
      toast(sayFailure(answer.status), { tone: "danger" });
      return;
    }
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text(); // our own fragment, with one's own reactions held down
    const fresh = holder.content.firstElementChild;
    const shown = fresh && document.getElementById(fresh.id);
    if (!shown || Number(fresh.dataset.version) < Number(shown.dataset.version)) return;
    replace(shown, fresh);
    settle();
  }

  // --- Files let fall anywhere on the room ---

  function takeDrops() {
    if (!box) return;
    let depth = 0;
    const over = (is) => form.classList.toggle("is-over", is);
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    main.addEventListener("dragenter", (event) => hasFiles(event) && over(++depth > 0), { signal });
    main.addEventListener("dragleave", (event) => hasFiles(event) && over((depth = Math.max(0, depth - 1)) > 0), { signal });
    main.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), { signal });
    main.addEventListener(
      "drop",
      (event) => {
        if (!hasFiles(event)) return;
        over((depth = 0) > 0);
        if (event.defaultPrevented) return; // the box itself took them
        event.preventDefault();
        box.attach([...event.dataTransfer.files]);
        box.focus();
      },
      { signal },
    );
  }

  // --- The way to the server ---

  function post(address, values, headers = {}) {
    return tell(address, new URLSearchParams(values), { headers });
  }

  return () => {
    stop.abort();
    cancelAnimationFrame(settling);
  };
}
