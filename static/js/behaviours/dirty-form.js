// Warns before one leaves a form with words that were not saved.

export function connect(form) {
  const snapshot = () => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  let clean = snapshot();
  let leaving = false;
  const onSubmit = () => {
    leaving = true;
  };
  const onAnswer = (event) => {
    leaving = false;
    if (event.detail.successful) clean = snapshot();
  };
  const warn = (event) => {
    if (!leaving && snapshot() !== clean) event.preventDefault();
  };
  form.addEventListener("submit", onSubmit);
  form.addEventListener("htmx:afterRequest", onAnswer);
  addEventListener("beforeunload", warn);
  return () => removeEventListener("beforeunload", warn);
}
