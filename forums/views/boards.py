"""Setting up boards: for whoever manages the space."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from forums import actions
from forums.forms import BoardForm
from forums.models import Board
from forums.views.common import signed_in
from network.fragments import done, page
from network.permissions import check
from network.requests import Request
from network.spaces.models import Space


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: Request, space_id: int) -> HttpResponse:
    """A board in a space, by itself or inside another one."""
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    check(request.actor, "board.create", space)
    parents = Board.objects.filter(space=space, parent=None)
    form = BoardForm(request.POST or None, parents=parents, initial={"audience": space.audience, "parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "about", "parent", "audience")}
        try:
            return done(request, actions.open_board(request.actor, space, **fields).get_absolute_url())
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
    return page(
        request,
        "forums/board_form.html",
        nav="topics",
        here_space_id=space.pk,
        space=space,
        board=None,
        form=form,
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: Request, board_id: int) -> HttpResponse:
    """Another name, place or audience; a narrower audience narrows its topics at once."""
    board = get_object_or_404(Board.objects.visible_to(request.actor).select_related("space", "parent"), pk=board_id)
    check(request.actor, "board.edit", board)
    parents = Board.objects.filter(space=board.space_id, parent=None).exclude(pk=board.pk)
    if board.children.exists():
        parents = parents.none()  # a board with boards inside stands by itself
    name = board.name
    form = BoardForm(request.POST or None, instance=board, parents=parents)
    if request.method == "POST" and form.is_valid():
        try:
            return done(request, actions.edit_board(request.actor, board, **form.cleaned_data).get_absolute_url())
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
    board.name = name
    return page(
        request,
        "forums/board_form.html",
        nav="topics",
        here_space_id=board.space_id,
        space=board.space,
        board=board,
        form=form,
        status=422 if form.errors else 200,
    )
