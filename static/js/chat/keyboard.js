// A phone's keyboard covers the foot of the page without telling its layout: the room ends where the keyboard begins.

const LEAST = 120; // less than that is a bar of the browser

export function followKeyboard(signal) {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    const writing = document.activeElement?.matches("textarea, input");
    const covered = innerHeight - view.height;
    const isUp = writing && view.scale === 1 && covered > LEAST;
    document.documentElement.style.setProperty("--keyboard", isUp ? `${Math.round(covered)}px` : "0px");
    document.body.classList.toggle("has-keyboard", Boolean(isUp));
    if (isUp) scrollTo(0, 0);
  };
  view.addEventListener("resize", fit, { signal });
  view.addEventListener("scroll", fit, { signal });
  document.addEventListener("focusout", () => setTimeout(fit, 50), { signal });
  signal.addEventListener("abort", () => {
    document.documentElement.style.removeProperty("--keyboard");
    document.body.classList.remove("has-keyboard");
  });
}
