"""Pages that belong to no room: errors, health, the language switch, and the reports of the browser's guard."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from network import rates
from network.fragments import remember_language
from network.requests import Request

log = logging.getLogger(__name__)


@require_safe
def healthz(request: Request) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: Request) -> HttpResponse:
    """The process and its database answer; no detail for strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        log.exception("database does not answer")
        return HttpResponse("no", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_POST
def set_language(request: Request) -> HttpResponse:
    """Remember the language and go on with the same page in it."""
    code, to = request.POST.get("language", ""), request.POST.get("next", "/")
    if code not in settings.LANGUAGE_NAMES:
        return HttpResponse(status=422)
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}):
        to = f"/{code}/"
    first, slash, rest = to.removeprefix("/").partition("/")
    if to.startswith("/") and slash and first in settings.LANGUAGE_NAMES:
        to = f"/{code}/{rest}"
    response = HttpResponseRedirect(to)
    remember_language(response, code)
    return response


@csrf_exempt  # browsers send these reports by themselves, without a token; nothing is written but a log line
@require_POST
def csp_report(request: Request) -> HttpResponse:
    rates.spend("csp", rates.address_of(request))
    log.warning("content security policy: %s", request.body[:500].decode("utf-8", "replace").replace("\n", " "))
    return HttpResponse(status=204)


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """The form's proof is missing or old: say so, and give back what was written."""
    if _wants_json(request):
        return error(request, 403, _("This page was open for too long. Load it again; what you wrote is kept."))
    return render(
        request,
        "403.html",
        {
            "exception": _("This form was open for too long or cookies are off. Your text is below: copy it and open the page again."),
            "kept": _kept(request),
        },
        status=403,
    )


def error(request: Request, status: int, sentence: str = "") -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    return render(request, f"{status}.html", {"exception": sentence, "kept": _kept(request)}, status=status)


def _kept(request: Request) -> list[tuple[str, str]]:
    """What was written in a form that is refused as a whole: the page gives it back."""
    if request.method != "POST":
        return []
    try:
        written = request.POST
    except (
        BadRequest,
        SuspiciousOperation,
        UnicodeError,
        LookupError,
        RequestDataTooBig,
    ):  # a body that nobody can read gives nothing back
        return []
    return [(name, str(value)) for name, value in written.items() if name in ("title", "body", "message") and value]


def bad_request(request: Request, exception: Exception) -> HttpResponse:
    return error(request, 422, _("This request could not be read. Go back and try again."))


def forbidden(request: Request, exception: Exception) -> HttpResponse:
    return error(request, 403, str(exception))


def not_found(request: Request, exception: Exception) -> HttpResponse:
    # The same words for what is hidden and for what is not there.
    return error(request, 404)


def failure(request: Request) -> HttpResponse:
    """Our fault: 500; or, while the database is away, 503 and when to try again, which a script does by itself."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if away else 500
    if _wants_json(request):
        sentence = _("The service is being restarted. Try again in a moment.") if away else _("The fault is ours. Try again in a moment.")
        response: HttpResponse = JsonResponse({"error": sentence}, status=status)
    else:
        response = render(request, "500.html", {"away": away}, status=status)
    if away:
        response["Retry-After"] = "3"
    return response


def _wants_json(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
