"""What templates of mail ask: mail programs know neither `dir="auto"` nor `<bdi>`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network.text.language import strong_direction
from notices.mail import links

register = template.Library()


@register.filter
def isolated(text: object) -> SafeString:
    """A name inside a sentence, with the direction of its own letters."""
    words = str(text)
    way = strong_direction(words)
    return format_html('<span dir="{}">{}</span>', way, words) if way else format_html("{}", words)


@register.filter
def way(text: object) -> str:
    """rtl or ltr, as the words run; nothing when they run neither way, and the mail's own direction holds."""
    return strong_direction(str(text)) or ""


@register.filter
def absolute(path: str) -> str:
    return links.absolute(path)
