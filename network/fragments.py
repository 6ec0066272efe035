"""A page, or a fragment of it, from the same templates; a form with errors comes back filled with 422."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from network.requests import Request


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    streams: tuple[str, ...] = (),
    cache: bool = False,
    visit: str = "platform",
    **context: Any,
) -> HttpResponse:
    """A whole page. `cache=True` lets the visitors' cache in front keep it for those without a session; `streams` empty it early.

    `visit` is what is visited with it (insights.counting): "platform", "entity.5", "site.5", or "" for what is no page to count.
    """
    response = render(request, template, context, status=status)
    if visit and status == 200:
        response["X-Visit-Key"] = visit
    if cache and status == 200 and not request.user.is_authenticated and not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        response["X-Visitor-Cache"] = str(settings.VISITOR_CACHE_SECONDS)
        if streams:
            response["X-Visitor-Streams"] = " ".join(streams)
    return response


def fragment(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page, for htmx; `template` begins with an underscore."""
    return render(request, template, context, status=status)


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part; a history restore wants the page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def remember_language(response: HttpResponse, code: str) -> None:
    """The cookie that leads `/` and plain addresses to this language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        path="/",
    )


def done(request: Request, to: str) -> HttpResponse:
    """After a write: go to `to`, by htmx or plainly."""
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)
