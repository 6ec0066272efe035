// A text box that grows with its text, where the browser does not do it by CSS (field-sizing).

export function connect(box) {
  if (CSS.supports("field-sizing", "content")) return undefined;
  const least = box.rows;
  const most = () => innerHeight * 0.6;
  const fit = () => {
    box.rows = 1;
    const line = parseFloat(getComputedStyle(box).lineHeight) || 24;
    box.rows = Math.max(least, Math.ceil(Math.min(box.scrollHeight, most()) / line));
  };
  box.addEventListener("input", fit);
  fit();
  return () => box.removeEventListener("input", fit);
}
