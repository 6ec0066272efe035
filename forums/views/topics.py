"""A topic: its page, and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import actions, queries
from forums.forms import ClosureForm, ReplyForm, RetitleForm, TopicAnywhereForm, TopicForm, WallForm
from forums.models import Board, Post, Topic, Watch
from forums.views.common import Sent, as_fragment, is_partial, send, sign_in_first, signed_in, take_kept, tell_unknown, wall_page
from network import text
from network.fragments import done, fragment, page
from network.permissions import can, check
from network.requests import Request, as_number, language
from network.spaces.models import Space

_REPLY_WORDS = gettext_lazy("Write your reply… use @ to mention an institution or a person")


# --- The page ---------------------------------------------------------------------------------------------------------------
@require_safe
def topic(request: Request, topic_id: int) -> HttpResponse:
    """A page of a topic: `?page=` by post numbers, `?quote=` and `?reply_to=` prepare the box."""
    return _show(request, topic_id)


def _show(request: Request, topic_id: int, *, form: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    topic, reader = queries.topic_for(actor, topic_id)
    last_page = max((topic.last_number - 1) // settings.PAGE_SIZE + 1, 1)
    page_number = last_page if form is not None else min(max(as_number(request.GET.get("page", "")) or 1, 1), last_page)
    may_reply = actor.user_id is not None and can(actor, "topic.reply", topic)
    if form is None and may_reply:
        form = _reply_form(request, topic, reader)
    posts = queries.posts_of_page(topic, page_number, actor, language())
    first_unread = reader.read_number + 1 if 0 < reader.read_number < topic.last_number else 0
    return page(
        request,
        "forums/topic.html",
        status=status,
        cache=True,
        streams=(topic.stream,),
        nav="topics",
        here_space_id=topic.space_id,
        topic=topic,
        read_before=queries.joined(post for post in posts if not first_unread or post.number < first_unread),
        unread_after=queries.joined(post for post in posts if first_unread and post.number >= first_unread),
        last_number=posts[-1].number if posts else 0,
        side=queries.side_of(topic, actor, language()),
        read_number=reader.read_number,
        first_unread=first_unread,
        number=page_number,
        pages=Paginator(range(topic.last_number), settings.PAGE_SIZE).page(page_number),  # by numbers: nothing is counted
        is_tail=page_number == last_page,
        answer_url=_place(topic, topic.answer_id),
        levels=Watch.Level.choices,
        level=reader.level,
        form=form,
        blank=_blank_reply,
        client_id=uuid4(),
        may_reply=may_reply,
        visit="platform",
        **{f"may_{verb}": actor.user_id is not None and can(actor, f"topic.{verb}", topic) for verb in ("edit", "close", "pin", "delete")},
    )


def _reply_form(request: Request, topic: Topic, reader: queries.Reader) -> ReplyForm | None:
    """The box with what stands in it already; None when nothing does (all readers' empty boxes are one, `_blank_reply`)."""
    body, answered, voice = take_kept(request, f"topic.{topic.pk}") or reader.draft, None, _voice(request, topic)
    for name in ("quote", "reply_to"):
        if (pk := as_number(request.GET.get(name, ""))) is not None:
            answered = Post.objects.kept().with_author().filter(topic=topic, pk=pk).first()
            if answered is not None and name == "quote":
                author = (answered.on_behalf_of or answered.author.page).name
                body = text.quote(answered.html, author=author, path=answered.path) + "<p></p>" + body
            break
    if not (body or voice or answered):
        return None
    initial = {"body": body, "reply_to": answered.pk if answered is not None else None, "on_behalf_of": voice}
    return ReplyForm(initial=initial, words=_REPLY_WORDS)


def _blank_reply() -> ReplyForm:
    return ReplyForm(words=_REPLY_WORDS)


def _voice(request: Request, topic: Topic) -> str:
    """In whose name one goes on: the institution's, where one opened the topic for it and still may."""
    return (
        str(topic.on_behalf_of_id) if topic.on_behalf_of_id in request.actor.mandates and topic.author_id == request.actor.user_id else ""
    )


def _place(topic: Topic, post_id: int | None) -> str:
    return f"/{language()}/posts/{post_id}/" if post_id else ""


@require_safe
def first_unread(request: Request, topic_id: int) -> HttpResponse:
    """To the first post that the reader has not read; to the last when there is none."""
    topic, reader = queries.topic_for(request.actor, topic_id)
    posts = Post.objects.kept().filter(topic=topic)
    post = posts.filter(number__gt=reader.read_number).order_by("number").first() or posts.order_by("-number").first()
    return done(request, post.get_absolute_url() if post is not None else topic.get_absolute_url())


# --- Writing ----------------------------------------------------------------------------------------------------------------
@require_POST
def reply(request: Request, topic_id: int) -> HttpResponse:
    """A reply, with its files, in the chosen name. Refused, the page comes back with the form as it was."""
    topic = queries.topic_to_act_on(request.actor, topic_id)
    if request.actor.user_id is None:
        return sign_in_first(request, f"{topic.get_absolute_url()}#reply", f"topic.{topic.pk}")
    form = ReplyForm(request.POST, request.FILES, words=_("Write a reply"))

    def act(actor: Any, data: dict[str, Any], files: list[Any]) -> Post:
        answered = Post.objects.filter(topic=topic, pk=data["reply_to"]).first() if data.get("reply_to") else None
        return actions.reply(actor, topic, body=data["body"], client_id=data["client_id"], reply_to=answered, attachments=files)

    sent: Sent[Post] = send(request, form, act)
    post = sent.result
    if post is None:
        if is_partial(request):
            return sent.refusal.mark(_refused(request, topic, form))
        return sent.refusal.mark(_show(request, topic.pk, form=form, status=sent.refusal.status))
    if is_partial(request) and not post.unknown:
        return as_fragment(request, post)
    tell_unknown(request, post)
    wall = request.POST.get("wall", "")
    if topic.board_id is None and wall == str(topic.space_id):
        return done(request, f"{wall_page(request, topic.space)}#{post.element_id}")
    return done(request, post.get_absolute_url())


def _refused(request: Request, topic: Topic, form: ReplyForm) -> HttpResponse:
    """htmx puts a 422 where the form stood; the true reason stands in its words."""
    if request.POST.get("box"):
        return fragment(request, "forums/_reply_box.html", topic=topic, form=form, status=422)
    response = fragment(request, "forums/_reply.html", topic_id=topic.pk, form=form, is_tail=True, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#reply", "outerHTML"
    return response


@require_safe
def reply_box(request: Request, topic_id: int) -> HttpResponse:
    """A small box to answer in below a line of the home page, or why there is none; without script, the topic's own box."""
    topic = get_object_or_404(Topic.objects.visible_to(request.actor).select_related("space"), pk=topic_id)
    if not is_partial(request):
        return done(request, f"{topic.get_absolute_url()}#reply")
    may_reply = request.actor.user_id is not None and can(request.actor, "topic.reply", topic)
    form = None
    if may_reply:
        form = ReplyForm(initial={"body": "", "on_behalf_of": _voice(request, topic)}, words=_("Write a reply"))
    return fragment(request, "forums/_reply_box.html", topic=topic, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def topic_new(request: Request) -> HttpResponse:
    """A topic on a board that one chooses; `?board=` chooses it beforehand."""
    boards = queries.boards_to_open_in(request.actor)
    if not boards:
        return page(request, "forums/topic_new.html", nav="topics", form=None, board=None)
    if request.method == "POST":
        form = TopicAnywhereForm(request.POST, request.FILES, boards=boards, words=_("Say what it is about…"))
        return _open(request, form, None)
    chosen = request.GET.get("board", "")
    body = take_kept(request, "topics.new") or queries.draft_of(request.actor, "topics.new")
    form = TopicAnywhereForm(initial={"board": chosen, "body": body}, boards=boards, words=_("Say what it is about…"))
    return page(request, "forums/topic_new.html", nav="topics", form=form, board=None, place="topics.new")


@require_http_methods(["GET", "HEAD", "POST"])
def board_topic_new(request: Request, board_id: int) -> HttpResponse:
    """A topic on this board."""
    board = get_object_or_404(Board.objects.visible_to(request.actor).select_related("space", "parent"), pk=board_id)
    place = f"board.{board.pk}"
    if request.actor.user_id is None:
        return sign_in_first(request, request.path, place)
    if request.method == "POST":
        return _open(request, TopicForm(request.POST, request.FILES, words=_("Say what it is about…")), board)
    check(request.actor, "topic.open", board)
    kept = take_kept(request, place)
    draft = queries.whole_draft(request.actor, place)
    form = TopicForm(initial={"body": kept or draft.body, "title": draft.title}, words=_("Say what it is about…"))
    return page(request, "forums/topic_new.html", nav="topics", here_space_id=board.space_id, form=form, board=board, place=place)


def _open(request: Request, form: TopicForm, board: Board | None) -> HttpResponse:
    def act(actor: Any, data: dict[str, Any], files: list[Any]) -> Topic:
        return actions.open_topic(
            actor,
            board or data["board"],
            title=data["title"],
            body=data["body"],
            client_id=data["client_id"],
            audience=data["audience"],
            tags=data["tags"],
            attachments=files,
        )

    sent: Sent[Topic] = send(request, form, act)
    if sent.result is None:
        place = f"board.{board.pk}" if board is not None else "topics.new"
        response = page(request, "forums/topic_new.html", nav="topics", form=form, board=board, place=place, status=sent.refusal.status)
        return sent.refusal.mark(response)
    if board is None:
        actions.save_draft(request.actor, "topics.new", body="")
    tell_unknown(request, sent.result.first_post)
    return done(request, sent.result.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def space_wall(request: Request, space_id: int) -> HttpResponse:
    """What is written on the wall of a space; refused, the form comes back on a page of its own."""
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    if request.method != "POST":
        return done(request, f"{space.get_absolute_url()}#wall")
    if request.actor.user_id is None:
        return sign_in_first(request, f"{space.get_absolute_url()}#wall", f"space.{space.pk}")
    return _write_on(request, lambda _actor: space, space)


@require_POST
def own_wall(request: Request) -> HttpResponse:
    """From the home page: on one's own wall, or, written for an institution, on its wall."""
    home = f"/{language()}/"
    if request.actor.user_id is None:
        return sign_in_first(request, home, "wall")
    return _write_on(request, lambda actor: actor.entity or actor.person.page, request.actor.person.page)


def _write_on(request: Request, place: Callable[[Any], Space], shown: Space) -> HttpResponse:
    form = WallForm(request.POST, request.FILES, words=_("Write on this wall"))

    def act(actor: Any, data: dict[str, Any], files: list[Any]) -> Topic:
        return actions.open_topic(actor, place(actor), body=data["body"], client_id=data["client_id"], attachments=files)

    sent: Sent[Topic] = send(request, form, act)
    if sent.result is None:
        return sent.refusal.mark(
            page(
                request,
                "forums/wall_post.html",
                space=shown,
                form=form,
                here=request.path,
                here_space_id=shown.pk,
                status=sent.refusal.status,
            )
        )
    actions.save_draft(request.actor, "wall", body="")
    actions.save_draft(request.actor, f"space.{shown.pk}", body="")  # written at home for an institution, it was kept under one's own page
    tell_unknown(request, sent.result.first_post)
    return done(request, f"{wall_page(request, sent.result.space)}#topic-{sent.result.pk}")


# --- The topic as a whole ------------------------------------------------------------------------------------------------------
def _found(request: Request, topic_id: int) -> Topic:
    return get_object_or_404(Topic.objects.visible_to(request.actor).select_related("space", "board"), pk=topic_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def topic_edit(request: Request, topic_id: int) -> HttpResponse:
    """Another title, other tags."""
    topic = _found(request, topic_id)
    check(request.actor, "topic.edit", topic)
    if request.method != "POST":
        form = RetitleForm(initial={"title": topic.title, "tags": "، ".join(topic.tags.values_list("name", flat=True))})
        return page(request, "forums/topic_edit.html", nav="topics", topic=topic, form=form)
    form = RetitleForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_topic(request.actor, topic, **form.cleaned_data)
        except ValidationError as wrong:  # a title of which nothing is left when it is tidied
            form.add_error(None, wrong.messages)
        else:
            return done(request, topic.get_absolute_url())
    return page(request, "forums/topic_edit.html", nav="topics", topic=topic, form=form, status=422)


@require_POST
@signed_in
def close(request: Request, topic_id: int) -> HttpResponse:
    topic = _found(request, topic_id)
    form = ClosureForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The reason is 300 characters long at most."))
        return _show(request, topic.pk, status=422)
    actions.close(request.actor, topic, reason=form.cleaned_data["reason"])
    return done(request, topic.get_absolute_url())


@require_POST
@signed_in
def reopen(request: Request, topic_id: int) -> HttpResponse:
    topic = _found(request, topic_id)
    actions.reopen(request.actor, topic)
    return done(request, topic.get_absolute_url())


@require_POST
@signed_in
def pin(request: Request, topic_id: int, *, pinned: bool) -> HttpResponse:
    topic = _found(request, topic_id)
    actions.pin(request.actor, topic, pinned=pinned)
    return done(request, topic.get_absolute_url())


@require_POST
@signed_in
def answer(request: Request, topic_id: int) -> HttpResponse:
    """`post` is accepted as the answer."""
    topic = _found(request, topic_id)
    post = get_object_or_404(Post.objects.with_author().filter(topic=topic), pk=as_number(request.POST.get("post", "")))
    try:
        actions.accept_answer(request.actor, topic, post)
    except ValidationError as wrong:
        messages.error(request, wrong.messages[0])
        return _show(request, topic.pk, status=422)
    return done(request, post.get_absolute_url())


@require_POST
@signed_in
def unanswer(request: Request, topic_id: int) -> HttpResponse:
    topic = _found(request, topic_id)
    actions.accept_answer(request.actor, topic, None)
    return done(request, topic.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def removal(request: Request, topic_id: int) -> HttpResponse:
    """Ask first, then take the topic down."""
    topic = _found(request, topic_id)
    check(request.actor, "topic.delete", topic)
    if request.method != "POST":
        return page(request, "forums/removal.html", nav="topics", topic=topic, post=None)
    actions.delete_topic(request.actor, topic)
    messages.success(request, _("The topic was taken down. Those who manage this place can restore it."))
    return done(request, topic.board.get_absolute_url() if topic.board else topic.space.get_absolute_url())


@require_POST
@signed_in
def restore(request: Request, topic_id: int) -> HttpResponse:
    topic = _found(request, topic_id)
    actions.restore_topic(request.actor, topic)
    return done(request, topic.get_absolute_url())


# --- What a reader keeps ------------------------------------------------------------------------------------------------------
@require_POST
@signed_in
def watch(request: Request, topic_id: int) -> HttpResponse:
    """`level`: muted, normal or watching."""
    topic = _found(request, topic_id)
    try:
        actions.watch(request.actor, topic, request.POST.get("level", ""))
    except ValidationError as wrong:
        messages.error(request, wrong.messages[0])
        return _show(request, topic.pk, status=422)
    return HttpResponse(status=204) if is_partial(request) else done(request, topic.get_absolute_url())


@require_POST
def read(request: Request, topic_id: int) -> HttpResponse:
    """`number`: the reader has read so far. Visitors have no mark: 204 all the same."""
    topic = _found(request, topic_id)
    read_to = as_number(request.POST.get("number", ""), digits=9)
    if read_to is None:
        return HttpResponse(status=422)
    if request.actor.user_id is not None:
        actions.mark_read(request.actor, topic, read_to)
    if request.headers.get("X-Requested-With") or is_partial(request):
        return HttpResponse(status=204)
    return done(request, topic.get_absolute_url())
