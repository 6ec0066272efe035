// Light or dark, remembered in this browser; theme.js at the head applies it before the first paint.

export function connect(button) {
  button.hidden = false;
  const root = document.documentElement;
  const toggle = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Not remembered, but done.
    }
  };
  button.addEventListener("click", toggle);
  return () => button.removeEventListener("click", toggle);
}
