"""The inbox, and the small doors of the bell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from network.fragments import page
from network.requests import Request, as_number
from network.spaces.answers import back, sentence
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
    actor, chosen = request.actor, request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    waits = waiting.of(actor)
    found = queries.threads(actor, chosen, apart=_apart(waits)) if chosen != "mine" else Notice.objects.none()
    paged = Paginator(found, settings.PAGE_SIZE).get_page(request.GET.get("page"))
    threads = [queries.Thread(**row) for row in paged]
    shown = lines.together(actor, threads, queries.of_lines(actor, [thread.line for thread in threads], chosen))
    theirs = hours.of(actor.person, preferences_at_hand(actor.person))
    on_top = waits if chosen == "mine" else waits[:ON_TOP] if chosen == "" and paged.number == 1 else []
    context: dict[str, Any] = {
        "nav": "notices",
        "paged": paged,
        "days": _days(shown, theirs),
        "chosen": chosen,
        "filters": FILTERS,
        "waits": on_top,
        "waits_more": len(waits) - len(on_top) if on_top else 0,
        "moments": theirs.moments(timezone.now()) if shown else [],
        "after": _mark([*(line.at for line in threads), *(one.at for one in waits)]) if chosen == "" and paged.number == 1 else None,
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
    """How many lines are newer than `after` (`_mark`), for the pill above the list."""
    after = _since(as_number(request.GET.get("after", ""), digits=17) or 0)
    waits = waiting.of(request.actor)
    count = queries.threads(request.actor, apart=_apart(waits)).filter(at__gt=after).count() + sum(one.at > after for one in waits)
    text = ngettext("%(count)d new line", "%(count)d new lines", count) % {"count": count}
    return JsonResponse({"count": count, "text": text}, headers={"Cache-Control": "private, no-store"})


@require_POST
@login_required
def read(request: Request, notice_id: int) -> HttpResponse:
    """The line up to this notice is read, or (`unread`) this notice is not."""
    notice = get_object_or_404(Notice, pk=notice_id, recipient=request.actor.user_id)
    keeping.mark(request.actor, notice, read=not request.POST.get("unread"))
    return back(request, _inbox())


@require_POST
@login_required
def read_all(request: Request) -> HttpResponse:
    actions.mark_all_read(request.actor)
    return back(request, _inbox())


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
        _say(request, gettext("Done."), notice, "done/")
    return back(request, _inbox())


@require_POST
@login_required
def snooze(request: Request, notice_id: int) -> HttpResponse:
    """Put a line off until one of the moments that the menu offers (`until`), or (`undo`) not after all."""
    notice, actor = _mine(request, notice_id), request.actor
    if request.POST.get("undo"):
        keeping.wake(actor, notice)
        return back(request, _inbox())
    moments = hours.of(actor.person, preferences_at_hand(actor.person)).moments(timezone.now())
    at = {moment.code: moment.at for moment in moments}.get(request.POST.get("until", ""))
    if at is None:
        messages.error(request, gettext("Choose when it should come back."))
        return back(request, _inbox())
    keeping.snooze(actor, notice, at)
    _say(request, gettext("It comes back then, or when something new happens in it."), notice, "snooze/")
    return back(request, _inbox())


@require_POST
@login_required
def mute(request: Request, notice_id: int) -> HttpResponse:
    """Hear no more of this topic or conversation, or (`undo`) as before: `was` in the address is what held then."""
    notice = _mine(request, notice_id)
    try:
        if request.POST.get("undo"):
            keeping.unmute(request.actor, notice, request.GET.get("was", ""))
            messages.success(request, gettext("You hear of it again."))
        else:
            was = keeping.mute(request.actor, notice)
            _say(request, gettext("Muted: you hear no more of it."), notice, f"mute/?was={was}")
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing
    except ValidationError as error:
        messages.error(request, sentence(error))
    return back(request, _inbox())


def _mine(request: Request, notice_id: int) -> Notice:
    return get_object_or_404(queries.inbox(request.actor).select_related("space"), pk=notice_id)


def _say(request: Request, words: str, notice: Notice, deed: str) -> None:
    """A word with the way back beside it (base.html)."""
    messages.success(request, words, extra_tags=f"/notices/{notice.pk}/{deed}")


def _inbox() -> str:
    return f"/{get_language()}/notices/"


def _apart(waits: list[waiting.Waiting]) -> list[str]:
    return [one.thread for one in waits if one.thread]


def _mark(times: list[datetime]) -> int:
    """The newest of these instants as a number for an address, in microseconds."""
    return max((round(at.timestamp() * 1_000_000) for at in times), default=0)


def _since(mark: int) -> datetime:
    # Years later than any of ours: nothing is newer.
    return datetime.fromtimestamp(min(mark, 10**16) / 1_000_000, UTC)


def _days(shown: list[lines.Line], theirs: hours.Hours) -> list[Day]:
    """Under a heading for each stretch of days, as the reader's own calendar has them."""
    days: list[Day] = []
    today = theirs.local(timezone.now()).date()
    for line in shown:
        age = (today - theirs.local(line.at or line.notice.timestamp).date()).days
        name = str(_("Today") if age <= 0 else _("Yesterday") if age == 1 else _("Earlier this week") if age < 7 else _("Before that"))
        if not days or days[-1].name != name:
            days.append(Day(name, []))
        days[-1].lines.append(line)
    return days
