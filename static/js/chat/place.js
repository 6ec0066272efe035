// Where one stands in the list: at its end, which stays in sight as it grows, or at a message, which stays where it is whatever
// comes above or below it. The browser's own anchoring is off: not every browser has it, and two of them would quarrel.

const NEAR = 80;

export class Place {
  #list;
  #jump;
  #anchor = "";
  #offset = 0;
  #atEnd = false;
  #fresh = 0;

  constructor(list, jump) {
    this.#list = list;
    this.#jump = jump;
  }

  begin(signal) {
    const list = this.#list;
    const linked = location.hash.startsWith("#message-") ? document.getElementById(location.hash.slice(1)) : null;
    const line = list.querySelector("#unread");
    if (linked) linked.scrollIntoView({ block: "center" });
    else if (line) line.scrollIntoView({ block: "start" });
    else this.toEnd();
    this.look();
    list.addEventListener("scroll", () => this.look(), { signal, passive: true });
    const hold = () => this.hold();
    // A box that grows, a keyboard that opens, words that arrive, change or go: before they are painted, one is back in one's place.
    const size = new ResizeObserver(hold);
    size.observe(list);
    const change = new MutationObserver(hold);
    change.observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "class"] });
    list.addEventListener("load", hold, { signal, capture: true });
    document.fonts?.ready.then(hold);
    signal.addEventListener("abort", () => {
      size.disconnect();
      change.disconnect();
    });
  }

  get atEnd() {
    return this.#atEnd;
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#atEnd = true;
    this.#count(0);
  }

  // Something new was put at the end by somebody else.
  came() {
    if (this.#atEnd) this.toEnd();
    else this.#count(this.#fresh + 1);
  }

  look() {
    const list = this.#list;
    this.#atEnd = list.dataset.tail !== undefined && list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    if (this.#atEnd) this.#count(0);
    this.#jump.hidden = this.#atEnd;
    const top = list.getBoundingClientRect().top;
    for (const child of list.children) {
      if (!child.dataset.number) continue;
      const box = child.getBoundingClientRect();
      if (box.bottom <= top) continue;
      this.#anchor = child.id;
      this.#offset = box.top - top;
      return;
    }
  }

  hold() {
    if (this.#atEnd) {
      this.toEnd();
      return;
    }
    const anchor = document.getElementById(this.#anchor);
    if (!anchor) return;
    const moved = anchor.getBoundingClientRect().top - this.#list.getBoundingClientRect().top - this.#offset;
    if (Math.abs(moved) >= 1) this.#list.scrollTop += moved;
  }

  #count(number) {
    this.#fresh = number;
    const counter = this.#jump.querySelector("[data-new]");
    counter.hidden = !number;
    counter.textContent = number > 99 ? "99+" : String(number);
    this.#jump.hidden = this.#atEnd;
  }
}
