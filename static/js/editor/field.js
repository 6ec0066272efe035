// The textarea and the hidden word beside it that tells the server whether it holds HTML or plain text.

export function field(textarea) {
  const name = textarea.dataset.formatName;
  const hidden = name ? textarea.form?.elements.namedItem(name) : null;
  return {
    get format() {
      return hidden?.value ?? "plain";
    },
    set format(word) {
      if (hidden) hidden.value = word;
    },
    set(value, format) {
      textarea.value = value;
      this.format = format;
      changed(textarea);
    },
    append(text) {
      const before = textarea.value.trimEnd();
      this.set(before ? `${before}\n\n${text}\n\n` : `${text}\n\n`, this.format);
      textarea.focus();
      textarea.setSelectionRange(textarea.value.length, textarea.value.length);
    },
  };
}

export function changed(textarea) {
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

export function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

// As network.text.from_plain does: paragraphs, line breaks, and "> " lines as quotes.
export function plainToHtml(text, depth = 0) {
  const out = [];
  let run = [];
  let quoted = [];
  const close = () => {
    if (quoted.length) out.push(`<blockquote>${plainToHtml(quoted.join("\n"), depth + 1)}</blockquote>`);
    if (run.length) out.push(`<p>${run.map(escapeHtml).join("<br>")}</p>`);
    run = [];
    quoted = [];
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const quote = depth < 3 && /^ {0,3}> ?(.*)$/.exec(line);
    if (quote) {
      if (run.length) close();
      quoted.push(quote[1]);
    } else if (!line.trim()) {
      close();
    } else {
      if (quoted.length) close();
      run.push(line.trim());
    }
  }
  close();
  return out.join("");
}

// The other way, for when the editor cannot be had and the box holds HTML. The parsed document is inert: nothing in it runs.
export function htmlToPlain(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("br")) element.replaceWith("\n");
  for (const element of body.querySelectorAll("li")) element.prepend("- ");
  for (const element of body.querySelectorAll("blockquote")) {
    const lines = [...element.children]
      .map((child) => child.textContent)
      .join("\n")
      .split("\n");
    element.textContent = lines
      .filter(Boolean)
      .map((line) => `> ${line}`)
      .join("\n");
  }
  for (const element of body.querySelectorAll("p, li, h2, h3, h4, blockquote, tr, pre"))
    element.append(element.tagName === "LI" ? "\n" : "\n\n");
  return body.textContent.trim();
}
