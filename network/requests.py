"""A request as the house's views get it: the middleware has given it an actor, htmx its details, and the path its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from network.spaces.actors import Actor


class Request(HttpRequest):
    """Only a name for what the middleware made of an HttpRequest: nothing is ever an instance of it."""

    actor: Actor
    htmx: HtmxDetails
    LANGUAGE_CODE: str
