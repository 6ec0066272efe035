// The sentences of scripts are translated in templates/components/sentences.html.

export function say(name) {
  return document.querySelector(`#sentences [data-say="${name}"]`)?.textContent.trim() ?? "";
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
