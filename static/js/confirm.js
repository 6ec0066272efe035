// A question in a dialog of the house, instead of the browser's.
import { say } from "./say.js";

/** Ask the sentence in data-confirm; resolves to true or false. data-confirm-tone="danger" where something goes for good. */
export function ask(source) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const text = document.createElement("p");
  text.textContent = source.dataset.confirm || say("confirm");
  text.id = "confirm-text";
  dialog.setAttribute("aria-labelledby", text.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "dialog-actions";
  form.append(button(say("no"), "no", "button"), button(source.dataset.confirmYes || say("yes"), "yes", `button button-${source.dataset.confirmTone || "primary"}`));
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  form.firstElementChild.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (source.isConnected) source.focus?.();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function button(text, value, classes) {
  const made = document.createElement("button");
  made.textContent = text;
  made.value = value;
  made.className = classes;
  return made;
}
