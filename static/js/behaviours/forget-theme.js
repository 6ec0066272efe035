// What one chooses in the settings counts in this browser too: the choice of the button in the top bar is forgotten.
export function connect(form) {
  const forget = () => {
    try {
      localStorage.removeItem("theme");
    } catch {
      // Nothing was kept.
    }
  };
  form.addEventListener("submit", forget);
  return () => form.removeEventListener("submit", forget);
}
