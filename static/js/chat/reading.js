// How far one has read: said when a message was really before one's eyes, and never backwards.

const AFTER = 700;

export class Reading {
  #list;
  #post;
  #read;
  #reached;
  #timer = 0;
  #eyes;

  constructor(list, post) {
    this.#list = list;
    this.#post = post;
    this.#read = this.#reached = Number(list.dataset.read || 0);
  }

  begin(signal) {
    this.#eyes = new IntersectionObserver((entries) => {
      if (document.hidden) return;
      for (const entry of entries) if (entry.isIntersecting) this.#reach(Number(entry.target.dataset.number));
    }, { root: this.#list });
    this.watch();
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) this.#say();
        else {
          // What stands before the eyes now was not counted while they were elsewhere.
          this.#eyes.disconnect();
          this.watch();
        }
      },
      { signal },
    );
    addEventListener("pagehide", () => this.#say(), { signal }); // whoever leaves at once has still read it
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#eyes.disconnect();
    });
  }

  watch() {
    for (const message of this.#list.querySelectorAll("[data-number]")) if (Number(message.dataset.number) > this.#reached) this.#eyes.observe(message);
  }

  // Whoever writes has read what stands before it.
  wrote(number) {
    this.#read = this.#reached = Math.max(this.#reached, number);
  }

  #reach(number) {
    if (number <= this.#reached) return;
    this.#reached = number;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), AFTER);
  }

  #say() {
    clearTimeout(this.#timer);
    if (this.#reached <= this.#read) return;
    const number = this.#reached;
    this.#read = number;
    this.#post(number).catch(() => {
      this.#read = Math.min(this.#read, number - 1); // said again with the next one
    });
  }
}
