// Arrow keys walk the links or buttons of a segmented choice, in the direction of the page; data-submit sends at once.

export function connect(group) {
  const onKey = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const choices = [...group.querySelectorAll(":scope > a, :scope > button")];
    const here = choices.indexOf(document.activeElement);
    if (here < 0) return;
    event.preventDefault();
    const forward = (event.key === "ArrowLeft") === (getComputedStyle(group).direction === "rtl");
    choices[(here + (forward ? 1 : -1) + choices.length) % choices.length].focus();
  };
  const onChange = () => {
    if ("submit" in group.dataset) group.closest("form")?.requestSubmit();
  };
  group.addEventListener("keydown", onKey);
  group.addEventListener("change", onChange);
  return () => {
    group.removeEventListener("keydown", onKey);
    group.removeEventListener("change", onChange);
  };
}
