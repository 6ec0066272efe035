"""The counter, for pages of other rooms."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from insights import queries
from network.templatetags.house import icon, number

register = template.Library()


@register.simple_tag
def visitors(key: str) -> SafeString:
    """`{% visitors "site.5" %}`: «N visitors in 30 days», nothing before the first. One query a minute and place."""
    count = queries.lately(key)
    return shown(count) if count else SafeString("")


def shown(count: int) -> SafeString:
    words = ngettext("%(n)s visitor in 30 days", "%(n)s visitors in 30 days", count)
    return format_html(
        '<span class="visitors">{}<span>{}</span></span>', icon("eye"), format_html(words.replace("%(n)s", "{}"), number(count))
    )


@register.simple_tag
def visitors_of(count: int) -> SafeString:
    """The same words for a number that the page holds already."""
    return shown(count)
