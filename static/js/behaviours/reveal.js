// Lets one see the password one types.
import { icon, say } from "../say.js";

export function connect(frame) {
  const input = frame.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-bare button-icon";
  const paint = () => {
    const shown = input.type === "text";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", say(shown ? "hide-password" : "show-password"));
  };
  button.append(icon("eye"));
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    paint();
  });
  // What is sent and kept by the browser is a password again.
  const hide = () => {
    input.type = "password";
    paint();
  };
  input.form?.addEventListener("submit", hide);
  paint();
  frame.append(button);
  return () => button.remove();
}
