"""What other rooms' pages show of the forum: a wall, the boards of a space, its newest topics."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums import queries
from forums.forms import WallForm
from forums.models import Topic
from forums.rows import lines_of, rows_html
from forums.views.common import take_kept
from network import text
from network.permissions import can
from network.spaces.models import Space

register = template.Library()


@register.simple_tag
def all_posted(items: list[Any]) -> SafeString:
    """The lines of a feed, joined. Safe: our own templates rendered each."""
    return SafeString("".join(item.html for item in items))  # nosec B703 # see above


@register.inclusion_tag("forums/_wall.html", takes_context=True)
def wall(context: Context, space: Space) -> dict[str, Any]:
    """The wall of a space: a composer for whoever may write, then what was written, newest first, ten a page (`?wall=2`)."""
    request = context["request"]
    actor, language = request.actor, get_language() or settings.LANGUAGE_CODE
    may_read = can(actor, "space.read", space)
    topics = Topic.objects.visible_to(actor).kept().filter(space=space, board=None).order_by("-pk") if may_read else Topic.objects.none()
    page = Paginator(topics.select_related("space"), queries.WALL_PAGE).get_page(request.GET.get("wall"))
    may_post = can(actor, "space.post", space)
    place = f"space.{space.pk}"
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "actor": actor,
        "live_epoch": context.get("live_epoch"),
        "LANGUAGE_CODE": language,
        "space": space,
        "space_wall": f"/spaces/{space.pk}/wall/",
        "draft_key": place,
        "draft_url": f"/drafts/{place}/",
        # The same below every post: it is made once.
        "selector": render_to_string("components/as_selector.html", {"actor": actor, "selected": _voice(actor, space), "up": True})
        if actor.user_id is not None
        else "",
        "page": page,
        "items": queries.wall_topics(list(page.object_list), actor, language),
        "may_post": may_post,
        "may_read": may_read,
        "may_reply": {topic.pk for topic in page.object_list if actor.user_id is not None and can(actor, "topic.reply", topic)},
        "form": WallForm(
            initial={"body": queries.draft_of(actor, place), "on_behalf_of": _voice(actor, space)}, words=_("Write on this wall")
        )
        if may_post
        else None,
    }


def _voice(actor: Any, space: Space) -> str:
    """On the wall of an institution that one speaks for, one writes in its name unless one says otherwise."""
    return str(space.pk) if space.pk in actor.mandates else ""


@register.inclusion_tag("forums/_home_composer.html", takes_context=True)
def home_composer(context: Context) -> dict[str, Any]:
    """A box for whoever may write somewhere of their own: on their own page, or in the name of an institution, on its page."""
    request = context["request"]
    actor = request.actor
    may = actor.page is not None and (bool(actor.mandates) or can(actor, "space.post", actor.page))
    body = (take_kept(request, "wall") or queries.draft_of(actor, f"space.{actor.page.pk}")) if may else ""

    def form() -> WallForm:
        words = _("What is new with your institution?") if actor.mandates else _("What is new with you?")
        return WallForm(initial={"body": body, "on_behalf_of": str(next(iter(actor.mandates), ""))}, words=words)

    # An empty box is one for all of a reader's requests (`blank`); one with words in it is theirs now.
    around = {str(name): value for name, value in context.flatten().items()}
    return {**around, "may": may, "form": form() if body else None, "blank": form, "client_id": uuid4()}


@register.inclusion_tag("forums/_boards.html", takes_context=True)
def boards(context: Context, space: Space) -> dict[str, Any]:
    """The boards of a space that the reader sees, each with its own boards; a button for a new one for whoever manages the space."""
    actor = context["request"].actor
    return {"boards": queries.boards_of(actor, space), "space": space, "may_open": can(actor, "board.create", space)}


@register.inclusion_tag("forums/_latest.html", takes_context=True)
def latest_topics(context: Context, space: Space, limit: int = 5) -> dict[str, Any]:
    """The newest topics on the boards of a space, as rows."""
    actor, language = context["request"].actor, get_language() or settings.LANGUAGE_CODE
    topics = Topic.objects.visible_to(actor).kept().filter(space=space).exclude(board=None).order_by("-last_post_at", "-pk")[:limit]
    return {"rows": rows_html(lines_of(topics, actor), language, place=True), "space": space}


@register.simple_tag
def feed_author(activity: Any) -> SafeString:
    """Who did it: the institution with the person behind it, or the person."""
    person = activity.actor.page
    if activity.on_behalf_of is None:
        return format_html('<a class="author" href="{}"><bdi>{}</bdi></a>', person.get_absolute_url(), person.name)
    entity = activity.on_behalf_of
    return format_html(
        '<a class="author" href="{}"><bdi>{}</bdi></a> <span class="muted small">– <bdi>{}</bdi></span>',
        entity.get_absolute_url(),
        entity.name,
        person.name,
    )


@register.simple_tag
def excerpt(post: Any, length: int = 280) -> str:
    """The first words of a post, quotes left out."""
    return text.excerpt(post.html, length)
