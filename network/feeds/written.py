"""A channel written as Atom 1.0, RSS 2.0 or JSON Feed 1.1: text in, bytes out; no query, no request."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from network.entities.news import RTL, Item

FORMS = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
# What no XML 1.0 document may hold, escaped or not (XML 1.0, 2.2).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OWN = re.compile(r'((?:href|src|cite)=")/(?!/)')


@dataclass(frozen=True, slots=True)
class Channel:
    """Whose news, in which language the feed itself speaks. `origin` is https://host; `path` and `page` begin with a slash."""

    title: str
    about: str
    language: str
    origin: str
    path: str
    page: str
    items: Sequence[Item]
    since: datetime  # what it says of its last change when it is empty

    @property
    def updated(self) -> datetime:
        return max((item.updated for item in self.items), default=self.since)


def write(channel: Channel, form: str) -> bytes:
    """The channel as `form`: one of FORMS."""
    text = {"atom": _atom, "rss": _rss, "json": _json}[form](channel)
    return text.encode("utf-8")


def _atom(channel: Channel) -> str:
    entries = "".join(_entry(channel, item) for item in channel.items)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{channel.language}">'
        f"<title>{_text(channel.title)}</title><subtitle>{_text(channel.about)}</subtitle>"
        f"<id>{_text(_id(channel.origin, channel.path))}</id>"
        f'<link rel="self" type="application/atom+xml" href={_attribute(channel.origin + channel.path)}/>'
        f'<link rel="alternate" type="text/html" hreflang="{channel.language}" href={_attribute(channel.origin + channel.page)}/>'
        f"<updated>{_stamp(channel.updated)}</updated><generator>Multaqa</generator>{entries}</feed>\n"
    )


def _entry(channel: Channel, item: Item) -> str:
    address = _address(channel, item.path)
    return (
        f'<entry xml:lang="{_text(item.language)}"><title>{_text(item.title)}</title><id>{_text(_id(channel.origin, item.key))}</id>'
        f'<link rel="alternate" type="text/html" href={_attribute(address)}/>'
        f"<published>{_stamp(item.published)}</published><updated>{_stamp(item.updated)}</updated>"
        f"<author><name>{_text(item.by)}</name><uri>{_text(_address(channel, item.by_path))}</uri></author>"
        f'<content type="html">{_text(_framed(channel, item))}</content></entry>'
    )


def _rss(channel: Channel) -> str:
    items = "".join(
        f"<item><title>{_text(item.title)}</title><link>{_text(_address(channel, item.path))}</link>"
        f'<guid isPermaLink="false">{_text(_id(channel.origin, item.key))}</guid>'
        f"<pubDate>{format_datetime(item.published.astimezone(UTC), usegmt=True)}</pubDate>"
        f"<dc:creator>{_text(item.by)}</dc:creator><dc:language>{_text(item.language)}</dc:language>"
        f"<description>{_text(_framed(channel, item))}</description></item>"
        for item in channel.items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{_text(channel.title)}</title><link>{_text(channel.origin + channel.page)}</link>"
        f"<description>{_text(channel.about or channel.title)}</description><language>{channel.language}</language>"
        f'<atom:link rel="self" type="application/rss+xml" href={_attribute(channel.origin + channel.path)}/>'
        f"<lastBuildDate>{format_datetime(channel.updated.astimezone(UTC), usegmt=True)}</lastBuildDate>"
        f"<generator>Multaqa</generator>{items}</channel></rss>\n"
    )


def _json(channel: Channel) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.about,
        "language": channel.language,
        "home_page_url": channel.origin + channel.page,
        "feed_url": channel.origin + channel.path,
        "items": [
            {
                "id": _id(channel.origin, item.key),
                "url": _address(channel, item.path),
                "title": item.title,
                "content_html": _framed(channel, item),
                "content_text": item.text,
                "date_published": _stamp(item.published),
                "date_modified": _stamp(item.updated),
                "language": item.language,
                "authors": [{"name": item.by, "url": _address(channel, item.by_path)}],
            }
            for item in channel.items
        ],
    }
    return json.dumps(feed, ensure_ascii=False)


def _framed(channel: Channel, item: Item) -> str:
    """The text with its direction: readers of feeds know none. Addresses of ours become whole; `html` is clean, so they are plain to find."""
    html = _OWN.sub(rf"\g<1>{channel.origin}/", item.html)
    return f'<div dir="{item.direction}" lang="{item.language}">{html}</div>'


def _address(channel: Channel, path: str) -> str:
    return path if path.startswith("http") else f"{channel.origin}/{channel.language}{path}"


def _id(origin: str, key: str) -> str:
    """A name that stays when host or scheme change their spelling (RFC 4151)."""
    host = (urlsplit(origin).hostname or "localhost").lower()
    return f"tag:{host},2026:{key}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(words: str) -> str:
    return escape(_FORBIDDEN.sub("", words))


def _attribute(words: str) -> str:
    return quoteattr(_FORBIDDEN.sub("", words))


def direction_of(language: str) -> str:
    return "rtl" if language in RTL else "ltr"
