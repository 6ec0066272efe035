"""Headers of every answer, and sessions that reading does not write."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from csp.constants import HEADER
from csp.middleware import CSPMiddleware as DjangoCSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from network.rates import TooMany

Respond = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """Walls that no view can forget (reliability, Checklist, Headers); refuses writes that another site sends."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # An old browser sends no Sec-Fetch-Site; CSRF and Origin proof stand behind this.
        if (
            request.headers.get("Sec-Fetch-Site") == "cross-site"
            and request.method not in ("GET", "HEAD", "OPTIONS")
            and request.path != "/csp"
        ):
            response: HttpResponse = HttpResponse(
                _("This form was sent from another site and is refused."), status=403, content_type="text/plain; charset=utf-8"
            )
        else:
            response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not getattr(response, "stands_anywhere", False):  # the widget, in anybody's frame: its policy says so
            headers.setdefault("X-Frame-Options", "DENY")  # answers of middleware outside Django's own, such as a redirect into a language
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        if request.path.startswith(("/static/", "/pictures/")) and response.status_code < 400:
            return response
        patch_vary_headers(response, ["Cookie"])
        user = getattr(request, "user", None)
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES or (user is not None and user.is_authenticated)
        if signed_in or response.status_code >= 400:
            headers["Cache-Control"] = "private, no-store"
            headers.pop("X-Visitor-Cache", None)
        else:
            headers.setdefault("Cache-Control", "no-cache")
        return response


class CSPMiddleware(DjangoCSPMiddleware):
    """The same policy on every answer: no view of ours changes it and none uses a nonce, so it is written once."""

    @cached_property
    def policy(self) -> str:
        return build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No nonce: a kept page would hand it to all."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.policy)
        return response


class SessionMiddleware(DjangoSessionMiddleware):
    """14 days at most and 3 idle, touched at most hourly: reading a page writes nothing."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        now, session = int(time.time()), request.session
        born, seen = session.get("born"), session.get("seen", 0)
        if born is None:
            return
        if now - born > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_AGE:
            session.flush()
        elif now - seen > settings.SESSION_TOUCH_EVERY:
            session["seen"] = now


class LocaleMiddleware(DjangoLocaleMiddleware):
    """Leads an address without its language to the same one under it; but what is sent, or told to a script, stays where it was asked."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and (
            request.method not in ("GET", "HEAD") or response.headers.get("Content-Type") == "application/json"
        ):
            patch_vary_headers(response, ["Accept-Language"])
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            return response
        led: HttpResponseBase = super().process_response(request, response)
        return led


class PageLanguageMiddleware:
    """What forms post to carries no language: answer in that of the page the form stood on."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.method == "POST" or request.headers.get("HX-Request")) and translation.get_language_from_path(
            request.path_info
        ) is None:
            # Ours are sent whole to ourselves (Referrer-Policy: same-origin); from elsewhere only an origin comes, which names no language.
            page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
            code = page.path[1:3]
            if page.netloc == request.get_host() and page.path[3:4] == "/" and code in settings.LANGUAGE_NAMES:
                translation.activate(code)
                request.LANGUAGE_CODE = code
        return self.get_response(request)


class ComeBackMiddleware:
    """Who pressed a button without being signed in comes back to the page it stood on: what forms post to answers no GET."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door, _question, asked = response.headers.get("Location", "").partition("?")
        if request.method == "POST" and door.endswith("/accounts/login/") and parse_qs(asked).get("next") == [request.get_full_path()]:
            page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
            response["Location"] = f"{door}?{urlencode({'next': page.path if page.netloc == request.get_host() else '/'})}"
        return response


class ImpossibleMiddleware:
    """No row has a number beyond the database's, and no text of ours a NUL: 404 in an address, 422 in a query, instead of a failure below."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any(value >= 2**63 if isinstance(value, int) else "\0" in str(value) for value in kwargs.values()):
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest


class TooManyMiddleware:
    """What was asked too often is refused with 429 and the seconds to wait; a view that keeps a form catches TooMany itself."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooMany):
            return None
        response = render(request, "429.html", {"exception": str(exception)}, status=429)
        response["Retry-After"] = str(exception.seconds)
        return response


def start_session_clock(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Signing in starts both clocks (connected to Django's own signal in profiles.apps: it is the library's only door)."""
    request.session["born"] = request.session["seen"] = int(time.time())
