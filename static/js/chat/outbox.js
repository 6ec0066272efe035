// What one has written and the server has not yet acknowledged, as this room shows it. It stands in the list at once and survives a reload
// and a closed laptop (kept.js); delivery.js sends it. Files cannot be kept by the browser: they stay in the memory of the page that chose
// them, which alone sends them; when that page is gone, the entry says so.
import { Delivery } from "./delivery.js";
import { Kept } from "./kept.js";

const CLOCK = 300; // sooner acknowledged than that, nobody needs to see a clock

export class Outbox {
  #room;
  #kept;
  #delivery;
  #page = crypto.randomUUID();
  #files = new Map(); // client → File[]
  #shown = new Map(); // client → element
  #closed = false;

  constructor(room, conversation) {
    this.#room = room;
    this.#kept = new Kept(room.user, conversation);
    const on = {
      taken: (said, client) => {
        room.take(said);
        this.#forget(client);
      },
      failed: (client, reason) => this.#shown.has(client) && this.#paint(this.#shown.get(client), { failed: reason, at: 0 }),
      waits: () => this.#words(),
    };
    this.#delivery = new Delivery(this.#kept, { url: room.sendUrl, files: this.#files, on });
  }

  // Show what waits from before, and try again.
  begin(signal) {
    // As long as this page lives it holds a lock of its name: others know that its files are in good hands.
    navigator.locks?.request(pageLock(this.#page), () => new Promise((done) => signal.addEventListener("abort", done)));
    for (const entry of this.#kept.all()) {
      if (this.#room.has(entry.client)) this.#forget(entry.client); // its answer was lost, it was not
      else this.#show(entry);
    }
    this.#lostFiles().then(() => this.#delivery.pump());
    const again = () => this.#delivery.again();
    addEventListener("online", again, { signal });
    addEventListener("offline", () => this.#words(), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && again(), { signal });
    document.addEventListener("multaqa:connection", (event) => event.detail.state === "live" && again(), { signal });
    // Another tab of the same person sent, or wrote.
    addEventListener("storage", (event) => (event.key ?? this.#kept.name).startsWith(this.#kept.name) && this.#reconcile(), { signal });
    signal.addEventListener("abort", () => this.#delivery.stop());
  }

  add({ files, ...words }) {
    const entry = { client: crypto.randomUUID(), ...words };
    if (files.length) {
      Object.assign(entry, { files: files.length, page: this.#page });
      this.#files.set(entry.client, files);
    }
    this.#kept.add(entry);
    this.#show({ ...entry, at: Date.now() });
    this.#delivery.pump();
  }

  // The message stands in the list by its own: the copy that waited goes. True when it was one of ours.
  arrived(client) {
    if (!this.#shown.has(client) && !this.#kept.all().some((entry) => entry.client === client)) return false;
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
    this.#closed = true;
    this.#delivery.stop();
    this.settle();
  }

  // Nothing can be sent here any more: what waited is kept to be copied.
  close(reason) {
    this.rest();
    for (const entry of this.#kept.all()) this.#delivery.fail(entry.client, reason);
    this.settle();
  }

  // Entries whose files were in a page that is no more.
  async #lostFiles() {
    const homeless = this.#kept.all().filter((entry) => entry.files && !entry.failed && !this.#files.has(entry.client));
    if (!homeless.length) return;
    const held = (await navigator.locks?.query())?.held.map(({ name }) => name) ?? [];
    for (const entry of homeless) if (!held.includes(pageLock(entry.page))) this.#delivery.fail(entry.client, this.#room.word("filesLost"));
  }

  #forget(client) {
    this.#kept.drop(client);
    this.#files.delete(client);
    this.#shown.get(client)?.remove();
    this.#shown.delete(client);
  }

  #reconcile() {
    const entries = this.#kept.all();
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
    const names = [...(entry.kept ?? []), ...(this.#files.get(entry.client) ?? [])].map((file) => file.name);
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
      this.#room.write({ ...entry, files: this.#files.get(entry.client) ?? [] });
      this.#forget(entry.client);
    });
    element.querySelector("[data-copy]").addEventListener("click", () => this.#room.copy(entry.words));
    this.#shown.set(entry.client, element);
    this.#paint(element, entry);
    this.#room.place(element);
  }

  #retry(client) {
    this.#kept.change(client, { failed: undefined });
    this.#paint(this.#shown.get(client), { at: Date.now() });
    this.#lostFiles().then(() => this.#delivery.again());
  }

  #paint(element, { failed, at }) {
    const waiting = element.querySelector("[data-waiting]");
    element.classList.toggle("message-failed", Boolean(failed));
    element.querySelector("[data-failed]").hidden = !failed;
    element.querySelector("[data-reason]").textContent = failed ?? "";
    element.querySelector("[data-retry]").hidden = this.#closed;
    element.querySelector("[data-edit]").hidden = this.#closed || !this.#room.write;
    waiting.hidden = true;
    this.#words();
    if (failed) return;
    setTimeout(() => (waiting.hidden = element.classList.contains("message-failed")), Math.max(0, CLOCK - (Date.now() - at)));
  }

  #words() {
    const state = !navigator.onLine ? "offline" : this.#delivery.isRetrying ? "again" : "sending";
    for (const element of this.#shown.values()) {
      const words = element.querySelector("[data-waiting-words]");
      words.textContent = words.dataset[state];
    }
  }
}

function pageLock(page) {
  return `chat-page:${page}`;
}
