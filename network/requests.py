"""A request as the house's views get it: the middleware has given it an actor, htmx its details, and the path its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from network.spaces.actors import Actor


class Request(HttpRequest):
    """Only a name for what the middleware made of an HttpRequest: nothing is ever an instance of it."""

    actor: Actor
    htmx: HtmxDetails
    LANGUAGE_CODE: str


def language() -> str:
    """The code of the language in which this page is being written: "ar", "fr" or "en"."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def as_number(raw: str, *, digits: int = 17) -> int | None:
    """The number that an address or a form carries, of so many digits at most (17 fit every key); None for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= digits else None
