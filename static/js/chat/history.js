// Older and newer messages as one scrolls, and the newest in place of all that is shown. Without script the links lead there.
import { replace } from "../replace.js";

const AHEAD = "600px"; // fetched before one gets there
const MOST = 400; // a tab that stays open for days lets go of what is far above; scrolling up brings it back
const KEPT = 200;
const PAUSE = 2_000; // before what failed is asked for again; doubled each time

export class History {
  #list;
  #url;
  #words;
  #place;
  #changed;
  #loading = false;
  #turn = 0; // raised when the list is another: what was asked for the former one is let go
  #eyes;
  #failures = 0;
  #timer = 0;

  // changed(): the list holds other messages than before.
  constructor(list, { url, words, place, changed }) {
    this.#list = list;
    this.#url = url;
    this.#words = words;
    this.#place = place;
    this.#changed = changed;
  }

  begin(signal) {
    const list = this.#list;
    const side = (link) => (link.matches("[data-older]") ? "older" : "newer");
    this.#eyes = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) if (entry.isIntersecting) this.more(side(entry.target));
      },
      { root: list, rootMargin: `${AHEAD} 0px` },
    );
    this.#watch();
    list.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest("[data-older], [data-newer]");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.more(side(link));
      },
      { signal },
    );
    // What could not be fetched without a line is asked for when it is back.
    document.addEventListener("multaqa:connection", (event) => event.detail.state === "live" && this.#watch(), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#eyes.disconnect();
    });
  }

  get isTail() {
    return this.#list.dataset.tail !== undefined;
  }

  async more(side) {
    const link = this.#list.querySelector(`[data-${side}]`);
    if (this.#loading || !link) return;
    this.#loading = true;
    link.setAttribute("aria-busy", "true");
    let came = false;
    try {
      came = await (side === "older" ? this.#older(link) : this.#newer(link));
      if (came) this.#changed();
    } finally {
      this.#loading = false;
      link.removeAttribute("aria-busy");
    }
    this.#failures = came ? 0 : this.#failures + 1;
    if (came) this.#watch();
    // A link that is watched anew and in sight asks at once: whoever cannot answer is given time.
    else this.#timer = setTimeout(() => this.#watch(), PAUSE * 2 ** Math.min(this.#failures, 5));
  }

  // True when they came.
  async #older(link) {
    const turn = this.#turn;
    const answer = await this.#ask({ before: this.#numbers()[0] });
    if (!answer || turn !== this.#turn) return Boolean(answer);
    this.#put(answer.rows);
    this.#fetched(answer);
    if (!answer.before) link.remove();
    return true;
  }

  async #newer(link) {
    const turn = this.#turn;
    const answer = await this.#ask({ after: this.#numbers().at(-1) });
    if (!answer || turn !== this.#turn) return Boolean(answer);
    this.#put(answer.rows);
    this.#fetched(answer);
    if (answer.after) return true;
    link.remove();
    this.#list.dataset.tail = "";
    // What was said while the last page was on its way was told to a list that did not yet show the end.
    const rest = await this.#ask({ after: this.#numbers().at(-1) });
    if (rest && turn === this.#turn) this.#put(rest.rows);
    this.#place.look();
    return true;
  }

  // The newest messages in place of all that is shown: false when they could not be had.
  async resync() {
    const answer = await this.#ask({});
    if (!answer) return false;
    this.#turn += 1;
    const list = this.#list;
    for (const child of [...list.children]) if (!child.dataset.pending) child.remove();
    list.dataset.tail = "";
    list.dataset.version = answer.version;
    this.#put(answer.rows);
    if (answer.before) list.prepend(this.#olderLink());
    const detail = { stream: list.dataset.stream, version: Number(answer.version) };
    document.dispatchEvent(new CustomEvent("live:resynced", { detail }));
    this.#changed();
    this.#watch();
    return true;
  }

  // Called while one stands at the end: nobody sees what goes.
  trim() {
    const messages = this.#list.querySelectorAll(":scope > [data-number]");
    if (messages.length <= MOST || this.#loading) return;
    for (const message of [...messages].slice(0, messages.length - KEPT)) message.remove();
    this.#list.querySelector("#unread")?.remove();
    if (!this.#list.querySelector("[data-older]")) this.#list.prepend(this.#olderLink());
    this.#changed();
    this.#watch();
  }

  // In the order of their numbers, each once, the newer form of it.
  #put(rows) {
    const list = this.#list;
    for (const row of rows) {
      const shown = document.getElementById(row.id);
      if (shown) {
        if (Number(shown.dataset.version) < Number(row.dataset.version)) replace(shown, row);
        continue;
      }
      const number = Number(row.dataset.number);
      const messages = [...list.querySelectorAll(":scope > [data-number]")];
      const next = messages.find((message) => Number(message.dataset.number) > number);
      const last = messages.at(-1);
      if (next) next.before(row);
      else if (last) last.after(row);
      else list.prepend(row);
    }
  }

  // A change of these rows that was told before they stood here is asked for once more (live.js).
  #fetched({ version }) {
    document.dispatchEvent(new CustomEvent("live:fetched", { detail: { stream: this.#list.dataset.stream, version: Number(version) } }));
  }

  #numbers() {
    return [...this.#list.querySelectorAll(":scope > [data-number]")].map((message) => Number(message.dataset.number));
  }

  #olderLink() {
    const link = document.createElement("a");
    link.className = "button button-bare messages-more";
    link.dataset.older = "";
    link.href = `?around=${this.#numbers()[0] ?? 1}`;
    link.textContent = this.#words.earlier;
    return link;
  }

  #watch() {
    clearTimeout(this.#timer);
    this.#eyes.disconnect();
    for (const link of this.#list.querySelectorAll("[data-older], [data-newer]")) this.#eyes.observe(link);
  }

  async #ask(where) {
    try {
      const query = new URLSearchParams(Object.entries(where).filter(([, number]) => number !== undefined));
      const answer = await fetch(`${this.#url}?${query}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return null;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text(); // our own fragment; its day marks are made anew for the reader's zone
      return {
        rows: [...holder.content.querySelectorAll("[data-number]")],
        before: answer.headers.get("X-Before") ?? "",
        after: answer.headers.get("X-After") ?? "",
        version: answer.headers.get("X-Version") ?? "",
      };
    } catch {
      return null; // the link stays, and is tried again
    }
  }
}
