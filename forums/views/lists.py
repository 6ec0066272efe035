"""Lists: all topics, a board, one's drafts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from forums import queries
from forums.models import Draft
from forums.rows import rows_html
from forums.views.common import signed_in
from network.fragments import page
from network.permissions import can, check
from network.requests import Request, as_number, language

LABELS = {
    "all": _("All"),
    "unread": _("Unread"),
    "following": _("Watched"),
    "unanswered": _("Without an answer"),
    "mine": _("Mine"),
}
FOR_VISITORS = ("all", "unanswered")
EMPTY = {
    "all": (_("No topics yet"), _("A question, an experience or a plan: somebody opens the first topic.")),
    "unread": (_("Nothing new to read"), _("You have read everything. What is written from now on appears here.")),
    "following": (_("You watch no topic yet"), _("Choose “Every post” beside a topic, or write in it, and it stands here.")),
    "unanswered": (_("Every topic has an answer"), _("Topics that nobody answered yet appear here.")),
    "mine": (_("You have not written yet"), _("The topics you open and those in which you write stand here.")),
}


@require_safe
def topics(request: Request) -> HttpResponse:
    """`?show=` all, unread, following, unanswered, mine · `?tag=` · `?language=` · `?page=`"""
    actor = request.actor
    choices = list(LABELS) if actor.user_id else list(FOR_VISITORS)
    which = request.GET.get("show", "all")
    which = which if which in choices else "all"
    tag = as_number(request.GET.get("tag", ""))
    written_in = request.GET.get("language", "")
    written_in = written_in if written_in in settings.LANGUAGE_NAMES else ""
    tags = queries.tags_in_use(actor, tag)
    pages, lines = queries.page_of_topics(actor, request.GET.get("page", "1"), which=which, tag=tag, language=written_in)
    kept = "".join(f"&{name}={value}" for name, value in (("tag", tag), ("language", written_in)) if value)
    return page(
        request,
        "forums/topics.html",
        cache=True,
        streams=("feed",),
        nav="topics",
        page=pages,
        rows=rows_html(lines, language(), place=True),
        which=which,
        choices=[(code, LABELS[code], f"?show={code}{kept}") for code in choices],
        tag=next((name for pk, name in tags if pk == tag), None),
        tags=[(pk, name) for pk, name in tags if pk != tag],
        written_in=written_in,
        empty=EMPTY[which],
        places=queries.places(actor),
        may_open=bool(actor.roles),
    )


@require_safe
def board(request: Request, board_id: int) -> HttpResponse:
    """One board: its own boards, its topics, pinned ones first. `?show=` and `?page=` as in the list of all topics."""
    actor = request.actor
    board, said = queries.board_for(actor, board_id)
    check(actor, "board.view", board)
    choices = list(LABELS) if actor.user_id else list(FOR_VISITORS)
    which = request.GET.get("show", "all")
    which = which if which in choices else "all"
    pages, lines = queries.page_of_topics(actor, request.GET.get("page", "1"), which=which, board=board)
    return page(
        request,
        "forums/board.html",
        cache=True,
        streams=(f"board.{board.pk}",),
        nav="topics",
        here_space_id=board.space_id,
        board=board,
        said=said,
        inner=queries.boards_in(actor, board),
        page=pages,
        rows=rows_html(lines, language()),
        which=which,
        choices=[(code, LABELS[code], f"?show={code}") for code in choices],
        empty=EMPTY[which],
        may_open=can(actor, "topic.open", board),
        may_edit=can(actor, "board.edit", board),
    )


@require_safe
@signed_in
def drafts(request: Request) -> HttpResponse:
    """What one has not finished writing, and where to go on."""
    found = list(Draft.objects.filter(user=request.actor.user_id).order_by("-saved_at")[:100])
    return page(request, "forums/drafts.html", drafts=queries.placed(request.actor, found))
