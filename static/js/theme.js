// Runs before the first paint, so it is small and plain: the chosen theme, if one was chosen in this browser.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system decides.
}
