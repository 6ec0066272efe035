// What one has written and the server has not yet acknowledged. It stands in the list at once, survives a reload and a closed laptop
// (this browser keeps it), goes out one at a time in the order it was written, and every try carries the same client_id: once is once.
//
// An entry: {client, words, reply, voice, at, failed?, files?, page?}. Files cannot be kept by the browser: they stay in the memory of
// the page that chose them, which alone sends them; when that page is gone, the entry says so.

const FIRST = 1_000;
const MOST = 30_000;
const CLOCK = 300; // sooner acknowledged than that, nobody needs to see a clock
const PATIENCE = 20_000;
const PATIENCE_WITH_FILES = 180_000;
const FINAL = new Set([400, 401, 403, 404, 409, 410, 413, 415, 422]);

export class Outbox {
  #room;
  #key;
  #page = crypto.randomUUID();
  #files = new Map(); // client → File[]
  #shown = new Map(); // client → element
  #memory = [];
  #pumping = false;
  #tries = 0;
  #timer = 0;
  #closed = "";

  constructor(room, key) {
    this.#room = room;
    this.#key = key;
  }

  // Show what waits from before, and try again.
  begin(signal) {
    // As long as this page lives it holds a lock of its name: others know that its files are in good hands.
    navigator.locks?.request(pageLock(this.#page), () => new Promise((done) => signal.addEventListener("abort", done)));
    for (const entry of this.#entries()) {
      if (this.#room.has(entry.client)) this.#forget(entry.client); // its answer was lost, it was not
      else this.#show(entry);
    }
    this.#lostFiles().then(() => this.pump());
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
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#closed = "left";
    });
  }

  add({ words, reply, voice, files }) {
    const entry = { client: crypto.randomUUID(), words, reply, voice, at: Date.now() };
    if (files.length) {
      Object.assign(entry, { files: files.length, page: this.#page });
      this.#files.set(entry.client, files);
    }
    this.#save([...this.#entries(), entry]);
    this.#show(entry);
    this.pump();
  }

  // The message stands in the list by its own: the copy that waited goes. True when it was one of ours.
  arrived(client) {
    if (!this.#shown.has(client) && !this.#entries().some((entry) => entry.client === client)) return false;
    this.#forget(client);
    return true;
  }

  // Those that wait stand after everything that has a number.
  settle() {
    const waiting = [...this.#shown.values()];
    const last = this.#room.list.lastElementChild;
    if (waiting.length && last !== waiting.at(-1)) this.#room.list.append(...waiting);
  }

  // Nothing goes out from this page for now; what waits stays as it is.
  rest() {
    this.#closed = "resting";
    clearTimeout(this.#timer);
    this.settle();
  }

  // Nothing can be sent here any more: what waited is kept to be copied.
  close(reason) {
    this.rest();
    this.#closed = reason;
    for (const entry of this.#entries()) this.#fail(entry.client, reason);
    this.settle();
  }

  async pump() {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    clearTimeout(this.#timer);
    try {
      // Two tabs of one person do not race; where the browser knows no locks the client_id alone makes it safe.
      if (navigator.locks) await navigator.locks.request(this.#key, () => this.#drain());
      else await this.#drain();
    } finally {
      this.#pumping = false;
    }
  }

  async #drain() {
    for (;;) {
      const entry = this.#entries().find((one) => !one.failed && (!one.files || this.#files.has(one.client)));
      if (!entry || this.#closed || !navigator.onLine) return;
      const wait = await this.#try(entry, this.#files.get(entry.client) ?? []);
      if (wait) {
        this.#words();
        this.#timer = setTimeout(() => this.pump(), wait);
        return;
      }
    }
  }

  // 0 when the entry is settled, else how long to wait before the next try.
  async #try(entry, files) {
    let answer;
    let said = {};
    try {
      answer = await this.#post(entry, files);
      said = await answer.json().catch(() => ({}));
      // Perhaps only the proof of the form is older than a new sign-in: with a fresh one, once more.
      if (answer.status === 403 && (await this.#room.freshToken())) {
        answer = await this.#post(entry, files);
        said = await answer.json().catch(() => ({}));
      }
    } catch {
      return this.#backoff(); // no answer: it may have arrived or not, and the same client_id asks again
    }
    if (this.#closed) return 0;
    if (answer.ok && said.id) {
      this.#tries = 0;
      this.#room.take(said);
      this.#forget(entry.client);
      return 0;
    }
    if (FINAL.has(answer.status) || answer.redirected) {
      this.#fail(entry.client, said.error || this.#room.word(answer.redirected ? "signed-out" : "failed"));
      return 0;
    }
    const asked = Number(answer.headers.get("Retry-After") ?? said.seconds);
    return Math.max(this.#backoff(), Number.isFinite(asked) ? asked * 1_000 : 0);
  }

  #post(entry, files) {
    const form = new FormData();
    form.set("body", entry.words);
    form.set("client_id", entry.client);
    form.set("on_behalf_of", entry.voice ?? "");
    if (entry.reply) form.set("reply_to", entry.reply.id);
    for (const file of files) form.append("files", file);
    return fetch(this.#room.sendUrl, {
      method: "POST",
      body: form,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": this.#room.token },
      signal: AbortSignal.timeout?.(files.length ? PATIENCE_WITH_FILES : PATIENCE),
    });
  }

  #backoff() {
    const most = Math.min(MOST, FIRST * 2 ** this.#tries++);
    return FIRST / 2 + Math.random() * most;
  }

  // Entries whose files were in a page that is no more.
  async #lostFiles() {
    const homeless = this.#entries().filter((entry) => entry.files && !entry.failed && !this.#files.has(entry.client));
    if (!homeless.length) return;
    const held = (await navigator.locks?.query())?.held.map(({ name }) => name) ?? [];
    for (const entry of homeless) if (!held.includes(pageLock(entry.page))) this.#fail(entry.client, this.#room.word("filesLost"));
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
    this.#mark(client, reason);
    if (this.#shown.has(client)) this.#paint(this.#shown.get(client), { failed: reason, at: 0 });
  }

  #mark(client, failed) {
    this.#save(this.#entries().map((entry) => (entry.client === client ? { ...entry, failed } : entry)));
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
      else if (!this.#room.has(entry.client)) this.#show(entry);
    }
  }

  // --- In the list ---

  #show(entry) {
    const element = this.#room.pending.content.firstElementChild.cloneNode(true);
    element.dataset.pending = entry.client;
    const words = element.querySelector("[data-words]");
    words.textContent = entry.words;
    words.parentElement.hidden = !entry.words;
    const names = this.#files.get(entry.client)?.map((file) => file.name) ?? [];
    const files = element.querySelector("[data-file-names]");
    files.hidden = !names.length;
    files.querySelector("bdi").textContent = names.join(" · ");
    const quoted = element.querySelector("[data-quoted]");
    quoted.hidden = !entry.reply;
    if (entry.reply) {
      quoted.querySelector("bdi").textContent = entry.reply.name;
      quoted.querySelector("[dir]").textContent = entry.reply.words;
    }
    this.#room.speakAs(element, entry.voice);
    element.querySelector("[data-retry]").addEventListener("click", () => this.#retry(entry.client));
    element.querySelector("[data-edit]").addEventListener("click", () => {
      const kept = this.#files.get(entry.client) ?? [];
      this.#forget(entry.client);
      this.#room.write(entry, kept);
    });
    element.querySelector("[data-copy]").addEventListener("click", () => this.#room.copy(entry.words));
    this.#shown.set(entry.client, element);
    this.#paint(element, entry);
    this.#room.place(element);
  }

  #retry(client) {
    this.#mark(client, undefined);
    this.#paint(this.#shown.get(client), { at: Date.now() });
    this.#tries = 0;
    this.#lostFiles().then(() => this.pump());
  }

  #paint(element, { failed, at }) {
    const waiting = element.querySelector("[data-waiting]");
    element.classList.toggle("message-failed", Boolean(failed));
    element.querySelector("[data-failed]").hidden = !failed;
    element.querySelector("[data-reason]").textContent = failed ?? "";
    element.querySelector("[data-retry]").hidden = Boolean(this.#closed);
    element.querySelector("[data-edit]").hidden = Boolean(this.#closed);
    waiting.hidden = true;
    this.#words();
    if (failed) return;
    setTimeout(() => (waiting.hidden = element.classList.contains("message-failed")), Math.max(0, CLOCK - (Date.now() - at)));
  }

  #words() {
    const state = !navigator.onLine ? "offline" : this.#tries ? "again" : "sending";
    for (const element of this.#shown.values()) {
      const words = element.querySelector("[data-waiting-words]");
      words.textContent = words.dataset[state];
    }
  }
}

function pageLock(page) {
  return `chat-page:${page}`;
}
