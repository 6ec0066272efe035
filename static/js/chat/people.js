// Who types, who is here, and who has read what: passing words about people.
import { icon } from "../say.js";

const TYPING = 10_000;
const HERE = 80_000;

export class People {
  #room;
  #typing = new Map(); // user → {name, until}
  #states = new Map(); // user → {state, until}
  #reads = new Map(); // user → number
  #tick = 0;

  constructor(room, reads) {
    this.#room = room;
    for (const [user, number] of Object.entries(reads)) this.#reads.set(user, Number(number));
  }

  begin(signal) {
    const mine = (event) => event.detail.stream === this.#room.stream;
    document.addEventListener("live:typing", (event) => mine(event) && this.#typed(event.detail), { signal });
    document.addEventListener("live:here", (event) => mine(event) && this.#is(event.detail), { signal });
    document.addEventListener(
      "live:read",
      (event) => {
        if (mine(event)) this.#read({ [event.detail.user]: event.detail.number });
      },
      { signal },
    );
    document.addEventListener("live:reads", (event) => mine(event) && this.#read(event.detail.reads), { signal });
    for (const element of document.querySelectorAll("[data-person]")) {
      const state = element.querySelector("[data-state]");
      if (state?.textContent.trim()) this.#states.set(element.dataset.person, { state: state.textContent.trim() === state.dataset.away ? "away" : "here", until: Date.now() + HERE });
    }
    this.#tick = setInterval(() => this.#forgetOld(), 1_000);
    signal.addEventListener("abort", () => clearInterval(this.#tick));
    this.paint();
  }

  // Whoever has sent what they were typing types no more.
  said(user) {
    if (this.#typing.delete(String(user))) this.#sayTyping();
    this.#reads.set(String(user), Math.max(this.#reads.get(String(user)) ?? 0, this.#room.lastNumber)); // one has read what one answers
  }

  // The marks on one's own messages.
  paint(within = this.#room.list) {
    const others = [...this.#reads].filter(([user]) => user !== this.#room.user);
    for (const message of within.querySelectorAll("[data-mine][data-number]")) {
      const number = Number(message.dataset.number);
      const readers = others.filter(([, read]) => read >= number).length;
      const words = readers ? (this.#room.kind === "direct" ? this.#room.word("readAll") : this.#room.word("readBy").replace("{0}", String(readers))) : this.#room.word("sent");
      let tick = message.querySelector(".message-tick");
      if (!tick) {
        tick = document.createElement("span");
        tick.className = "message-tick";
        tick.setAttribute("role", "img");
        tick.append(icon("check", "icon-small"));
        message.querySelector("header")?.append(tick);
      }
      if (tick.title === words) continue;
      tick.title = words;
      tick.setAttribute("aria-label", words);
      tick.classList.toggle("is-read", readers > 0);
      tick.replaceChildren(icon(readers ? "done" : "check", "icon-small"));
    }
  }

  #read(reads) {
    for (const [user, number] of Object.entries(reads)) {
      if ((this.#reads.get(user) ?? 0) < number) this.#reads.set(user, number);
    }
    this.paint();
  }

  #typed({ user, name }) {
    this.#typing.set(String(user), { name, until: Date.now() + TYPING });
    this.#sayTyping();
  }

  #sayTyping() {
    const line = this.#room.typingLine;
    const names = [...this.#typing.values()].map(({ name }) => `\u2068${name}\u2069`); // isolated: a name of either direction
    line.hidden = !names.length;
    const words = line.querySelector("[data-typing-words]");
    if (!names.length) words.textContent = "";
    else if (names.length === 1) words.textContent = line.dataset.one.replace("{0}", names[0]);
    else if (names.length === 2) words.textContent = line.dataset.two.replace("{0}", names[0]).replace("{1}", names[1]);
    else words.textContent = line.dataset.many;
  }

  #is({ user, state }) {
    if (state === "gone") this.#states.delete(String(user));
    else this.#states.set(String(user), { state, until: Date.now() + HERE });
    this.#showStates();
  }

  #showStates() {
    for (const element of document.querySelectorAll("[data-person], [data-presence]")) {
      const user = element.dataset.person ?? element.dataset.presence;
      const words = element.querySelector("[data-state]") ?? element;
      const state = this.#states.get(user)?.state;
      words.textContent = state === "here" ? words.dataset.here : state === "away" ? words.dataset.away : "";
      element.querySelector(".avatar")?.classList.toggle("avatar-online", state === "here");
      element.querySelector(".avatar")?.classList.toggle("avatar-away", state === "away");
    }
    const here = [...this.#states.values()].filter(({ state }) => state === "here").length;
    for (const element of document.querySelectorAll("[data-here-count]")) {
      const most = Math.max(here, 0);
      element.textContent = most === 1 ? element.dataset.one : element.dataset.many.replace("{0}", String(most));
    }
  }

  #forgetOld() {
    const now = Date.now();
    let typing = false;
    for (const [user, { until }] of this.#typing) if (until < now) typing = this.#typing.delete(user) || typing;
    if (typing) this.#sayTyping();
    let states = false;
    for (const [user, { until }] of this.#states) if (until < now) states = this.#states.delete(user) || states;
    if (states) this.#showStates();
  }
}
