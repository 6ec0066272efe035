"""The directory of people, a person's page, and what others do there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import rates
from network.fragments import done, page
from network.permissions import can
from network.requests import Request, as_number
from network.spaces import actions as spaces
from network.spaces.models import Space
from profiles import actions, queries, spoken
from profiles.models import User

PAGE = 20
TOPICS = 5


@require_safe
def people(request: Request) -> HttpResponse:
    """Who is here: search, country, institution, language. Visitors see public pages only."""
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    if words:
        rates.spend("lookup", request.actor.user_id or rates.address_of(request))
    country, language = request.GET.get("country", ""), request.GET.get("language", "")
    institution = as_number(request.GET.get("institution", ""))
    countries = queries.countries()
    institutions = queries.institutions(request.actor)
    country = country if country in dict(countries) else ""
    language = language if language in spoken.SPOKEN else ""
    found = queries.people(request.actor, words=words, country=country, institution=institution, language=language)
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    held = queries.mandates_of(request.actor, [space.user_id for space in shown if space.user_id])
    return page(
        request,
        "profiles/people.html",
        cache=True,
        nav="people",
        shown=shown,
        rows=[(space, space.user.profile, held.get(space.user_id or 0, [])) for space in shown],
        words=words,
        country=country,
        language=language,
        institution=institution,
        countries=countries,
        languages_spoken=[(code, name) for code, name in spoken.SPOKEN.items()],
        institutions=institutions,
        narrowed=bool(words or country or language or institution),
    )


@require_safe
def person(request: Request, user_id: int) -> HttpResponse:
    """What a person says of themselves, whom they speak for, what they opened, and their wall."""
    actor = request.actor
    space, account = _page_of(request, user_id)
    own = actor.user_id == user_id
    return page(
        request,
        "profiles/person.html",
        cache=True,
        streams=(f"space.{space.pk}",),
        nav="people",
        space=space,
        person=account,
        profile=account.profile,
        own=own,
        may_follow=not own and can(actor, "space.follow", space),
        may_converse=not own and account.is_active and can(actor, "conversation.start"),
        may_suspend=not own and can(actor, "person.suspend"),
        mandates=queries.mandates_of(actor, [user_id]).get(user_id, []),
        followers=space.followers_count,
        is_followed=space.is_followed,
        is_blocked=space.is_blocked,
        topics=account.topics.filter(board__isnull=False, deleted_at=None)
        .visible_to(actor)
        .select_related("space")
        .order_by("-created_at")[:TOPICS],
    )


@require_safe
def by_handle(request: Request, handle: str) -> HttpResponse:
    """`/@carmen/` leads to whoever bears the handle; 404 for those one may not see."""
    space = get_object_or_404(Space.objects.visible_to(request.actor), handle__iexact=handle)
    return redirect(space)


@login_required
@require_POST
def follow(request: Request, user_id: int) -> HttpResponse:
    space, _account = _page_of(request, user_id)
    spaces.follow(request.actor, space)
    return done(request, space.get_absolute_url())


@login_required
@require_POST
def unfollow(request: Request, user_id: int) -> HttpResponse:
    space, _account = _page_of(request, user_id)
    spaces.unfollow(request.actor, space)
    return done(request, space.get_absolute_url())


@login_required
@require_POST
def block(request: Request, user_id: int) -> HttpResponse:
    """Hear no more of somebody."""
    space, account = _page_of(request, user_id)
    try:
        actions.block(request.actor, account)
        messages.success(request, _("You hear no more of %(name)s.") % {"name": space.name})
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return done(request, space.get_absolute_url())


@login_required
@require_POST
def unblock(request: Request, user_id: int) -> HttpResponse:
    # Also somebody whom one may no longer see: the list of blocked people stays in one's hands.
    other = get_object_or_404(User.objects.filter(blocked_by__user=request.actor.user_id).select_related("page"), pk=user_id)
    actions.unblock(request.actor, other)
    messages.success(request, _("%(name)s is no longer blocked.") % {"name": other.name})
    return done(request, reverse("blocked") if request.POST.get("back") == "list" else other.get_absolute_url())


@login_required
@require_POST
def suspend(request: Request, user_id: int) -> HttpResponse:
    """The secretariat closes an account: its sessions and sockets end at once."""
    space, account = _page_of(request, user_id)
    try:
        actions.suspend(request.actor, account)
        messages.success(request, _("The account is suspended; its sessions are closed."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return done(request, space.get_absolute_url())


@login_required
@require_POST
def reinstate(request: Request, user_id: int) -> HttpResponse:
    space, account = _page_of(request, user_id)
    actions.reinstate(request.actor, account)
    messages.success(request, _("The account is open again."))
    return done(request, space.get_absolute_url())


def _page_of(request: Request, user_id: int) -> tuple[Space, User]:
    """The page and its account; 404 for those one may not see."""
    space = get_object_or_404(queries.pages(request.actor), user=user_id)
    if space.user is None or not can(request.actor, "profile.view", space):
        raise Http404
    return space, space.user


__all__ = ["block", "by_handle", "follow", "people", "person", "reinstate", "suspend", "unblock", "unfollow"]
