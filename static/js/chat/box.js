// The box one writes in: a draft a room, what one answers, a message of one's own being changed, and what Enter does.
import { icon } from "../say.js";

const ENTER = "chat-enter";

export class Box {
  #form;
  #text;
  #bar;
  #key;
  #reply = null; // {id, name, words}
  #editing = null; // {url, kept}: what stood in the box before
  #stored = null; // the draft as this page wrote or found it: another tab may keep another
  #last = null;
  #send;
  #save;

  // send({words, reply, voice, files, kept}); save(url, words) resolves to "" or to why it was refused; last() is the message ArrowUp changes.
  constructor(form, { key, send, save, last }) {
    this.#form = form;
    this.#text = form.elements.namedItem("body");
    this.#bar = form.querySelector("[data-reply-bar]");
    this.#key = key;
    this.#send = send;
    this.#save = save;
    this.#last = last;
  }

  begin(signal) {
    const form = this.#form;
    const chosen = form.elements.namedItem("reply_to").value;
    if (chosen) this.#reply = { id: chosen, name: wordsOf(this.#bar, "[data-reply-name]"), words: wordsOf(this.#bar, "[data-reply-words]") };
    this.#restore();
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        this.submit();
      },
      { signal },
    );
    this.#text.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    this.#text.addEventListener("input", () => this.#keep(), { signal });
    form.querySelector("[data-reply-cancel]").addEventListener(
      "click",
      (event) => {
        event.preventDefault();
        this.#cancel();
      },
      { signal },
    );
    this.#enterSwitch(signal);
    form.addEventListener(
      "paste",
      (event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (!files.length) return;
        event.preventDefault();
        this.attach(files);
      },
      { signal },
    );
  }

  get isEmpty() {
    return !this.#text.value.trim();
  }

  // What can no longer be sent stays to be copied.
  close() {
    this.#text.readOnly = true;
    for (const control of this.#form.querySelectorAll("button, input, summary")) control.disabled = true;
    for (const menu of this.#form.querySelectorAll("details, .file-button")) menu.hidden = true;
  }

  focus() {
    this.#text.focus();
  }

  attach(files) {
    this.#form.dispatchEvent(new CustomEvent("multaqa:files", { detail: { files }, cancelable: true }));
  }

  // Back into the box: what could not be sent, to be changed and sent anew. What stood there is not lost.
  write({ words, reply, voice, files, kept }) {
    if (this.#editing) this.#leaveEditing();
    const stood = this.#text.value.trim();
    this.#text.value = stood ? `${words}\n${stood}` : words;
    this.#speakAs(voice);
    this.#keepFiles(kept ?? []);
    if (files.length) this.attach(files);
    this.answer(reply ?? this.#reply);
    this.#changed();
    this.focus();
  }

  answer(reply) {
    if (this.#editing) this.#leaveEditing();
    this.#reply = reply;
    this.#form.elements.namedItem("reply_to").value = reply?.id ?? "";
    this.#showBar(reply ? "replying" : "", reply);
    this.#keep();
  }

  // While words are fetched into it, nobody writes others.
  wait(on) {
    this.#text.readOnly = on;
  }

  // One's own message is changed in the box; what was being written waits.
  change(url, words) {
    if (!this.#editing) this.#editing = { url, kept: this.#text.value, reply: this.#reply };
    else this.#editing.url = url;
    this.#reply = null;
    this.#text.value = words;
    this.#showBar("editing", { name: "", words: words.replace(/\s+/g, " ").slice(0, 120) });
    this.#sendButton("saving");
    this.#changed();
    this.focus();
    this.#text.setSelectionRange(words.length, words.length);
  }

  async submit() {
    const form = this.#form;
    const words = this.#text.value.trim();
    this.#refuse("");
    if (this.#editing) return this.#submitChange(words);
    const input = form.querySelector('input[type="file"]');
    const files = [...input.files];
    if (!input.checkValidity()) return input.reportValidity();
    const kept = this.#keptFiles();
    if (!words && !files.length && !kept.length) return this.focus();
    const voice = form.querySelector('input[name="on_behalf_of"]:checked')?.value ?? "";
    const reply = this.#reply;
    for (const error of form.querySelectorAll(".field-error:not([data-box-error])")) error.remove();
    form.reset(); // the list of chosen files empties with it
    form.querySelector("[data-kept]").replaceChildren();
    this.#speakAs(voice);
    form.querySelector("[data-enter-sends]").checked = enterSends();
    this.#text.value = "";
    this.answer(null);
    this.#changed();
    this.focus();
    return this.#send({ words, reply, voice, files, kept });
  }

  async #submitChange(words) {
    if (!words) return this.focus();
    const { url } = this.#editing;
    const button = this.#form.querySelector("[data-send-button]");
    button.disabled = true;
    const reason = await this.#save(url, words);
    button.disabled = false;
    if (this.#editing?.url !== url) return undefined;
    if (reason) return this.#refuse(reason);
    return this.#cancel();
  }

  #cancel() {
    if (this.#editing) this.#leaveEditing();
    else this.answer(null);
    this.#refuse("");
    this.focus();
  }

  #leaveEditing() {
    const { kept, reply } = this.#editing;
    this.#editing = null;
    this.#text.value = kept;
    this.#sendButton("sending");
    this.answer(reply);
    this.#changed();
  }

  #refuse(reason) {
    const place = this.#form.querySelector("[data-box-error]");
    place.hidden = !reason;
    place.querySelector("span").textContent = reason;
  }

  #showBar(what, about) {
    const bar = this.#bar;
    bar.hidden = !what;
    bar.querySelector("[data-reply-name]").textContent = about?.name ?? "";
    bar.querySelector("[data-reply-words]").textContent = about?.words ?? "";
    if (!what) return;
    const words = bar.querySelector("[data-bar-words]");
    words.textContent = words.dataset[what];
    const cancel = bar.querySelector("[data-reply-cancel]");
    cancel.setAttribute("aria-label", cancel.dataset[what]);
  }

  #sendButton(what) {
    const button = this.#form.querySelector("[data-send-button]");
    button.setAttribute("aria-label", button.dataset[what]);
    this.#form.classList.toggle("is-changing", what === "saving"); // files and voice stay as they were
  }

  #speakAs(voice) {
    const choice = this.#form.querySelector(`input[name="on_behalf_of"][value="${CSS.escape(voice ?? "")}"]`);
    if (choice) choice.checked = true;
  }

  // --- Files that the server holds since a plain form came back: [{key, name}] ---

  #keptFiles() {
    const place = this.#form.querySelector("[data-kept]");
    const names = [...place.querySelectorAll("bdi")];
    return [...place.querySelectorAll("input")].map((input, i) => ({ key: input.value, name: names[i]?.textContent ?? "" }));
  }

  #keepFiles(files) {
    const place = this.#form.querySelector("[data-kept]");
    for (const { key, name } of files) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name: "kept", value: key });
      const words = document.createElement("p");
      words.className = "row faint";
      words.append(icon("clip", "icon-small"), Object.assign(document.createElement("bdi"), { textContent: name }), place.dataset.kept);
      place.append(input, words);
    }
  }

  // --- Keys ---

  #onKey(event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return; // a word is being put together
    if (event.key === "Escape" && (this.#reply || this.#editing)) {
      event.preventDefault();
      this.#cancel();
    } else if (event.key === "ArrowUp" && !this.#text.value && !event.shiftKey && !this.#editing) {
      if (this.#last?.()) event.preventDefault();
    } else if (event.key === "Enter" && !event.altKey) {
      if (!(event.ctrlKey || event.metaKey || event.shiftKey !== enterSends())) return;
      event.preventDefault();
      event.stopPropagation(); // Ctrl and Enter is the house's shortcut too: once is enough
      this.submit();
    }
  }

  #enterSwitch(signal) {
    this.#form.querySelector("[data-enter-menu]").hidden = false;
    const choice = this.#form.querySelector("[data-enter-sends]");
    const show = () => {
      choice.checked = enterSends();
      this.#text.enterKeyHint = choice.checked ? "send" : "enter";
    };
    show();
    choice.addEventListener(
      "change",
      () => {
        store(ENTER, choice.checked ? "yes" : "no");
        show();
      },
      { signal },
    );
    addEventListener("storage", (event) => event.key === ENTER && show(), { signal });
  }

  // --- The draft ---

  #changed() {
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #keep() {
    if (this.#editing) return; // what is changed is kept where it stands
    const words = this.#text.value;
    if (words || this.#reply) {
      const draft = JSON.stringify({ words, reply: this.#reply });
      if (store(this.#key, draft)) this.#stored = draft;
    } else if (this.#stored && stored(this.#key) === this.#stored) store(this.#key, null); // another tab's stays
  }

  #restore() {
    if (this.#text.value) return;
    this.#stored = stored(this.#key);
    const kept = this.#stored && JSON.parse(this.#stored);
    if (!kept) return;
    this.#text.value = kept.words ?? "";
    if (kept.reply && !this.#reply) this.answer(kept.reply);
    this.#text.dispatchEvent(new CustomEvent("multaqa:restore"));
  }
}

/** Copy words, or say that it could not be done. */
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}

function enterSends() {
  return stored(ENTER) !== "no";
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

// False where it was not kept: in a private window, or a full store, the box itself still holds the words.
function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function wordsOf(within, what) {
  return within.querySelector(what)?.textContent.trim() ?? "";
}
