"""The inbox, and the small doors of the bell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from network.fragments import done, page
from network.requests import Request, as_number
from network.spaces.actors import Actor
from network.spaces.answers import back
from notices import actions, hours, lines, queries, waiting
from notices.actions import inbox as keeping
from notices.models import Notice
from notices.models.preferences import preferences_at_hand

FILTERS = {"": _("All"), "mine": _("Waiting for me"), "mentions": _("Mentions"), "later": _("Later"), "done": _("Done")}
ON_TOP = 5


@dataclass(slots=True)
class Day:
    """The lines of one day, under its heading."""

    name: str
    lines: list[lines.Line]


@require_safe
@login_required
def inbox(request: Request) -> HttpResponse:
    """What waits for the reader on top, as it is now; then what they were told, one line a thread."""
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    actor, number = request.actor, request.GET.get("page")
    waits = waiting.of(actor) if chosen in ("", "mine") and number in (None, "", "1") else []
    paged = Paginator(queries.threads(actor, chosen) if chosen != "mine" else Notice.objects.none(), settings.PAGE_SIZE).get_page(number)
    shown = lines.grouped(actor, queries.of_lines(actor, [line for line, _newest in paged]))
    context: dict[str, Any] = {
        "nav": "notices",
        "paged": paged,
        "days": _days(shown),
        "chosen": chosen,
        "filters": FILTERS,
        "waits": waits if chosen == "mine" else waits[:ON_TOP],
        "waits_more": max(len(waits) - ON_TOP, 0) if chosen != "mine" else 0,
        "moments": _moments(actor) if shown else [],
        "newest": max((line.notice.pk for line in shown), default=0) if chosen == "" else 0,
    }
    return page(request, "notices/inbox.html", **context)


@require_safe
@login_required
def go(request: Request, notice_id: int) -> HttpResponse:
    """To the thing itself; what is opened has been read."""
    notice = get_object_or_404(queries.inbox(request.actor), pk=notice_id)
    if notice.thread:
        actions.mark_thread_read(request.actor, notice.thread)
    else:
        actions.mark_read(request.actor, notice)
    return HttpResponseRedirect(f"/{get_language()}{notice.path}")


@require_safe
def count(request: Request) -> JsonResponse:
    """The bell's number, asked for after a hint."""
    unread = queries.unread_count(request.actor) if request.actor.user_id else 0
    return JsonResponse({"count": unread}, headers={"Cache-Control": "private, no-store"})


@require_safe
@login_required
def new(request: Request) -> JsonResponse:
    """How many lines are newer than `after`, for the pill above the list."""
    after = as_number(request.GET.get("after", ""), digits=18) or 0
    count = queries.threads(request.actor).filter(newest__gt=after).count()
    text = ngettext("%(count)d new line", "%(count)d new lines", count) % {"count": count}
    return JsonResponse({"count": count, "text": text}, headers={"Cache-Control": "private, no-store"})


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


@require_POST
@login_required
def finish(request: Request, notice_id: int) -> HttpResponse:
    """Put a line away, or (`undo`) take it back."""
    notice = _mine(request, notice_id)
    undo = bool(request.POST.get("undo"))
    keeping.finish(request.actor, notice, done=not undo)
    if not undo:
        _say(request, gettext("Done."), notice, "done")
    return back(request, _inbox())


@require_POST
@login_required
def snooze(request: Request, notice_id: int) -> HttpResponse:
    """Put a line off until one of the moments that the menu offers (`until`), or (`undo`) not after all."""
    notice = _mine(request, notice_id)
    if request.POST.get("undo"):
        keeping.wake(request.actor, notice)
        return back(request, _inbox())
    moments = {code: at for code, _name, at in _moments(request.actor)}
    at = moments.get(request.POST.get("until", ""))
    if at is None:
        messages.error(request, gettext("Choose when it should come back."))
        return back(request, _inbox())
    keeping.snooze(request.actor, notice, at)
    _say(request, gettext("It comes back then, or when something new happens in it."), notice, "snooze")
    return back(request, _inbox())


@require_POST
@login_required
def mute(request: Request, notice_id: int) -> HttpResponse:
    """Hear no more of this topic or conversation, or (`undo`) as before."""
    notice = _mine(request, notice_id)
    undo = bool(request.POST.get("undo"))
    if not keeping.mute(request.actor, notice, muted=not undo):
        raise Http404
    if undo:
        messages.success(request, gettext("You hear of it again."))
    else:
        _say(request, gettext("Muted: you hear no more of it."), notice, "mute")
    return back(request, _inbox())


def _mine(request: Request, notice_id: int) -> Notice:
    return get_object_or_404(queries.inbox(request.actor).select_related("space"), pk=notice_id)


def _say(request: Request, words: str, notice: Notice, deed: str) -> None:
    """A word with the way back beside it (base.html)."""
    messages.success(request, words, extra_tags=f"/notices/{notice.pk}/{deed}/")


def _inbox() -> str:
    return f"/{get_language()}/notices/"


def _moments(actor: Actor) -> list[tuple[str, Promise, datetime]]:
    """When a line may come back, by the reader's own clock: in an hour, this evening, on the next working morning, next week."""
    user = actor.person
    theirs, now = hours.of(user, preferences_at_hand(user)), timezone.now()
    here = theirs.local(now)
    tomorrow = here.date() + timedelta(days=1)
    while not theirs.works(tomorrow):
        tomorrow += timedelta(days=1)
    week = theirs.week_began(here.date()) + timedelta(days=7)
    moments: list[tuple[str, Promise, datetime]] = [("hour", gettext_lazy("In an hour"), now + timedelta(hours=1))]
    if here.hour < 17:
        moments.append(("evening", gettext_lazy("This evening, 18:00"), theirs.at(here.date(), time(18))))
    moments.append(("morning", gettext_lazy("On the next working morning"), theirs.at(tomorrow, theirs.digest_at)))
    if week > tomorrow:
        moments.append(("week", gettext_lazy("Next week"), theirs.at(week, theirs.digest_at)))
    return moments


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
