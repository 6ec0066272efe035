// By keyboard the list is one stop: Tab comes to the newest message and its menu, arrows go to the others, Enter opens the menu.

const INSIDE = "a[href], button";

export class Walk {
  #list;
  #current = null;

  constructor(list) {
    this.#list = list;
  }

  begin(signal) {
    const list = this.#list;
    list.removeAttribute("tabindex"); // its messages are reached instead of it
    this.refresh();
    list.addEventListener(
      "focusin",
      (event) => {
        const message = event.target.closest("[data-number]");
        if (message) this.#stopAt(message);
      },
      { signal },
    );
    list.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  // After the list has changed: the stop is the one in use, else the newest.
  refresh() {
    const all = this.#messages();
    const inUse = this.#current?.isConnected && this.#list.contains(document.activeElement);
    const stop = inUse ? this.#current : all.at(-1);
    for (const message of all) reach(message, message === stop);
    this.#current = stop ?? null;
  }

  #stopAt(message) {
    if (message === this.#current) return;
    if (this.#current) reach(this.#current, false);
    this.#current = message;
    reach(message, true);
  }

  #key(event) {
    const message = event.target.closest("[data-number]");
    if (!message || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (event.key === "Enter" && event.target === message) {
      event.preventDefault();
      message.querySelector("a[data-menu]")?.click();
      return;
    }
    const all = this.#messages();
    const here = all.indexOf(message);
    const there = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: all.length - 1 }[event.key];
    if (there === undefined) return;
    event.preventDefault();
    const next = all[there];
    if (!next) return;
    this.#stopAt(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  #messages() {
    return [...this.#list.querySelectorAll(":scope > [data-number]")];
  }
}

function reach(message, isStop) {
  const value = isStop ? "0" : "-1";
  if (message.getAttribute("tabindex") === value && !message.querySelector(`:is(${INSIDE}):not([tabindex="${value}"])`)) return;
  message.setAttribute("tabindex", value);
  for (const inner of message.querySelectorAll(INSIDE)) inner.setAttribute("tabindex", value);
}
