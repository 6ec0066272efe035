// What one has written and the server has not yet acknowledged. It stands in the list at once, survives a reload and a closed laptop
// (this browser keeps it), goes out one at a time in the order it was written, and every try carries the same client_id: once is once.
//
// An entry: {client, words, reply, voice, at, failed?}. Files cannot be kept by the browser: they stay in memory, and a reload says so.

const FIRST = 1_000;
const MOST = 30_000;
const CLOCK = 300; // sooner acknowledged than that, nobody needs to see a clock
const FINAL = new Set([400, 401, 403, 404, 409, 413, 422]);

export class Outbox {
  #room;
  #key;
  #files = new Map(); // client → File[]
  #shown = new Map(); // client → element
  #pumping = false;
  #tries = 0;
  #timer = 0;
  #gone = false;

  constructor(room, key) {
    this.#room = room;
    this.#key = key;
  }

  // Show what waits from before, and try again.
  begin(signal) {
    for (const entry of this.#entries()) this.#show(entry);
    this.pump();
    const again = () => {
      this.#tries = 0;
      this.pump();
    };
    addEventListener("online", again, { signal });
    addEventListener("offline", () => this.#words(), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && again(), { signal });
    document.addEventListener("multaqa:connection", (event) => event.detail.state === "live" && again(), { signal });
    // Another tab of the same person sent, or wrote.
    addEventListener("storage", (event) => event.key === this.#key && this.#reconcile(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  add({ words, reply, voice, files }) {
    const entry = { client: crypto.randomUUID(), words, reply, voice, at: Date.now(), withFiles: files.length };
    if (files.length) this.#files.set(entry.client, files);
    this.#save([...this.#entries(), entry]);
    this.#show(entry);
    this.pump();
  }

  // The message stands in the list by its own: the copy that waited goes.
  arrived(client) {
    const element = this.#shown.get(client);
    if (!element && !this.#entries().some((entry) => entry.client === client)) return;
    this.#forget(client);
  }

  get isEmpty() {
    return !this.#shown.size;
  }

  // Pending ones stand after everything that has a number.
  settle() {
    const list = this.#room.list;
    const last = [...this.#shown.values()];
    if (last.length && list.lastElementChild !== last.at(-1)) list.append(...last);
  }

  stop() {
    this.#gone = true;
    clearTimeout(this.#timer);
  }

  async pump() {
    if (this.#pumping || this.#gone) return;
    this.#pumping = true;
    clearTimeout(this.#timer);
    try {
      // Two tabs of one person must not race; the client_id makes it safe even where the browser knows no locks.
      if (navigator.locks) await navigator.locks.request(this.#key, () => this.#drain());
      else await this.#drain();
    } finally {
      this.#pumping = false;
    }
  }

  async #drain() {
    for (;;) {
      const entry = this.#entries().find((one) => !one.failed);
      if (!entry || this.#gone) return;
      const files = this.#files.get(entry.client) ?? [];
      if (entry.withFiles && !files.length) {
        this.#fail(entry.client, this.#room.word("filesLost"));
        continue;
      }
      if (!navigator.onLine) return;
      const wait = await this.#try(entry, files);
      if (wait) {
        this.#timer = setTimeout(() => this.pump(), wait);
        return;
      }
    }
  }

  // 0 when the entry is settled, else how long to wait before the next try.
  async #try(entry, files) {
    const form = new FormData();
    form.set("body", entry.words);
    form.set("client_id", entry.client);
    form.set("on_behalf_of", entry.voice ?? "");
    if (entry.reply) form.set("reply_to", entry.reply.id);
    for (const file of files) form.append("files", file);
    let answer;
    let said = {};
    try {
      answer = await fetch(this.#room.sendUrl, {
        method: "POST",
        body: form,
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": this.#room.token },
        signal: AbortSignal.timeout?.(files.length ? 120_000 : 20_000),
      });
      said = await answer.json().catch(() => ({}));
    } catch {
      return this.#backoff(); // no answer: it may have arrived or not, and the same client_id asks again
    }
    if (answer.ok && said.id) {
      this.#tries = 0;
      this.#room.take(said);
      this.#forget(entry.client);
      return 0;
    }
    if (FINAL.has(answer.status) || answer.redirected) {
      this.#fail(entry.client, said.error || this.#room.word("failed"));
      return 0;
    }
    return Math.max(this.#backoff(), 1000 * Number(answer.headers.get("Retry-After") ?? 0));
  }

  #backoff() {
    const most = Math.min(MOST, FIRST * 2 ** this.#tries++);
    return FIRST / 2 + Math.random() * most;
  }

  // --- Kept in this browser ---

  #entries() {
    try {
      const found = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return this.#memory;
    }
  }

  #memory = [];

  #save(entries) {
    this.#memory = entries;
    try {
      if (entries.length) localStorage.setItem(this.#key, JSON.stringify(entries));
      else localStorage.removeItem(this.#key);
    } catch {
      /* a private window: the tab's own memory holds it */
    }
  }

  #forget(client) {
    this.#save(this.#entries().filter((entry) => entry.client !== client));
    this.#files.delete(client);
    this.#shown.get(client)?.remove();
    this.#shown.delete(client);
  }

  #fail(client, reason) {
    const entries = this.#entries().map((entry) => (entry.client === client ? { ...entry, failed: reason } : entry));
    this.#save(entries);
    const entry = entries.find((one) => one.client === client);
    if (entry) this.#paint(this.#shown.get(client), entry);
  }

  #reconcile() {
    const entries = this.#entries();
    const known = new Set(entries.map((entry) => entry.client));
    for (const [client, element] of this.#shown) {
      if (known.has(client)) continue;
      element.remove();
      this.#shown.delete(client);
    }
    for (const entry of entries) {
      if (this.#shown.has(entry.client)) this.#paint(this.#shown.get(entry.client), entry);
      else this.#show(entry);
    }
  }

  // --- In the list ---

  #show(entry) {
    const element = this.#room.pending.content.firstElementChild.cloneNode(true);
    element.dataset.pending = entry.client;
    const words = element.querySelector("[data-words]");
    words.textContent = entry.words;
    words.hidden = !entry.words;
    const names = this.#files.get(entry.client)?.map((file) => file.name) ?? [];
    const files = element.querySelector("[data-file-names]");
    files.hidden = !names.length;
    files.textContent = names.join(" · ");
    this.#room.voice(element, entry.voice);
    element.querySelector("[data-retry]").addEventListener("click", () => {
      const entries = this.#entries().map((one) => (one.client === entry.client ? { ...one, failed: undefined } : one));
      this.#save(entries);
      this.#paint(element, { ...entry, failed: undefined });
      this.#tries = 0;
      this.pump();
    });
    element.querySelector("[data-edit]").addEventListener("click", () => {
      const kept = this.#files.get(entry.client) ?? [];
      this.#forget(entry.client);
      this.#room.edit(entry, kept);
    });
    element.querySelector("[data-copy]").addEventListener("click", () => this.#room.copy(entry.words));
    this.#shown.set(entry.client, element);
    this.#paint(element, entry);
    this.#room.place(element);
  }

  #paint(element, entry) {
    if (!element) return;
    const waiting = element.querySelector("[data-waiting]");
    element.classList.toggle("message-failed", Boolean(entry.failed));
    element.querySelector("[data-failed]").hidden = !entry.failed;
    element.querySelector("[data-reason]").textContent = entry.failed ?? "";
    waiting.hidden = true;
    if (!entry.failed) setTimeout(() => this.#tell(element, waiting), Math.max(0, CLOCK - (Date.now() - entry.at)));
    this.#words();
    this.#room.grew();
  }

  #tell(element, waiting) {
    if (!element.isConnected || element.classList.contains("message-failed")) return;
    waiting.hidden = false;
    this.#room.grew();
  }

  #words() {
    for (const element of this.#shown.values()) {
      const words = element.querySelector("[data-waiting-words]");
      words.textContent = navigator.onLine ? words.dataset.sending : words.dataset.offline;
    }
  }
}
