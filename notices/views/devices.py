"""Devices that show notices, and what makes the site an app: its manifest, its service worker, its page for when the line is away."""

from __future__ import annotations

import time
from hashlib import sha256

from django.conf import settings as house
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.fragments import page
from network.requests import Request
from network.spaces.answers import sentence
from notices.actions import devices as actions
from notices.models import Device
from notices.push import key


@login_required
@require_safe
def devices(request: Request) -> HttpResponse:
    """Where notices are shown, and this browser's own switch."""
    rows = list(Device.objects.filter(user=request.actor.user_id))
    return page(request, "notices/devices.html", devices=rows, here=request.session.session_key, push_key=key.public())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: Request) -> JsonResponse:
    """This browser agreed, and says where its push service listens; with `again`, that it goes on (410 when it was turned off meanwhile).

    GET: what a service worker needs to do so by itself, the key and the form's proof.
    """
    if request.method != "POST":
        return JsonResponse({"key": key.public(), "token": get_token(request)})
    rates.spend("devices", request.actor.person.pk)
    given = {name: request.POST.get(name, "")[:700] for name in ("endpoint", "p256dh", "auth")}
    here = request.session.session_key or ""
    try:
        if request.POST.get("again"):
            if actions.go_on(request.actor, request.POST.get("before", "")[:700], session=here, **given) is None:
                return JsonResponse({"error": _("No more notices on that device.")}, status=410)
        else:
            actions.subscribe(request.actor, session=here, label=request.POST.get("label", ""), **given)
    except ValidationError as error:
        return JsonResponse({"error": sentence(error)}, status=422)
    return JsonResponse({"said": _("Notices are shown on this device from now on.")})


@login_required
@require_POST
def end(request: Request, device_id: int) -> HttpResponse:
    device = get_object_or_404(Device, pk=device_id, user=request.actor.user_id)
    actions.unsubscribe(request.actor, device)
    messages.success(request, _("No more notices on that device."))
    return redirect("devices")


@login_required
@require_POST
def trial(request: Request, device_id: int) -> HttpResponse:
    device = get_object_or_404(Device, pk=device_id, user=request.actor.user_id)
    rates.spend("trial", request.actor.person.pk)
    actions.try_out(request.actor, device)
    messages.success(request, _("A trial notice is on its way to that device."))
    return redirect("devices")


# --- The app ---------------------------------------------------------------------------------------------------------------
@require_safe
def manifest(request: Request) -> JsonResponse:
    """What a phone asks before it puts the site among its apps; in the language of the page."""
    language = get_language() or house.LANGUAGE_CODE
    icons = [
        {"src": static(f"img/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": _("Multaqa"),
            "short_name": _("Multaqa"),
            "description": _("The network of ALECSO, the National Commissions and the institutions around them."),
            "lang": language,
            "dir": "rtl" if get_language_bidi() else "ltr",
            "start_url": f"/{language}/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f4f2ee",
            "theme_color": "#005a5a",
            "icons": icons,
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "public, max-age=3600"},
    )


@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker: it keeps the look of the site and a page for when the line is away, and nothing that anybody reads."""
    shell = [static(name) for name in ("css/bundle.css", "img/app-192.png", "img/mark.svg", "icons.svg")]
    pages = {code: f"/{code}/offline/" for code in house.LANGUAGE_NAMES}
    script = render_to_string("notices/worker.js", {"version": _version(shell), "shell": shell, "pages": pages})
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _version(shell: list[str]) -> str:
    """Another one whenever what is kept changed: in production the addresses say so, at home each start."""
    return sha256(" ".join([*shell, "" if house.PRODUCTION else _STARTED]).encode()).hexdigest()[:12]


_STARTED = str(time.time())


@require_http_methods(["GET", "HEAD"])
def offline(request: Request) -> HttpResponse:
    """What stands there when the line is away; it knows nobody."""
    return HttpResponse(render_to_string("notices/offline.html", {"lang": get_language(), "dir": "rtl" if get_language_bidi() else "ltr"}))
