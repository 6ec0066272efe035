"""What the cleaner lets through is shown to real Chromium, which has the last word on what HTML means."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from network.text import TextRefused, clean_html
from network.text.clean import TAGS

# Neither database nor layer stands behind this: once is enough.
pytestmark = [pytest.mark.browser, pytest.mark.shape("embedded")]
OURS = Path(__file__).parent.parent / "corpora" / "html_vectors.json"
SHARED = Path(settings.BASE_DIR).parent / "shared" / "corpora"
BATCH = 60
ATTRIBUTES = "dir lang title class href src alt width height colspan rowspan scope start cite rel data-mention data-handle".split()

# One frame a vector: what one of them breaks, the next does not see. Each frame tells whether anything ran, then what it holds.
ORACLE = """
async ({ vectors, tags, attributes, look }) => {
  const fired = new Set()
  window.fired = (position) => fired.add(position)
  const EVENTS = ["click", "dblclick", "mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "mouseout", "pointerenter",
    "pointerdown", "focus", "focusin", "blur", "keydown", "keyup", "input", "change", "toggle", "animationstart", "error", "load",
    "wheel", "copy", "paste", "contextmenu", "submit", "scroll", "touchstart"]
  // A form may hide its own properties behind the names of its fields.
  const own = Element.prototype
  const ATTRIBUTES = function () {
    return own.getAttributeNames.call(this).map((name) => ({ name, value: own.getAttribute.call(this, name) }))
  }
  const frames = vectors.map((html, position) => {
    const frame = document.createElement("iframe")
    const hook = `for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => parent.fired(${position});` +
      `addEventListener("click", (e) => { const a = e.target.closest("a"); if (a && !/^(javascript|data|vbscript):/.test(a.protocol)) e.preventDefault() }, true)`
    frame.srcdoc = `<!doctype html><body><script>${hook}</${"script"}><div id="w">${html}</div><i id="end"></i>`
    return frame
  })
  const loaded = frames.map((frame) => new Promise((done) => { frame.onload = done; setTimeout(done, 3000) }))
  document.body.replaceChildren(...frames)
  await Promise.all(loaded)
  await new Promise((done) => setTimeout(done, 150))
  const wrong = []
  frames.forEach((frame, position) => {
    const page = frame.contentDocument
    const wrapper = page?.getElementById("w")
    if (look) {
      const say = (what) => wrong.push(`${position}: ${what}`)
      if (!wrapper) return say("the wrapper is gone")
      if (wrapper.nextElementSibling?.id !== "end" || page.body.children.length !== 3) say("escaped from the wrapper")
      for (const element of [...wrapper.querySelectorAll("*")]) {
        if (!tags.includes(element.localName) || element.namespaceURI !== "http://www.w3.org/1999/xhtml") say(`<${element.localName}>`)
        for (const { name, value } of ATTRIBUTES.call(element)) {
          if (!attributes.includes(name)) say(`${name}=`)
          if (["href", "src", "cite"].includes(name)) {
            const address = new URL(value, "https://multaqa.example/topics/1/")
            const ours = address.origin === "https://multaqa.example"
            if (!["http:", "https:", "mailto:", "tel:"].includes(address.protocol)) say(`address ${value}`)
            if (name !== "href" && !ours) say(`remote ${value}`)
            if (!ours && /^(?!https?:\\/\\/|mailto:|tel:)/i.test(value)) say(`another host in disguise: ${value}`)
          }
        }
      }
      const again = page.createElement("div")
      again.innerHTML = wrapper.innerHTML
      if (!again.isEqualNode(Object.assign(wrapper.cloneNode(true), {id: ""})) && again.innerHTML !== wrapper.innerHTML) say("another tree at the second reading")
    }
    for (const element of wrapper?.querySelectorAll("*") ?? []) {
      for (const name of EVENTS) {
        try { element.dispatchEvent(new (frame.contentWindow ?? window).Event(name, { bubbles: true, cancelable: true })) } catch { /* gone with its frame */ }
      }
      try { element.click?.(); element.focus?.() } catch { /* gone */ }
    }
  })
  await new Promise((done) => setTimeout(done, 150))
  document.body.replaceChildren()
  return { fired: [...fired], wrong }
}
"""


def shown(chromium: Browser, vectors: list[str], *, look: bool) -> tuple[set[int], list[str]]:
    """The positions of the vectors that ran something, and what the browser found that may not be there."""
    fired: set[int] = set()
    wrong: list[str] = []
    for start in range(0, len(vectors), BATCH):
        context = chromium.new_context()
        context.route("**/*", lambda route: route.abort())
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.dismiss())
        batch = vectors[start : start + BATCH]
        found: dict[str, Any] = page.evaluate(ORACLE, {"vectors": batch, "tags": sorted(TAGS), "attributes": ATTRIBUTES, "look": look})
        fired |= {start + position for position in found["fired"]}
        wrong += [f"{line} | {batch[int(line.split(':')[0])]!r}" for line in found["wrong"]]
        context.close()
    return fired, wrong


def cleaned(vectors: list[str]) -> list[str]:
    out = []
    for raw in vectors:
        try:
            out.append(clean_html(raw).html)
        except TextRefused:
            out.append("")
    return list(dict.fromkeys(html for html in out if html))  # what is empty or the same need not be shown twice


def ours() -> list[str]:
    return [vector["html"] for vector in json.loads(OURS.read_text())]


def shared() -> list[str]:
    if not SHARED.is_dir():
        pytest.skip("../shared/corpora does not stand beside this checkout")
    markup = [vector["html"] for vector in json.loads((SHARED / "html_vectors.json").read_text())]
    return markup + list(json.loads((SHARED / "naughty_strings.json").read_text()))


def test_our_vectors_run_nothing_and_hold_only_what_is_allowed(chromium: Browser) -> None:
    fired, wrong = shown(chromium, cleaned(ours()), look=True)
    assert (fired, wrong) == (set(), [])


def test_the_shared_corpora_run_nothing_and_hold_only_what_is_allowed(chromium: Browser) -> None:
    fired, wrong = shown(chromium, cleaned(shared()), look=True)
    assert (fired, wrong) == (set(), [])


def test_the_same_vectors_left_raw_do_run(chromium: Browser) -> None:
    """The control: an oracle that hears nothing in the raw vectors would prove nothing about the cleaned ones."""
    raw = [vector.encode("utf-8", "replace").decode() for vector in ours()]
    fired, wrong = shown(chromium, raw, look=True)
    assert len(fired) / len(raw) >= 0.15
    for finding in ("the wrapper", "<svg>", "onerror=", "address javascript:", "another host in disguise: //", "another tree"):
        assert any(finding in line for line in wrong), finding
