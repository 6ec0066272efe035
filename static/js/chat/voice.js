// New messages, said politely to whoever does not see them: once each, and never one's own, an edit, or what was fetched from the past.

const AFTER = 600;
const MOST = 3;
const LENGTH = 280;

export class Voice {
  #place;
  #many;
  #waiting = [];
  #timer = 0;

  // many: what is said of more than three at once.
  constructor(place, many) {
    this.#place = place;
    this.#many = many;
  }

  say(message) {
    const who = message.querySelector(".author")?.textContent.trim();
    const words = message.querySelector(".prose, .message-files, p")?.textContent.replace(/\s+/g, " ").trim().slice(0, LENGTH) ?? "";
    this.#waiting.push(who ? `${who}: ${words}` : words);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#speak(), AFTER);
  }

  #speak() {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#place.replaceChildren(...(waiting.length > MOST ? [line(this.#many)] : waiting.map(line)));
  }
}

function line(words) {
  const element = document.createElement("span");
  element.className = "block";
  element.textContent = words;
  return element;
}
