"""Feeds on pages of other rooms: their links in the head, and to click on."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from network.feeds.written import FORMS

register = template.Library()
_NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON"}


@register.simple_tag
def feed_links(entity: Any = None, section: str = "", name: str = "") -> SafeString:
    """`<link rel="alternate">` of an institution's feeds, or of a section's, or of the network's: for the head of a page that everybody sees."""
    if entity is not None:
        title = _("News: %(name)s") % {"name": entity.name}
    else:
        title = _("News: %(name)s") % {"name": name} if section else _("News of the network")
    return format_html_join(
        "",
        '<link rel="alternate" type="{}" title="{} ({})" href="{}">',
        ((FORMS[form].partition(";")[0], title, _NAMES[form], path) for form, path in _paths(entity, section)),
    )


@register.simple_tag
def feed_names(entity: Any = None, section: str = "") -> SafeString:
    """The same to click on: «Atom RSS JSON»."""
    links = ((FORMS[form].partition(";")[0], path, _NAMES[form]) for form, path in _paths(entity, section))
    return format_html_join(" ", '<a type="{}" href="{}">{}</a>', links)


def _paths(entity: Any, section: str) -> list[tuple[str, str]]:
    if entity is not None:
        return [(form, reverse(f"entity_{form}", args=[entity.handle])) for form in FORMS] if entity.listed else []
    if section:
        return [(form, reverse(f"kind_{form}", args=[section])) for form in FORMS]
    return [(form, reverse(f"news_{form}")) for form in FORMS]
