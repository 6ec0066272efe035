"""A mail's HTML and text from its templates: styles stand in the elements, addresses are whole, nothing is loaded from anywhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from network.text.plain import to_plain
from network.text.tree import Element, read


def render(name: str, context: dict[str, Any]) -> tuple[str, str]:
    """HTML and text of `notices/email/<name>.html|.txt` in the active language."""
    rtl = get_language_bidi()
    around = {
        "lang": (get_language() or settings.LANGUAGE_CODE)[:2],
        "dir": "rtl" if rtl else "ltr",
        "start": "right" if rtl else "left",
        "origin": settings.LINK_ORIGIN,
        **context,
    }
    html = render_to_string(f"notices/email/{name}.html", around)
    text = render_to_string(f"notices/email/{name}.txt", around)
    return _inliner().inline(html), _tidy(text)


def words_of(html: str) -> SafeString:
    """A text that somebody wrote, as mail can show it: whole addresses, pictures as links, nothing that loads by itself."""
    root, _deepest, _nodes = read(html)
    for element in root.walk():
        for at, kid in enumerate(element.kids):
            if isinstance(kid, Element):
                element.kids[at] = _settled(kid)
    root.kids = [_settled(kid) if isinstance(kid, Element) else kid for kid in root.kids]
    return mark_safe(root.html())  # noqa: S308  # nosec B308 B703 # clean when it was stored; only addresses were made whole


def text_of(html: str) -> str:
    """The same as plain words."""
    return to_plain(html)


def _settled(element: Element) -> Element:
    if element.tag == "img":
        words = element.attrs.get("alt") or _("Picture")
        return Element("a", {"href": _whole(element.attrs.get("src", ""))}, [words])
    if "href" in element.attrs:
        element.attrs["href"] = _whole(element.attrs["href"])
    return element


def _whole(address: str) -> str:
    from notices.mail.links import absolute  # noqa: PLC0415 -- links reads this room's kinds

    if not address.startswith("/"):
        return address
    return f"{settings.LINK_ORIGIN}{address}" if address.startswith("/files/") else absolute(address)


@cache
def _inliner() -> css_inline.CSSInliner:
    """The style sheet is read once; what its media queries say stays in the head for the mail programs that know them."""
    style = get_template("notices/email/style.css").render()
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True, extra_css=style)


def _tidy(text: str) -> str:
    """No more than one empty line, none at the ends."""
    lines: list[str] = []
    for line in text.splitlines():
        words = line.rstrip()
        if words or (lines and lines[-1]):
            lines.append(words)
    return "\n".join(lines).strip() + "\n"


__all__ = ["escape", "render", "text_of", "words_of"]
