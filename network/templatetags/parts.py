"""Parts of pages that are rendered once and shown often. What differs at each request stands in them as marks, filled in at the end.

Rendering is most of what a page costs, and most of a page is the same as a moment ago. A part is kept under everything it shows, so it is
never another reader's and never old by more than a minute (a new name of a place).
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Engine
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString

from network.kept import KeptCache
from network.requests import language

register = template.Library()

PARTS = KeptCache("parts", {"OPTIONS": {"MAX_ENTRIES": 3_000}})
SECONDS = 60
_INDENT = re.compile(r"\s*\n\s*")
# New in each process, so that no text of ours or of a reader holds them.
_HERE, _TOKEN, *_MARKS = (f"\U000f0000{secrets.token_hex(6)}" for _ in range(10))


@register.simple_tag(takes_context=True)
def fixed(context: Context, name: str, **values: str | int | bool | None) -> SafeString:
    """Include a part that depends on nothing but its language and these values; rendered once a process for each.

    The part sees only `values`: no actor, no request, no token.
    """
    engine = _engine(context)
    key = tuple(sorted((word, value if value is not None else "") for word, value in values.items()))
    render = _fixed.__wrapped__ if settings.DEBUG else _fixed
    return render(engine, name, language(), settings.ROOT_URLCONF, key)


@lru_cache(maxsize=2048)
def _fixed(engine: Engine, name: str, language: str, urls: str, values: tuple[tuple[str, str | int | bool], ...]) -> SafeString:
    return SafeString(_tight(engine.get_template(name).render(Context(dict(values)))))  # nosec B703 # the engine rendered it


@register.simple_tag(takes_context=True)
def shell(context: Context, name: str, **values: str | int | bool) -> SafeString:
    """Include a part that depends on the reader: rendered once a minute for each reader, language, place and counts.

    The part sees `actor`, `nav`, `here_space_id`, `notices_unread`, `chat_unread`, `languages`, `blank` (a form without anything in it), `values` and the
    form token. A truth value makes a part of its own; a text or number, the token and the page's own address stand in it as marks.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or context.get("query") or settings.DEBUG:
        around = {str(key): value for key, value in context.flatten().items()}
        return _engine(context).get_template(name).render(context.new({**around, **values}))
    flags = {word: value for word, value in values.items() if isinstance(value, bool)}
    marks = dict(zip((word for word in values if word not in flags), _MARKS, strict=False))
    key = (name, *_reader(context, request), *flags.values())
    html = PARTS.get(key)
    if html is None:
        seen: dict[str, Any] = {
            word: context.get(word) for word in ("actor", "nav", "here_space_id", "LANGUAGE_CODE", "LANGUAGE_BIDI", "demo", "blank")
        }
        languages = [(code, own, f"/{code}/{_HERE}") for code, own in settings.LANGUAGE_NAMES.items()]
        seen.update(
            {
                "notices_unread": _count(context, "notices_unread"),
                "chat_unread": _count(context, "chat_unread"),
                "languages": languages,
                "csrf_token": _TOKEN,
            },
            **flags,
            **marks,
        )
        html = _tight(_engine(context).get_template(name).render(Context(seen)))
        PARTS.set(key, html, SECONDS)
    if _HERE in html:
        here, path = f"/{language()}/", request.get_full_path()
        html = html.replace(_HERE, escape(path.removeprefix(here)) if path.startswith(here) else "")
    for word, mark in marks.items():
        html = html.replace(mark, escape(values[word]))
    return _with_token(html, context)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept "topic-head" topic.pk topic.version %}…{% endkept %}`: what stands between is rendered once a minute for each language and
    these values, which must say everything it shows. Form tokens inside are filled in at each request."""
    _tag, *keys = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, [parser.compile_filter(key) for key in keys])


class KeptNode(template.Node):
    def __init__(self, nodelist: NodeList, keys: list[FilterExpression]) -> None:
        self.nodelist, self.keys = nodelist, keys

    def render(self, context: Context) -> SafeString:
        if settings.DEBUG:
            return self.nodelist.render(context)
        key = (language(), *(key.resolve(context) for key in self.keys))
        html = PARTS.get(key)
        if html is None:
            with context.push(csrf_token=_TOKEN):
                html = _tight(self.nodelist.render(context))
            PARTS.set(key, html, SECONDS)
        return _with_token(html, context)


def _tight(html: str) -> str:
    """Without the indentation of the templates: it weighs, and says nothing. (No part holds <pre> or a text that somebody wrote in lines.)"""
    return _INDENT.sub("\n", html)


def _with_token(html: str, context: Context) -> SafeString:
    if _TOKEN in html:
        html = html.replace(_TOKEN, str(context.get("csrf_token") or ""))
    # Safe: what stands for the marks is escaped or our own, the rest was rendered by the engine.
    return SafeString(html)  # nosec B703 # see above


def _reader(context: Context, request: HttpRequest) -> tuple[Any, ...]:
    """What every part of the shell depends on, worked out once a request."""
    known: tuple[Any, ...] | None = getattr(request, "_reader_key", None)
    if known is None or known[0] != language():
        actor = context.get("actor")
        user = actor.user if actor is not None else None
        who = (user.pk, user.rights) if user is not None else (None, 0)
        place = (context.get("nav"), context.get("here_space_id"), _count(context, "notices_unread"), _count(context, "chat_unread"))
        known = request._reader_key = (language(), *who, *place, context.get("demo"), settings.ROOT_URLCONF)  # type: ignore[attr-defined]
    return known


def _count(context: Context, name: str) -> int:
    unread = context.get(name)
    return min(int(unread() if callable(unread) else unread or 0), 100)


def _engine(context: Context) -> Engine:
    return context.template.engine  # type: ignore[union-attr]  # set while a template renders
