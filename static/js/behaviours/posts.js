// Posts on a page: reactions without leaving it, the post's menu beside its button, how far one has read, and an empty box
// after sending. Without script the same buttons post, the same links open, and a button says "read up to here".
//   <section data-behaviour="posts" data-read="/topics/42/read/" data-read-number="17" data-sign-in="…">
import { openMenu } from "../floating-menu.js";
import { post as tell } from "../post.js";
import { say, sayFailure, toast } from "../say.js";

const READ_AFTER = 1_200

export function connect(posts) {
  const stop = new AbortController()
  const { signal } = stop
  // The reader's own reactions, "7-heart": frames do not know the reader, so what they bring is marked again.
  const mine = new Set([...posts.querySelectorAll(".reactions button[aria-pressed=true]")].map(nameOf))

  posts.addEventListener("click", (event) => {
    const button = event.target.closest(".reactions button[formaction]")
    if (button) {
      event.preventDefault()
      return react(button)
    }
    const link = event.target.closest("a[data-menu]")
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
      event.preventDefault()
      openMenu(link, react)
    }
  }, { signal })
  // A word for whoever points at a heart or an eye; it need not travel with every post.
  posts.addEventListener("mouseover", (event) => {
    const button = event.target.closest(".reactions button[aria-label]")
    if (button && !button.title) button.title = button.getAttribute("aria-label")
  }, { signal, passive: true })
  document.addEventListener("live:applied", (event) => {
    if (posts.contains(event.detail.element)) mark(event.detail.element)
  }, { signal })

  // --- Reactions ---

  async function react(button) {
    if (posts.dataset.signIn) {
      location.assign(posts.dataset.signIn)
      return
    }
    const name = nameOf(button)
    const on = button.getAttribute("aria-pressed") !== "true"
    const address = button.getAttribute("formaction")
    paint(button, on) // at once; the answer has the last word
    let answer
    try {
      answer = await post(address, { kind: button.value })
    } catch {
      paint(button, !on)
      toast(say("no-line"), { tone: "danger" })
      return
    }
    if (!answer.ok) {
      paint(button, !on)
      toast(sayFailure(answer.status), { tone: "danger" })
      return
    }
    if (on) mine.add(name)
    else mine.delete(name)
    const id = name.split("-")[0]
    const shown = document.getElementById(`post-${id}`)
    const holder = document.createElement("template")
    holder.innerHTML = await answer.text()
    const fresh = holder.content.firstElementChild
    if (!shown || fresh?.id !== shown.id || Number(fresh.dataset.version) < Number(shown.dataset.version)) return
    const focused = shown.contains(document.activeElement)
    shown.replaceWith(fresh)
    window.htmx?.process(fresh)
    if (focused) fresh.querySelector(`.reactions button[value="${button.value}"]`)?.focus({ preventScroll: true })
  }

  function mark(element) {
    for (const button of element.querySelectorAll(".reactions button[formaction]")) if (mine.has(nameOf(button))) paint(button, true)
  }

  // --- How far one has read ---

  let read = Number(posts.dataset.readNumber ?? 0)
  let reached = read
  let timer = 0
  let eyes = null
  if (posts.dataset.read && "IntersectionObserver" in window) {
    eyes = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) reached = Math.max(reached, Number(entry.target.dataset.number))
      if (reached > read) {
        clearTimeout(timer)
        timer = setTimeout(sayRead, READ_AFTER)
      }
    }, { rootMargin: "0px 0px -15% 0px" })
    const watch = () => posts.querySelectorAll("[data-number]").forEach((element) => eyes.observe(element))
    watch()
    document.addEventListener("live:applied", watch, { signal })
    document.addEventListener("visibilitychange", () => document.hidden && reached > read && sayRead(), { signal })
  }

  function sayRead() {
    clearTimeout(timer)
    if (document.hidden && reached <= read) return
    read = reached
    post(posts.dataset.read, { number: read }).catch(() => { /* the next page says it again */ })
    // Seeing the thing itself marks what was told about it, as far as one has read.
    const thread = posts.querySelector("[data-stream]")?.dataset.stream ?? posts.dataset.stream
    if (thread) post("/notices/seen/", { thread, number: read }).catch(() => { /* the bell keeps its number a while */ })
  }

  // --- After sending ---

  document.addEventListener("multaqa:sent", (event) => {
    const form = event.target
    if (form.id !== "reply") return
    form.reset()
    const answered = form.elements.namedItem("reply_to")
    if (answered) answered.value = ""
    form.querySelectorAll(".note-danger:not([data-send-failed]), .field-error").forEach((element) => element.remove())
  }, { signal })

  return () => {
    stop.abort()
    clearTimeout(timer)
    eyes?.disconnect()
  }
}

function nameOf(button) {
  return `${/\/posts\/(\d+)\//.exec(button.getAttribute("formaction"))?.[1]}-${button.value}`
}

function paint(button, on) {
  button.setAttribute("aria-pressed", String(on))
  const base = button.getAttribute("formaction").replace(/end\/$/, "")
  button.setAttribute("formaction", on ? `${base}end/` : base)
}

function post(address, values) {
  return tell(address, new URLSearchParams(values), { headers: { "HX-Request": "true" } })
}
