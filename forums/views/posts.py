"""A post: its place, its menu, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import actions
from forums.forms import PostForm
from forums.history import versions
from forums.models import Post, Reaction
from forums.views.common import as_fragment, back_to, find_post, is_partial, signed_in, tell_unknown
from network import rates
from network.fragments import done, fragment, page
from network.permissions import can, check
from network.reactions import reaction_choices
from network.refusals import REFUSALS, Refusal
from network.requests import Request
from network.spaces.writing import spend


@require_safe
def place(request: Request, post_id: int) -> HttpResponse:
    """The permanent link: to the post's place in its topic, in the reader's language."""
    return done(request, find_post(request, post_id).get_absolute_url())


@require_safe
def menu(request: Request, post_id: int) -> HttpResponse:
    """What this reader may do with the post: a page of its own, a floating menu with script."""
    post, actor = find_post(request, post_id), request.actor
    topic, known = post.topic, actor.user_id is not None
    given = list(Reaction.objects.filter(post=post, user=actor.user_id).values_list("kind", flat=True)) if known else []
    may_react = known and can(actor, "post.react", post)
    context: dict[str, Any] = {
        "post": post,
        "topic": topic,
        "reactions": reaction_choices("post", post.pk, post.reactions, given) if may_react else [],
        "is_answer": topic.answer_id == post.pk,
        "may_reply": known and can(actor, "topic.reply", topic) and post.deleted_at is None,
        "may_edit": known and can(actor, "post.edit", post),
        "may_delete": known and can(actor, "post.delete", post) and (post.number > 1 or topic.posts_count == 1),
        "may_delete_topic": known and post.number == 1 and can(actor, "topic.delete", topic),
        "may_restore": known and can(actor, "post.restore", post),
        "may_answer": known and post.deleted_at is None and topic.board_id and post.number > 1 and can(actor, "topic.answer", topic),
        "may_see_history": bool(post.edited_at) and can(actor, "post.history", post),
    }
    if is_partial(request):
        return fragment(request, "forums/_post_menu.html", **context)
    return page(request, "forums/post_menu.html", nav="topics", here_space_id=topic.space_id, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: Request, post_id: int) -> HttpResponse:
    """Change the text; what it said before is kept."""
    post = find_post(request, post_id)
    context: dict[str, Any] = {"nav": "topics", "here_space_id": post.topic.space_id, "post": post, "topic": post.topic}
    if request.method != "POST":
        check(request.actor, "post.edit", post)
        return page(request, "forums/post_edit.html", form=PostForm(initial={"body": post.html}, auto_id="%s"), **context)
    form = PostForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return page(request, "forums/post_edit.html", status=422, form=form, **context)
    try:
        spend(request.actor, "post", form.cleaned_data["body"], before=post.html)
        post = actions.edit(request.actor, post, body=form.cleaned_data["body"])
    except REFUSALS as error:
        # The window closed, or the mandate ended, while it was being written: the words stay on the page.
        refusal = Refusal.of(error)
        form.add_error(None, refusal.sentence)
        return refusal.mark(page(request, "forums/post_edit.html", status=refusal.status, form=form, **context))
    tell_unknown(request, post)
    return done(request, post.get_absolute_url())


@require_safe
def history(request: Request, post_id: int) -> HttpResponse:
    """What the post said, from version to version, and who changed it."""
    post = find_post(request, post_id)
    check(request.actor, "post.history", post)
    return page(
        request,
        "forums/post_history.html",
        nav="topics",
        here_space_id=post.topic.space_id,
        post=post,
        topic=post.topic,
        versions=versions(post),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def removal(request: Request, post_id: int) -> HttpResponse:
    """Ask first, then take the post down; a tombstone stays."""
    post = find_post(request, post_id)
    if request.method != "POST":
        check(request.actor, "post.delete", post)
        return page(request, "forums/removal.html", nav="topics", post=post, topic=post.topic)
    topic = post.topic
    try:
        actions.delete(request.actor, post)
    except ValidationError as wrong:
        return page(request, "forums/removal.html", nav="topics", post=post, topic=topic, refusal=wrong.messages[0], status=422)
    messages.success(request, _("The post was removed. You can restore it from its menu."))
    if post.number == 1:
        return done(request, topic.board.get_absolute_url() if topic.board else topic.space.get_absolute_url())
    return done(request, post.get_absolute_url())


@require_POST
@signed_in
def restore(request: Request, post_id: int) -> HttpResponse:
    post = find_post(request, post_id)
    actions.restore(request.actor, post)
    return done(request, post.get_absolute_url())


@require_POST
@signed_in
def react(request: Request, post_id: int, *, on: bool) -> HttpResponse:
    """`kind` is given, or taken back; both twice are quiet."""
    post = find_post(request, post_id)
    rates.spend("react", request.actor.person.pk)  # each is told to all who have the page open
    try:
        after: Post = actions.react(request.actor, post, request.POST.get("kind", ""), on=on)
    except ValidationError as wrong:
        return HttpResponse(wrong.messages[0], status=422, content_type="text/plain; charset=utf-8")
    if is_partial(request):
        return as_fragment(request, after)
    return back_to(request, post)
