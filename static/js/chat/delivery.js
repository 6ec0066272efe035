// Sends what waits in one room, one at a time in the order it was written; every try carries the same client_id: once is once.
import { post } from "../post.js";
import { say, sayFailure } from "../say.js";

const FIRST = 1_000;
const MOST = 30_000;
const PATIENCE = 20_000;
const PATIENCE_WITH_FILES = 180_000;
const FINAL = new Set([400, 401, 403, 404, 409, 410, 413, 415, 422]);
// One that never gets through must not hold up the others for ever.
const ANSWERS = 5;
const TIMEOUTS = 2;

export class Delivery {
  #kept;
  #url;
  #files;
  #on;
  #pumping = false;
  #stopped = false;
  #tries = 0;
  #faults = new Map(); // client → how often it has come back
  #timer = 0;

  // files: client → File[], what this page has at hand. on: {taken(said, client), failed(client, reason), waits()}.
  constructor(kept, { url, files = new Map(), on = {} }) {
    this.#kept = kept;
    this.#url = url;
    this.#files = files;
    this.#on = on;
  }

  get isRetrying() {
    return this.#tries > 0;
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  // Without waiting for the next try: the line is back, or somebody asked.
  again() {
    this.#tries = 0;
    this.pump();
  }

  pump() {
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    clearTimeout(this.#timer);
    const drain = () => this.#drain().finally(() => (this.#pumping = false));
    // Two tabs of one person do not race; where the browser knows no locks the client_id alone makes it safe.
    if (navigator.locks) navigator.locks.request(this.#kept.name, drain);
    else drain();
  }

  fail(client, failed) {
    this.#faults.delete(client);
    this.#kept.change(client, { failed });
    this.#on.failed?.(client, failed);
  }

  async #drain() {
    for (;;) {
      const entry = this.#kept.all().find((one) => !one.failed && (!one.files || this.#files.has(one.client)));
      if (!entry || this.#stopped || !navigator.onLine) return;
      const wait = await this.#try(entry, this.#files.get(entry.client) ?? []);
      if (wait) {
        this.#on.waits?.();
        this.#timer = setTimeout(() => this.pump(), wait);
        return;
      }
      this.#tries = 0;
    }
  }

  // 0 when the entry is settled, else how long to wait before the next try.
  async #try(entry, files) {
    const { client } = entry;
    let answer;
    try {
      answer = await post(this.#url, bodyOf(entry, files), {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout?.(files.length ? PATIENCE_WITH_FILES : PATIENCE),
      });
    } catch (error) {
      // No answer: it may have arrived or not, and the same client_id asks again.
      if (!files.length || error.name !== "TimeoutError" || this.#fault(client) < TIMEOUTS) return this.#backoff();
      this.fail(client, say("too-slow"));
      return 0;
    }
    const said = await answer.json().catch(() => ({}));
    if (this.#stopped) return 0;
    if (answer.ok && said.id) {
      this.#kept.drop(client);
      this.#on.taken?.(said, client);
      return 0;
    }
    const signedOut = answer.type === "opaqueredirect";
    const asked = Number(answer.headers.get("Retry-After") ?? said.seconds);
    // Whoever asks for patience will have it; whoever only fails, and fails again, has refused.
    if (signedOut || FINAL.has(answer.status) || (Number.isNaN(asked) && this.#fault(client) >= ANSWERS)) {
      this.fail(client, said.error || (signedOut ? say("signed-out") : sayFailure(answer.status)));
      return 0;
    }
    return Math.max(this.#backoff(), Number.isFinite(asked) ? asked * 1_000 : 0);
  }

  #fault(client) {
    const count = (this.#faults.get(client) ?? 0) + 1;
    this.#faults.set(client, count);
    return count;
  }

  #backoff() {
    const most = Math.min(MOST, FIRST * 2 ** this.#tries++);
    return FIRST / 2 + Math.random() * most;
  }
}

function bodyOf(entry, files) {
  const form = new FormData();
  form.set("body", entry.words);
  form.set("client_id", entry.client);
  form.set("on_behalf_of", entry.voice ?? "");
  if (entry.reply) form.set("reply_to", entry.reply.id);
  for (const { key } of entry.kept ?? []) form.append("kept", key);
  for (const file of files) form.append("files", file);
  return files.length ? form : new URLSearchParams(form); // in parts, it would wait behind others' pictures
}
