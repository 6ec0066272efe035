"""The home page: what happened, for members and for visitors."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from documents import steps
from network.entities.models import Entity
from network.fragments import page
from network.groups.models import Group
from network.requests import Request, as_number
from notices import waiting
from realtime import feed

SCOPES = {"following": pgettext_lazy("whose news", "Following"), "network": _("The whole network")}
KINDS = {"": _("Everything"), "topics": _("Topics"), "wall": _("Posts"), "places": _("Groups and institutions")}

WAITS = 3  # of what waits for one's answer; the inbox has all


@require_safe
def home(request: Request) -> HttpResponse:
    """`?scope=` following or network, `?kind=`, `?before=` the last line seen: older ones."""
    actor = request.actor
    scope, kind = _chosen(request)
    before = as_number(request.GET.get("before", ""))
    items, more = feed.page_of(actor, scope=scope, kind=kind, before=before)
    visitor = actor.user_id is None
    waits = waiting.of(actor) if before is None and not visitor else []
    return page(
        request,
        "feed/home.html",
        cache=visitor,
        streams=("feed",),
        nav="home",
        items=items,
        newest=items[0].pk if items and before is None else 0,
        more=more,
        before=before,
        scope=scope,
        kind=kind,
        scopes=SCOPES,
        kinds=KINDS,
        waits=waits[:WAITS],
        first_steps=steps.card(actor, request.LANGUAGE_CODE[:2]) if before is None and not visitor else None,
        waits_more=max(len(waits) - WAITS, 0),
        groups=list(Group.objects.visible_to(actor)[:5]) if visitor else [],
        commissions=list(Entity.objects.visible_to(actor).filter(entity_kind__oversees=True).order_by("country__protocol_order")[:24])
        if visitor
        else [],
    )


@require_safe
def new_in_feed(request: Request) -> JsonResponse:
    """How many lines are newer than `?after=`, in the same view of the feed: what the pill says."""
    scope, kind = _chosen(request)
    count = feed.count_after(request.actor, as_number(request.GET.get("after", "")) or 0, scope=scope, kind=kind)
    said = ngettext("%(count)s new post", "%(count)s new posts", count) % {"count": count}
    return JsonResponse({"count": count, "text": said}, headers={"Cache-Control": "private, no-store"})


def _chosen(request: Request) -> tuple[str, str]:
    scope, kind = request.GET.get("scope", ""), request.GET.get("kind", "")
    if scope not in SCOPES:
        scope = "following" if request.actor.user_id is not None else "network"
    return scope, kind if kind in KINDS else ""
