// Select words in a post, and a button to quote them floats beside the selection. Connect it on whatever holds the posts:
//   <section id="posts" data-behaviour="quote" data-quote-label="…" data-quote-into="#reply textarea">
// A post says where it lives and who wrote it: <article class="post" id="post-7" data-path="/posts/7/" data-author="…">;
// its link <a class="to-quote" href="?quote=7"> works without script and, with it, quotes the whole post at once.
import { escapeHtml } from "../editor/field.js";

export function connect(posts) {
  const stop = new AbortController();
  const { signal } = stop;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quote-button";
  button.textContent = posts.dataset.quoteLabel ?? "";
  button.hidden = true;
  let chosen = null;

  // The press would end the selection before the click arrives.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    if (chosen) insert(chosen.post, chosen.text);
    getSelection().removeAllRanges();
    hide();
  });
  document.addEventListener(
    "selectionchange",
    () => {
      clearTimeout(connect.timer);
      connect.timer = setTimeout(look, 120);
    },
    { signal },
  );
  document.addEventListener("scroll", () => !button.hidden && look(), { signal, passive: true, capture: true });

  posts.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a.to-quote");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const post = link.closest(".post");
      const box = composer();
      if (!post || !box) return; // the plain link brings the quote from the server
      event.preventDefault();
      const body = post.querySelector(".prose")?.cloneNode(true);
      for (const quote of body?.querySelectorAll("blockquote") ?? []) quote.remove();
      insert(post, wordsOf(body));
    },
    { signal },
  );

  function look() {
    const selection = getSelection();
    const text = selection.toString().trim();
    const post = text && selection.rangeCount ? postOf(selection) : null;
    if (!post || !composer()) return hide();
    chosen = { post, text };
    if (!button.isConnected) posts.after(button);
    const box = selection.getRangeAt(0).getBoundingClientRect();
    button.hidden = false;
    button.style.position = "fixed";
    button.style.zIndex = "50";
    const { width, height } = button.getBoundingClientRect();
    const left = box.left + box.width / 2 - width / 2;
    button.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    button.style.top = `${box.bottom + height + 16 < innerHeight ? box.bottom + 8 : Math.max(8, box.top - height - 8)}px`;
  }

  function postOf(selection) {
    const range = selection.getRangeAt(0);
    const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
    const body = element(range.startContainer).closest(".prose");
    if (!body || !posts.contains(body)) return null;
    if (!body.contains(range.endContainer)) {
      // A triple click ends at the start of the next block: nothing of another post may be in it.
      const inside = range.cloneRange();
      inside.setEnd(body, body.childNodes.length);
      const bare = (text) => text.replace(/\s+/g, "");
      if (bare(inside.toString()) !== bare(range.toString())) return null;
    }
    return body.closest(".post");
  }

  function insert(post, text) {
    const box = composer();
    const author = post.dataset.author ?? post.querySelector(".author")?.textContent.trim() ?? "";
    const path = post.dataset.path ?? `/posts/${post.id.replace("post-", "")}/`;
    const lines = text
      .split(/\n+/)
      .map((line) => line.trim())
      .filter(Boolean);
    const html = `<blockquote class="quote" cite="${escapeHtml(path)}"><p class="quote-author">${escapeHtml(author)}</p>${lines
      .map((line) => `<p>${escapeHtml(line)}</p>`)
      .join("")}</blockquote>`;
    const plain = [author && `> ${author}:`, ...lines.map((line) => `> ${line}`)].filter(Boolean).join("\n");
    box.dispatchEvent(new CustomEvent("multaqa:insert", { detail: { html, plain } }));
    box.form?.scrollIntoView({ block: "nearest" });
  }

  function composer() {
    return document.querySelector(posts.dataset.quoteInto ?? 'form.editor textarea[data-behaviour~="composer"]');
  }

  function hide() {
    chosen = null;
    button.hidden = true;
  }

  return () => {
    stop.abort();
    button.remove();
  };
}

function wordsOf(element) {
  if (!element) return "";
  // innerText of something outside the page knows no lines: blocks say theirs.
  for (const block of element.querySelectorAll("p, li, h2, h3, h4, br, tr")) block.append("\n");
  return element.textContent.trim();
}
