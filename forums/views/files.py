"""Files, and drafts: what a writer leaves with us before anything is posted."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import actions
from forums.models import Attachment, Post
from forums.views.common import as_html, is_partial
from network import rates
from network.files import serve_stored
from network.fragments import done
from network.permissions import can
from network.requests import Request

_PLACE = re.compile(r"(topic|board|space)\.[1-9][0-9]{0,17}|topics\.new", re.ASCII)


@require_safe
def file(request: Request, key: str) -> FileResponse:
    """A file, through the door of its post; files of removed posts are gone, one that belongs to no post is its uploader's."""
    found = get_object_or_404(Attachment, key=key)
    if found.post_id is None:
        if found.uploader_id != request.actor.user_id:
            raise Http404
    else:
        post = get_object_or_404(Post.objects.visible_to(request.actor).kept().with_topic(), pk=found.post_id)
        if not can(request.actor, "post.view", post):
            raise Http404
    return serve_stored(found.stored, found.name, found.content_type)


@require_POST
def draft(request: Request, place: str) -> HttpResponse:
    """Keep what is being written at a place (`topic.42`, `board.3`, `space.7`, `topics.new`); an empty text forgets it."""
    if request.actor.user_id is None:
        return HttpResponse(_("Sign in to keep drafts."), status=403, content_type="text/plain; charset=utf-8")
    if _PLACE.fullmatch(place) is None:
        raise Http404
    rates.spend("draft", request.actor.user_id)
    try:
        body = as_html(request.POST.get("body", ""), request.POST.get("body_format", ""))
    except ValidationError as wrong:
        return HttpResponse(wrong.messages[0], status=422, content_type="text/plain; charset=utf-8")
    actions.save_draft(request.actor, place, body=body, title=request.POST.get("title", ""))
    if is_partial(request) or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return done(request, "/drafts/")
