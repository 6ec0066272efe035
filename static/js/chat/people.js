// Who types, who is here, and who has read what: passing words about people.
import { icon } from "../say.js";

const TYPING = 10_000;
const HERE = 80_000;

export class People {
  #room;
  #typing = new Map(); // user → {name, until}
  #states = new Map(); // user → {state, until}
  #reads = new Map(); // user → [number, the first one they see]

  // reads: {user: [number, first]}. states: {here: [user, …], away: [user, …]}.
  constructor(room, reads, states) {
    this.#room = room;
    this.#reads = new Map(Object.entries(reads));
    for (const [state, users] of Object.entries(states)) for (const user of users) this.#states.set(user, { state, until: Date.now() + HERE });
  }

  begin(signal) {
    const on = (name, hear) => document.addEventListener(name, (event) => event.detail.stream === this.#room.stream && hear(event.detail), { signal });
    on("live:typing", (frame) => this.#typed(frame));
    on("live:here", (frame) => this.#is(frame));
    on("live:read", ({ user, number }) => {
      this.#reached(String(user), number);
      this.paint();
    });
    on("live:reads", ({ reads }) => this.#read(reads));
    const tick = setInterval(() => this.#forgetOld(), 1_000);
    signal.addEventListener("abort", () => clearInterval(tick));
    this.paint();
  }

  // Whoever has sent what they were typing types no more, and has read what they answer.
  said(user, number) {
    if (this.#typing.delete(user)) this.#sayTyping();
    this.#reached(user, number);
  }

  #reached(user, number) {
    const [before, first] = this.#reads.get(user) ?? [0, 1];
    this.#reads.set(user, [Math.max(before, number), first]);
  }

  // --- Read: the marks on one's own messages ---

  paint() {
    const others = [...this.#reads].filter(([user]) => user !== this.#room.user).map(([, read]) => read);
    for (const message of this.#room.list.querySelectorAll(":scope > [data-mine][data-number]")) {
      if (message.classList.contains("message-removed")) continue;
      const number = Number(message.dataset.number);
      const readers = others.filter(([read, first]) => first <= number && number <= read).length;
      const words = this.#readWords(readers);
      const tick = message.querySelector(".message-tick") ?? newTick(message);
      if (tick.title === words) continue;
      tick.title = words;
      tick.setAttribute("aria-label", words);
      tick.classList.toggle("is-read", readers > 0);
      tick.replaceChildren(icon(readers ? "done" : "check", "icon-small"));
    }
  }

  #readWords(readers) {
    if (!readers) return this.#room.word("sent");
    return this.#room.kind === "direct" ? this.#room.word("readAll") : this.#room.word("readBy").replace("{0}", String(readers));
  }

  #read(reads) {
    // Who left is not among them; what was told meanwhile may be newer.
    this.#reads = new Map(Object.entries(reads).map(([user, [number, first]]) => [user, [Math.max(number, this.#reads.get(user)?.[0] ?? 0), first]]));
    this.paint();
  }

  // --- Typing ---

  #typed({ user, name }) {
    this.#typing.set(String(user), { name, until: Date.now() + TYPING });
    this.#sayTyping();
  }

  #sayTyping() {
    const line = this.#room.typingLine;
    const [one, two, ...others] = [...this.#typing.values()].map(({ name }) => `\u2068${name}\u2069`); // isolated: a name of either direction
    const pattern = !one ? "" : others.length ? line.dataset.many : two ? line.dataset.two : line.dataset.one;
    line.hidden = !one;
    line.querySelector("[data-typing-words]").textContent = pattern.replace("{0}", one).replace("{1}", two);
  }

  // --- Here ---

  #is({ user, state }) {
    if (state === "gone") this.#states.delete(String(user));
    else this.#states.set(String(user), { state, until: Date.now() + HERE });
    this.#showStates();
  }

  #showStates() {
    for (const element of document.querySelectorAll("[data-person], [data-presence]")) {
      const state = this.#states.get(element.dataset.person ?? element.dataset.presence)?.state;
      const words = element.querySelector("[data-state]") ?? element;
      words.textContent = state ? words.dataset[state] : "";
      const face = element.querySelector(".avatar") ?? element.closest(".chat-head")?.querySelector(".avatar");
      face?.classList.toggle("avatar-online", state === "here");
      face?.classList.toggle("avatar-away", state === "away");
    }
    const here = [...this.#states.values()].filter(({ state }) => state === "here").length;
    for (const element of document.querySelectorAll("[data-here-count]")) {
      element.textContent = here === 1 ? element.dataset.one : element.dataset.many.replace("{0}", String(here));
    }
  }

  // Nobody says goodbye when a line breaks: what is not said again is over.
  #forgetOld() {
    const now = Date.now();
    const over = (known) => [...known].filter(([, { until }]) => until < now).map(([user]) => known.delete(user)).length > 0;
    if (over(this.#typing)) this.#sayTyping();
    if (over(this.#states)) this.#showStates();
  }
}

function newTick(message) {
  const tick = document.createElement("span");
  tick.className = "message-tick";
  tick.setAttribute("role", "img");
  message.querySelector(".message-body").prepend(tick);
  return tick;
}
