// The sentences of scripts are translated in templates/components/sentences.html.

export function say(name) {
  return document.querySelector(`#sentences [data-say="${name}"]`)?.textContent.trim() ?? "";
}

const FAILURES = { 401: "signed-out", 403: "refused", 404: "gone", 410: "gone", 413: "too-large", 429: "too-fast" };

/** Why the server did not do it, by the status of its answer. */
export function sayFailure(status) {
  return say(FAILURES[status] ?? "failed");
}

export function toast(text, options = {}) {
  document.dispatchEvent(new CustomEvent("multaqa:toast", { detail: { text, ...options } }));
}

/** An icon of the sprite, found through one that the page already shows. */
export function icon(name, extra = "") {
  const shown = document.querySelector("svg.icon use")?.getAttribute("href") ?? "/static/icons.svg#";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${shown.split("#")[0]}#i-${name}`);
  svg.append(use);
  return svg;
}
