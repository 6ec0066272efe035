// How far one has read: said when a message was really before one's eyes, and never backwards.

const AFTER = 700;

export class Reading {
  #list;
  #post;
  #read;
  #reached;
  #timer = 0;
  #eyes;

  // post(number) resolves to whether it was taken.
  constructor(list, post) {
    this.#list = list;
    this.#post = post;
    this.#read = this.#reached = Number(list.dataset.read || 0);
  }

  begin(signal) {
    this.#eyes = new IntersectionObserver(
      (entries) => {
        if (document.hidden) return;
        for (const entry of entries) if (entry.isIntersecting) this.#reach(Number(entry.target.dataset.number));
      },
      { root: this.#list },
    );
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
    // What could not be said is said when the line is back; whoever leaves at once has still read it.
    document.addEventListener("multaqa:connection", (event) => event.detail.state === "live" && this.#say(), { signal });
    addEventListener("pagehide", () => this.#say(), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#eyes.disconnect();
    });
  }

  watch() {
    for (const message of this.#list.querySelectorAll(":scope > [data-number]")) {
      if (Number(message.dataset.number) > this.#reached) this.#eyes.observe(message);
    }
  }

  // Whoever writes has read what stands before it: the server knows.
  wrote(number) {
    this.#read = this.#reached = Math.max(this.#reached, number);
  }

  #reach(number) {
    if (number <= this.#reached) return;
    this.#reached = number;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), AFTER);
  }

  async #say() {
    clearTimeout(this.#timer);
    const number = this.#reached;
    const before = this.#read;
    if (number <= before) return;
    this.#read = number;
    const taken = await this.#post(number).catch(() => false);
    if (!taken) this.#read = Math.min(this.#read, before);
  }
}
