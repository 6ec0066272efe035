// Hides what it is told to; with data-dismiss-key it stays hidden in this browser.

export function connect(button) {
  const target = button.dataset.dismiss ? document.querySelector(button.dataset.dismiss) : button.closest("[data-dismissable]");
  const key = button.dataset.dismissKey && `dismissed:${button.dataset.dismissKey}`;
  button.hidden = false;
  try {
    if (key && localStorage.getItem(key)) target?.setAttribute("hidden", "");
  } catch {
    // Shown once more.
  }
  const hide = () => {
    target?.setAttribute("hidden", "");
    try {
      if (key) localStorage.setItem(key, "yes");
    } catch {
      // Hidden for now.
    }
  };
  button.addEventListener("click", hide);
  return () => button.removeEventListener("click", hide);
}
