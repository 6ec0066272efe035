"""Devices that show notices, and what makes the site an app: its manifest, its service worker, its page for when the line is away."""

from __future__ import annotations

from functools import cache
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
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.assets import bundle_css
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


# Of static/css/tokens.css, --ground and --fill by daylight: neither a manifest nor a meta element reads oklch() everywhere.
GROUND, BRAND = "#f5f4f0", "#005e5e"


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
            "background_color": GROUND,
            "theme_color": BRAND,
            "icons": icons,
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "public, max-age=3600"},
    )


# What is kept for when the line is away: the look, and what its page runs on. Nothing that differs from one reader to the next.
SHELL = (
    "css/bundle.css",
    *(f"fonts/{name}.woff2" for name in ("plex-arabic-400", "plex-arabic-600", "plex-latin-400", "plex-latin-600", "reemkufi-arabic-600")),
    *(f"js/{name}.js" for name in ("theme", "app", "confirm", "say", "offline")),
    "img/mark.svg",
    "img/app-192.png",
    "icons.svg",
)


@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker: it keeps the look of the site and a page for when the line is away, and nothing that anybody reads."""
    make = _script.__wrapped__ if house.DEBUG else _script
    return HttpResponse(make(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _script() -> str:
    """The same in every process; another one, which browsers then fetch, whenever something of what it keeps has changed."""
    if not house.PRODUCTION:
        bundle_css()
    pages = {code: f"/{code}/offline/" for code in house.LANGUAGE_NAMES}
    version = sha256()
    for name in SHELL:
        version.update(static(name).encode() + (house.BASE_DIR / "static" / name).read_bytes())
    for code in pages:
        with override(code):
            version.update(_offline().encode())
    return render_to_string(
        "notices/worker.js",
        {
            "version": version.hexdigest()[:12],
            "shell": [static(name) for name in SHELL],
            "pages": pages,
            "icon": static("img/app-192.png"),
            "badge": static("img/badge-96.png"),
        },
    )


@require_safe
def offline(request: Request) -> HttpResponse:
    """What stands there when the line is away; it knows nobody."""
    return HttpResponse(_offline())


def _offline() -> str:
    return render_to_string("notices/offline.html", {"lang": get_language(), "dir": "rtl" if get_language_bidi() else "ltr"})
