// The files one has chosen, with their sizes, before they are sent; too large, too many or too much together is said at once.
//   <div data-behaviour="attach" data-max-bytes="…" data-max-files="10" data-too-large="…" data-too-heavy="…" data-too-many="…" data-remove="…">
//     <input type="file" name="files" multiple> <ul data-attach-list></ul>

export function connect(box) {
  const stop = new AbortController();
  const { signal } = stop;
  const input = box.querySelector('input[type="file"]');
  const list = box.querySelector("[data-attach-list]");
  const form = input.form;
  const maxBytes = Number(box.dataset.maxBytes) || Infinity;
  const maxFiles = Number(box.dataset.maxFiles) || Infinity;
  const format = new Intl.NumberFormat(`${document.documentElement.lang || "en"}-u-nu-latn`, { maximumFractionDigits: 1 });
  let chosen = [];

  // Its label is the button; the list below says what the input would.
  input.classList.add("visually-hidden");

  input.addEventListener(
    "change",
    () => {
      add(input.files);
    },
    { signal },
  );
  form?.addEventListener(
    "multaqa:files",
    (event) => {
      event.preventDefault(); // taken
      add(event.detail.files);
    },
    { signal },
  );
  form?.addEventListener(
    "dragover",
    (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    },
    { signal },
  );
  form?.addEventListener(
    "drop",
    (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      add(event.dataTransfer.files);
    },
    { signal, capture: true },
  );
  form?.addEventListener(
    "reset",
    () => {
      chosen = [];
      show();
    },
    { signal },
  );

  function add(files) {
    const known = new Set(chosen.map(nameOf));
    chosen = [...chosen, ...[...files].filter((file) => !known.has(nameOf(file)))];
    hand();
    show();
  }

  function drop(file) {
    chosen = chosen.filter((other) => other !== file);
    hand();
    show();
    input.focus({ preventScroll: true });
  }

  function hand() {
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    input.files = transfer.files;
  }

  function show() {
    const tooMany = chosen.length > maxFiles;
    const tooLarge = chosen.some((file) => file.size > maxBytes);
    const tooHeavy = !tooLarge && chosen.reduce((sum, file) => sum + file.size, 0) > maxBytes;
    const ofAll = tooMany ? box.dataset.tooMany : tooHeavy ? box.dataset.tooHeavy : "";
    // Setting it holds up the form with the browser's own bubble, in the reader's words.
    input.setCustomValidity(ofAll || (tooLarge ? (box.dataset.tooLarge ?? "") : ""));
    list.replaceChildren(...chosen.map((file) => line(file)));
    list.hidden = !chosen.length;
    if (ofAll) list.append(sentence("li", ofAll));
    form?.dispatchEvent(new CustomEvent("multaqa:attached", { detail: { count: chosen.length } }));
  }

  function line(file) {
    const item = document.createElement("li");
    item.className = "attachment";
    const type = document.createElement("span");
    type.className = "file-type";
    type.textContent = (file.name.split(".").pop() ?? "").slice(0, 4).toUpperCase();
    const words = document.createElement("span");
    words.className = "grow";
    const name = document.createElement("b");
    name.className = "truncate small";
    name.dir = "auto";
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "meta";
    size.textContent = sizeOf(file.size);
    words.append(name, size);
    if (file.size > maxBytes) words.append(sentence("span", box.dataset.tooLarge));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-bare button-icon";
    remove.setAttribute("aria-label", `${box.dataset.remove ?? ""} ${file.name}`.trim());
    remove.textContent = "×";
    remove.addEventListener("click", () => drop(file));
    item.append(type, words, remove);
    return item;
  }

  function sentence(tag, words) {
    const element = document.createElement(tag);
    element.className = "field-error";
    element.setAttribute("role", "alert");
    element.textContent = words ?? "";
    return element;
  }

  function sizeOf(bytes) {
    const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "kilobyte"] : [bytes / 1024 / 1024, "megabyte"];
    try {
      return new Intl.NumberFormat(`${document.documentElement.lang || "en"}-u-nu-latn`, {
        style: "unit",
        unit,
        maximumFractionDigits: 1,
      }).format(amount);
    } catch {
      return format.format(amount);
    }
  }

  return () => {
    stop.abort();
    input.classList.remove("visually-hidden");
  };
}

function nameOf(file) {
  return `${file.name}/${file.size}/${file.lastModified}`;
}
