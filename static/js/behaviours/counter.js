// A counter that lives: <span data-count="notices" data-behaviour="counter">.

const number = new Intl.NumberFormat(`${document.documentElement.lang || "ar"}-u-nu-${document.documentElement.dataset.digits === "eastern" ? "arab" : "latn"}`);

export function connect(counter) {
  const write = (value) => {
    counter.hidden = value < 1;
    counter.textContent = value > 99 ? `${number.format(99)}+` : number.format(value);
  };
  const onCount = (event) => {
    if (event.detail.name === counter.dataset.count) write(Number(event.detail.value) || 0);
  };
  document.addEventListener("multaqa:count", onCount);
  document.dispatchEvent(new CustomEvent("multaqa:counting", { detail: { name: counter.dataset.count } }));
  return () => document.removeEventListener("multaqa:count", onCount);
}
