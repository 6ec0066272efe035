// What one has written and the server has not yet acknowledged, kept in this browser: a key for each entry, so that two tabs never
// overwrite each other's. What the browser does not take (its store is full, the window is private) the page's own memory holds.
//
// An entry: {client, words, reply, voice, at, kept?, failed?, files?, page?}. kept: files that the server holds since a form came back.

const ALL = "chat-outbox:";

export class Kept {
  #name;
  #memory = new Map(); // client → entry

  constructor(user, room) {
    this.#name = `${ALL}${user}:${room}`;
  }

  get name() {
    return this.#name;
  }

  // In the order in which they were written.
  all() {
    const entries = new Map([...stored(`${this.#name}:`).map(([, entry]) => [entry.client, entry]), ...this.#memory]);
    return [...entries.values()].sort((one, other) => one.at - other.at);
  }

  add(entry) {
    this.#put({ ...entry, at: Math.max(Date.now(), (this.all().at(-1)?.at ?? 0) + 1) }); // even when a clock is set back
  }

  // Only what is still there: another tab may have sent it.
  change(client, values) {
    const entry = this.all().find((one) => one.client === client);
    if (entry) this.#put({ ...entry, ...values });
  }

  drop(client) {
    this.#memory.delete(client);
    try {
      localStorage.removeItem(this.#key(client));
    } catch {
      /* it was never there */
    }
    tell();
  }

  #put(entry) {
    try {
      localStorage.setItem(this.#key(entry.client), JSON.stringify(entry));
      this.#memory.delete(entry.client);
    } catch {
      this.#memory.set(entry.client, entry);
    }
    tell();
  }

  #key(client) {
    return `${this.#name}:${client}`;
  }
}

/** The rooms in which something of this person waits: room → whether something of it was refused. */
export function waiting(user) {
  const rooms = new Map();
  for (const [key, entry] of stored(`${ALL}${user}:`)) {
    const room = key.split(":")[2];
    rooms.set(room, rooms.get(room) || Boolean(entry.failed));
  }
  return rooms;
}

function stored(beginning) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(beginning));
    return keys.map((key) => [key, JSON.parse(localStorage.getItem(key))]).filter(([, entry]) => entry?.client);
  } catch {
    return []; // no store
  }
}

function tell() {
  document.dispatchEvent(new CustomEvent("multaqa:waiting"));
}
