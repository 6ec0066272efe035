"""People and institutions named in a text: `@handle` typed, or a mention put in by the editor."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from network.text.clean import HANDLE, guard
from network.text.limits import MAX_MENTIONS
from network.text.tree import Element, read


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Someone who may be named: `path` is their page, `name` what is shown, (`kind`, `id`) who it is."""

    kind: Literal["person", "entity"]
    id: int
    name: str
    path: str


Resolver = Callable[[set[str]], dict[str, Mentioned]]


def find_handles(html: str) -> list[str]:
    """The handles named in clean HTML, in order, each once in the case in which it was first typed."""
    root, _, _ = read(html)
    seen: dict[str, str] = {}
    for handle in _handles(root):
        seen.setdefault(handle.casefold(), handle)
    return list(seen.values())


def render_mentions(html: str, resolve: Resolver) -> tuple[str, list[Mentioned], list[str]]:
    """Clean HTML with its mentions as links, who is mentioned, and the handles that name nobody.

    `resolve` is asked once, with every handle as typed, and answers by those handles. At most 20 different ones are
    looked up; the rest, like the unknown, stay as they were typed and are returned, so that a form may say so.
    """
    handles = find_handles(html)
    if not handles:
        return html, [], []
    found = resolve(set(handles[:MAX_MENTIONS]))
    known = {handle.casefold(): someone for handle, someone in found.items()}
    root, _, _ = read(html)
    _replace(root, known)
    mentioned = list(dict.fromkeys(known[h.casefold()] for h in handles if h.casefold() in known))
    return guard(root.html()), mentioned, [h for h in handles if h.casefold() not in known]


def _handles(parent: Element) -> Iterable[str]:
    for kid in parent.kids:
        if isinstance(kid, str):
            yield from (match.group(1).rstrip(".-") for match in _TYPED.finditer(kid))
        elif kid.attrs.get("class") == "mention":
            yield _handle_of(kid)
        elif kid.tag not in _QUIET:
            yield from _handles(kid)


def _replace(parent: Element, known: dict[str, Mentioned]) -> None:
    kids: list[Element | str] = []
    for kid in parent.kids:
        if isinstance(kid, str):
            kids.extend(_replace_typed(kid, known))
        elif kid.attrs.get("class") == "mention":
            handle = _handle_of(kid)
            someone = known.get(handle.casefold())
            kids.append(_link(handle, someone) if someone else f"@{handle}")
        else:
            if kid.tag not in _QUIET:
                _replace(kid, known)
            kids.append(kid)
    parent.kids = kids


def _replace_typed(text: str, known: dict[str, Mentioned]) -> Iterable["Element | str"]:
    start = 0
    for match in _TYPED.finditer(text):
        handle = match.group(1).rstrip(".-")
        someone = known.get(handle.casefold())
        if someone:
            if text[start : match.start()]:
                yield text[start : match.start()]
            yield _link(handle, someone)
            start = match.start() + 1 + len(handle)
    if text[start:]:
        yield text[start:]


def _link(handle: str, someone: Mentioned) -> Element:
    # The handle travels along so that editing the text finds the same one again; clean_html believes nothing else.
    attrs = {
        "class": "mention",
        "href": someone.path,
        "data-mention": f"{someone.kind}-{someone.id}",
        "data-handle": handle,
    }
    return Element("a", attrs, [Element("bdi", kids=[f"@{someone.name}"])])


def _handle_of(link: Element) -> str:
    return link.attrs.get("data-handle") or link.attrs.get("href", "").removeprefix("/@")


_TYPED = re.compile(rf"(?<![\w@/.+-])@({HANDLE})(?![\w@])")
_QUIET = frozenset(("a", "code", "pre"))
