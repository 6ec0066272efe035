// The list of messages: older and newer ones as one scrolls, without a jump; the end kept in sight while one is there.

const NEAR = 80;

export class History {
  #list;
  #url;
  #jump;
  #fresh = 0;
  #stick = false;
  #loading = false;
  #eyes;
  #changed;

  constructor(list, url, jump, changed) {
    this.#list = list;
    this.#url = url;
    this.#jump = jump;
    this.#changed = changed;
  }

  begin(signal) {
    const list = this.#list;
    const target = location.hash.startsWith("#message-") ? document.getElementById(location.hash.slice(1)) : null;
    const line = list.querySelector("#unread");
    if (target) target.scrollIntoView({ block: "center" });
    else if (line) line.scrollIntoView({ block: "start" });
    else this.toEnd();
    this.#look();
    list.addEventListener("scroll", () => this.#look(), { signal, passive: true });
    // Pictures that load, a box that grows: whoever stood at the end stays there.
    list.addEventListener("load", () => this.#stick && this.toEnd(), { signal, capture: true });
    const size = new ResizeObserver(() => this.#stick && this.toEnd());
    size.observe(list);
    this.#eyes = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.more(entry.target.matches("[data-older]") ? "before" : "after");
    }, { root: list, rootMargin: "300px" });
    this.#watch();
    list.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest("[data-older], [data-newer]");
        if (!link) return;
        event.preventDefault();
        this.more(link.matches("[data-older]") ? "before" : "after");
      },
      { signal },
    );
    this.#jump.addEventListener("click", () => this.latest(), { signal });
    signal.addEventListener("abort", () => {
      size.disconnect();
      this.#eyes.disconnect();
    });
  }

  get isTail() {
    return this.#list.dataset.tail !== undefined;
  }

  get atEnd() {
    return this.#stick;
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#stick = true;
    this.#count(0);
  }

  // Something was put at the end, by me or by others.
  came(mine) {
    if (this.#stick || mine) this.toEnd();
    else this.#count(this.#fresh + 1);
  }

  // To the newest messages: there already, or fetched in place of those shown.
  async latest() {
    if (!this.isTail) await this.resync();
    this.toEnd();
    this.#list.focus({ preventScroll: true });
  }

  // The newest messages in place of all that is shown.
  async resync() {
    const answer = await this.#ask("");
    if (!answer) return;
    for (const child of [...this.#list.children]) if (!child.dataset.pending) child.remove();
    const { rows, before, version } = answer;
    if (before) this.#list.prepend(this.#link("older", before));
    (this.#list.querySelector("[data-older]") ?? { after: (...nodes) => this.#list.prepend(...nodes) }).after(...rows);
    this.#list.dataset.before = before;
    this.#list.dataset.after = "";
    this.#list.dataset.tail = "";
    this.#list.dataset.version = version;
    document.dispatchEvent(new CustomEvent("live:resynced", { detail: { stream: this.#list.dataset.stream, version: Number(version) } }));
    this.#watch();
    this.#changed();
    this.toEnd();
  }

  async more(side) {
    const list = this.#list;
    const link = list.querySelector(side === "before" ? "[data-older]" : "[data-newer]");
    if (this.#loading || !link) return;
    this.#loading = true;
    link.setAttribute("aria-busy", "true");
    try {
      const numbers = [...list.querySelectorAll("[data-number]")].map((element) => Number(element.dataset.number));
      const answer = await this.#ask(side === "before" ? `?before=${Math.min(...numbers)}` : `?after=${Math.max(...numbers)}`);
      if (!answer) return;
      if (side === "before") {
        // The browser's own anchoring is off: what is read stays exactly where it is.
        const height = list.scrollHeight;
        const top = list.scrollTop;
        link.after(...answer.rows);
        if (!answer.before) link.remove();
        this.#changed();
        list.scrollTop = top + list.scrollHeight - height;
      } else {
        link.before(...answer.rows);
        if (!answer.after) {
          link.remove();
          list.dataset.tail = "";
          // What was said while the last page was on its way was told to a list that did not yet show the end.
          const rest = await this.#ask(`?after=${Math.max(...numbers, ...answer.rows.map((row) => Number(row.dataset?.number ?? 0)))}`);
          if (rest) for (const row of rest.rows) if (!row.id || !document.getElementById(row.id)) list.append(row);
        }
        this.#changed();
      }
      this.#watch();
    } finally {
      this.#loading = false;
      link.removeAttribute("aria-busy");
    }
  }

  #look() {
    const list = this.#list;
    this.#stick = this.isTail && list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    if (this.#stick) this.#count(0);
    this.#jump.hidden = this.#stick;
  }

  #count(number) {
    this.#fresh = number;
    const counter = this.#jump.querySelector("[data-new]");
    counter.hidden = !number;
    counter.textContent = number > 99 ? "99+" : String(number);
    this.#jump.hidden = this.#stick;
  }

  #watch() {
    this.#eyes.disconnect();
    for (const link of this.#list.querySelectorAll("[data-older], [data-newer]")) this.#eyes.observe(link);
  }

  #link(side, number) {
    const known = this.#jump.dataset;
    const link = document.createElement("a");
    link.className = "button button-bare messages-more";
    link.dataset[side] = "";
    link.href = `?around=${number}`;
    link.textContent = known.earlier ?? "…";
    return link;
  }

  async #ask(query) {
    try {
      const answer = await fetch(`${this.#url}${query}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return null;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text(); // our own fragment
      return {
        rows: [...holder.content.children],
        before: answer.headers.get("X-Before"),
        after: answer.headers.get("X-After"),
        version: answer.headers.get("X-Version"),
      };
    } catch {
      return null; // the link stays, and is tried again
    }
  }
}
