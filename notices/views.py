"""The inbox, and the small doors of the bell."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from network.fragments import done, page
from network.requests import Request, as_number
from notices import actions, lines, queries
from notices.models import Notice

FILTERS = {"": _("All"), "unread": _("Unread"), "mentions": _("Mentions"), "mine": _("Waiting for me")}
WAITING = ("request", "invitation")


@dataclass(slots=True)
class Day:
    """The notices of one day, under its heading."""

    name: str
    lines: list[lines.Line]


@require_safe
@login_required
def inbox(request: Request) -> HttpResponse:
    chosen = request.GET.get("show", "")
    found = queries.inbox(request.actor).select_related("activity__actor__page", "activity__on_behalf_of", "space")
    if chosen == "unread":
        found = found.filter(unread=True)
    elif chosen == "mentions":
        found = found.filter(reason__in=("mention", "chat_mention"))
    elif chosen == "mine":
        found = found.filter(reason__in=WAITING)
    paged = Paginator(found, settings.PAGE_SIZE).get_page(request.GET.get("page"))
    return page(
        request,
        "notices/inbox.html",
        nav="notices",
        paged=paged,
        days=_days(lines.of(request.actor, list(paged))),
        chosen=chosen,
        filters=FILTERS,
    )


@require_safe
@login_required
def go(request: Request, notice_id: int) -> HttpResponse:
    """To the thing itself; what is opened has been read."""
    notice = get_object_or_404(queries.inbox(request.actor), pk=notice_id)
    actions.mark_read(request.actor, notice)
    return HttpResponseRedirect(f"/{get_language()}{notice.path}")


@require_safe
def count(request: Request) -> JsonResponse:
    """The bell's number, asked for after a hint."""
    unread = queries.unread_count(request.actor) if request.actor.user_id else 0
    return JsonResponse({"count": unread}, headers={"Cache-Control": "private, no-store"})


@require_POST
@login_required
def read(request: Request, notice_id: int) -> HttpResponse:
    notice = get_object_or_404(Notice, pk=notice_id, recipient=request.actor.user_id)
    if request.POST.get("unread"):
        actions.mark_unread(request.actor, notice)
    else:
        actions.mark_read(request.actor, notice)
    return done(request, f"/{get_language()}/notices/")


@require_POST
@login_required
def read_all(request: Request) -> HttpResponse:
    actions.mark_all_read(request.actor)
    return done(request, f"/{get_language()}/notices/")


@require_POST
@login_required
def seen(request: Request) -> HttpResponse:
    """The reader has the thing itself before their eyes (`thread=topic.42`), up to a post or message (`number=17`) or whole."""
    actions.mark_thread_read(request.actor, request.POST.get("thread", "")[:40], upto=as_number(request.POST.get("number", ""), digits=9))
    return HttpResponse(status=204)


def _days(shown: list[lines.Line]) -> list[Day]:
    days: list[Day] = []
    today = timezone.localdate()
    for line in shown:
        age = (today - timezone.localdate(line.notice.timestamp)).days
        name = str(_("Today") if age <= 0 else _("Yesterday") if age == 1 else _("Earlier this week") if age < 7 else _("Before that"))
        if not days or days[-1].name != name:
            days.append(Day(name, []))
        days[-1].lines.append(line)
    return days
