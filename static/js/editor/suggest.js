// The list that opens at "@": people and institutions, found by the server, chosen by keyboard or by hand.
// Focus never leaves the box; aria-activedescendant tells a screen reader which line is chosen.

let count = 0;

export class Suggestions {
  #url;
  #frame;
  #list = null;
  #anchor = null;
  #choose = null;
  #people = [];
  #chosen = 0;
  #query = null;
  #dismissed = null;
  #timer = 0;
  #request = null;
  #known = new Map();

  constructor(url, frame) {
    this.#url = url;
    this.#frame = frame;
  }

  // anchor: the element that has the focus. place: {left, right, top, bottom} of the "@" in the window. choose(someone).
  open(query, anchor, place, choose) {
    this.#anchor = anchor;
    this.#choose = choose;
    if (query === this.#query || query === this.#dismissed) return this.#place(place);
    this.#dismissed = null;
    this.#query = query;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#find(query, place), this.#known.has(query) ? 0 : 120);
  }

  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#query = null;
    this.#people = [];
    this.#list?.remove();
    this.#list = null;
    this.#anchor?.removeAttribute("aria-activedescendant");
    this.#anchor?.removeAttribute("aria-controls");
  }

  destroy() {
    this.#dismissed = null;
    this.close();
    this.#known.clear();
  }

  get isOpen() {
    return this.#list !== null;
  }

  // True when the key was for the list.
  handleKey(event) {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark((this.#chosen + step + this.#people.length) % this.#people.length);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#chosen);
    else if (event.key === "Escape") {
      const query = this.#query;
      this.close();
      this.#dismissed = query;
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async #find(query, place) {
    this.#request?.abort();
    this.#request = new AbortController();
    try {
      let people = this.#known.get(query);
      if (!people) {
        const address = new URL(this.#url, document.baseURI);
        address.searchParams.set("q", query);
        const answer = await fetch(address, { signal: this.#request.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        const body = await answer.json();
        people = Array.isArray(body) ? body : (body.results ?? []);
        this.#known.set(query, people);
      }
      if (query !== this.#query) return;
      this.#people = people;
      if (people.length) this.#show(place);
      else {
        this.close();
        this.#query = query;
      }
    } catch (error) {
      if (error.name !== "AbortError") console.warn("Suggestions are not available.", error);
    }
  }

  #show(place) {
    this.#list?.remove();
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${++count}`;
    list.setAttribute("role", "listbox");
    const label = this.#frame.querySelector("[data-mentions-label]")?.dataset.mentionsLabel;
    if (label) list.setAttribute("aria-label", label);
    list.append(...this.#people.map((someone, position) => this.#line(list.id, someone, position)));
    // The press must not take the focus from the box.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.#take([...list.children].indexOf(line));
    });
    this.#list = list;
    this.#frame.append(list);
    this.#anchor.setAttribute("aria-controls", list.id);
    this.#anchor.setAttribute("aria-haspopup", "listbox");
    this.#anchor.setAttribute("aria-autocomplete", "list");
    this.#mark(0);
    this.#place(place);
  }

  #line(listId, someone, position) {
    const line = document.createElement("li");
    line.className = "suggestion";
    line.id = `${listId}-${position}`;
    line.setAttribute("role", "option");
    const mark = document.createElement("span");
    mark.className = `avatar avatar-small${someone.kind === "entity" ? " avatar-entity" : ""}`;
    mark.dataset.tone = someone.tone ?? 1;
    mark.setAttribute("aria-hidden", "true");
    mark.textContent = someone.monogram ?? "";
    const words = document.createElement("span");
    words.className = "grow";
    const name = document.createElement("b");
    name.append(document.createElement("bdi"));
    name.firstChild.textContent = someone.name;
    const detail = document.createElement("span");
    detail.className = "faint truncate block";
    detail.dir = "auto";
    detail.textContent = someone.detail || `@${someone.handle}`;
    words.append(name, detail);
    line.append(mark, words);
    return line;
  }

  #mark(position) {
    this.#chosen = position;
    for (const [index, line] of [...this.#list.children].entries()) {
      line.setAttribute("aria-selected", String(index === position));
      if (index === position) line.scrollIntoView({ block: "nearest" });
    }
    this.#anchor.setAttribute("aria-activedescendant", `${this.#list.id}-${position}`);
  }

  #take(position) {
    const someone = this.#people[position];
    const choose = this.#choose;
    this.close();
    if (someone) choose(someone);
  }

  // Under the "@", kept inside the window; above it where there is no room below.
  #place(place) {
    if (!this.#list || !place) return;
    const list = this.#list;
    list.style.position = "fixed";
    list.style.zIndex = "60";
    const { width, height } = list.getBoundingClientRect();
    const rtl = getComputedStyle(this.#anchor).direction === "rtl";
    const left = rtl ? place.right - width : place.left;
    const below = place.bottom + 6;
    list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    list.style.top = `${below + height > innerHeight - 8 && place.top - height - 6 > 0 ? place.top - height - 6 : below}px`;
    list.style.right = "auto";
    list.style.bottom = "auto";
  }
}
