"""The list of groups, and a group's own pages. A hidden group is, to others, not there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network import rates
from network.fragments import done, page
from network.groups import actions
from network.groups.forms import AskForm, HandOverForm
from network.groups.models import Group, GroupQuerySet
from network.names import fold
from network.permissions import can
from network.requests import Request
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.answers import refuse
from network.spaces.models import Invitation, JoinRequest, Membership, Role, counted

ROWS = 20


def find(request: Request, group_id: int) -> Group:
    """The group, as the actor may see it, with what binds them to it: one query."""
    return get_object_or_404(_bound(request.actor).select_related("owner", "created_by__page"), pk=group_id)


@require_safe
def groups(request: Request) -> HttpResponse:
    """Mine first, or all that are listed; search by name."""
    actor = request.actor
    mine, words = request.GET.get("mine") == "1" and actor.user_id is not None, request.GET.get("q", "").strip()[:100]
    if words:
        rates.spend("lookup", request.actor.user_id or rates.address_of(request))
    found = _bound(actor).select_related("owner")
    if mine:
        found = found.filter(pk__in=[space.pk for space in actor.groups])
    for word in fold(words).split()[:8]:
        found = found.filter(folded__contains=word)
    shown = Paginator(found.order_by("-members_count", "pk"), settings.PAGE_SIZE).get_page(request.GET.get("page"))
    for group in shown:
        _stand(actor, group)
    return page(
        request,
        "groups/list.html",
        cache=not words,
        nav="groups",
        found=shown,
        mine=mine,
        q=words,
        may_open=can(actor, "group.create"),
        here=request.get_full_path(),
    )


@require_safe
def wall(request: Request, group_id: int) -> HttpResponse:
    return show(request, find(request, group_id), "wall")


@require_safe
def topics(request: Request, group_id: int) -> HttpResponse:
    return show(request, find(request, group_id), "topics")


@require_safe
def about(request: Request, group_id: int) -> HttpResponse:
    group = find(request, group_id)
    owners = Membership.objects.filter(space=group).exclude(role=Role.MEMBER).select_related("user__page").order_by("-role", "since")
    return show(request, group, "about", owners=_seen(request.actor, group, list(owners[:20])))


@require_safe
def members(request: Request, group_id: int) -> HttpResponse:
    """Who is in it: all of them for fellow members; for others, those whose own page they may see."""
    return members_page(request, find(request, group_id))


def members_page(request: Request, group: Group, *, refusal: str = "") -> HttpResponse:
    """The same page, with a sentence above it (422) when something asked there was refused."""
    actor = request.actor
    if not can(actor, "space.members", group):
        raise PermissionDenied(_("Only members see who is in this group."))
    rows = Membership.objects.filter(space=group).select_related("user__page", "entity").order_by("since", "id")
    paginator = Paginator(rows, ROWS)
    paginator.count = group.members_count
    shown = paginator.get_page(request.GET.get("page"))
    shown.object_list = _seen(actor, group, list(shown.object_list))
    may_hand_over = can(actor, "space.hand_over", group)
    for row in shown.object_list:
        row.is_mine = row.user_id == actor.user_id if row.user_id else row.entity_id in actor.mandates
    return show(
        request,
        group,
        "members",
        status=422 if refusal else 200,
        refusal=refusal,
        found=shown,
        roles=[choice for choice in Role.choices if may_hand_over or choice[0] != Role.OWNER],
        may_hand_over=may_hand_over,
        hand_over_form=HandOverForm(group) if may_hand_over else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: Request, group_id: int) -> HttpResponse:
    """Ask to be let in, for oneself or for one's institution."""
    group = find(request, group_id)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rates.spend("invite", request.actor.person.pk)  # each rings with all who run the group
        try:
            actions.request(speaking(request), group, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Your request is sent. You will be told of the answer."))
            return done(request, group.get_absolute_url())
    elif request.method != "POST" and not can(request.actor, "group.request", group) and not request.actor.entities:
        return done(request, group.get_absolute_url())
    return show(request, group, "ask", status=422 if form.is_bound else 200, form=form, chosen=request.POST.get("on_behalf_of", ""))


def show(request: Request, group: Group, tab: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """One of the group's pages, under its head and tabs."""
    actor = request.actor
    _stand(actor, group)
    path = group.get_absolute_url()
    may_read, may_manage = can(actor, "space.read", group), can(actor, "space.manage", group)
    tabs: list[tuple[str, str, str, int | None]] = [("wall", path, _("Wall"), None)]
    if may_read:
        tabs.append(("topics", f"{path}topics/", _("Topics"), None))
    if can(actor, "space.members", group):
        tabs.append(("members", f"{path}members/", _("Members"), group.members_count))
    tabs.append(("about", f"{path}about/", _("About"), None))
    if may_manage:
        tabs.append(("requests", f"{path}requests/", _("Requests"), group.requests_count))
        tabs.append(("invitations", f"{path}invitations/", _("Invitations"), None))
    return page(
        request,
        f"groups/{tab}.html",
        status=status,
        cache=True,
        streams=(f"space.{group.pk}",),
        nav="groups",
        here_space_id=group.pk,
        space=group,
        group=group,
        tab=tab,
        tabs=tabs,
        may_read=may_read,
        may_manage=may_manage,
        may_edit=can(actor, "group.edit", group),
        here=path if request.method == "POST" else request.path,
        **context,
    )


def _bound(actor: Actor) -> GroupQuerySet:
    """Visible groups with `asked` (my request), `invited` (the invitation for me), `invited_entity`, `requests_count` and `is_followed`."""
    found = Group.objects.visible_to(actor).with_follow(actor.user_id)
    if actor.user_id is None:
        none = {
            "asked": Value(False),
            "invited": Value(None, output_field=BigIntegerField()),
            "requests_count": Value(0),
            "is_named": Value(False),
        }
        return found.annotate(**none)
    waiting = Invitation.objects.filter(Q(user=actor.user_id) | Q(entity__in=list(actor.mandates)), space=OuterRef("pk"))
    columns = {
        "asked": Exists(JoinRequest.objects.filter(space=OuterRef("pk"), user=actor.user_id)),
        "invited": Subquery(waiting.order_by("pk").values("pk")[:1]),
        "requests_count": counted(JoinRequest.objects.filter(space=OuterRef("pk"))),
        "is_named": Exists(Membership.objects.filter(space=OuterRef("pk"), user=actor.user_id)),
    }
    return found.annotate(**columns)


def _stand(actor: Actor, group: Group) -> None:
    """Tell the template how the reader stands to the group, so that it asks nothing in its loop."""
    group.is_mine = group.pk in actor.roles
    group.role = actor.roles.get(group.pk)
    group.may_join = can(actor, "group.join", group)
    group.may_ask = not group.asked and can(actor, "group.request", group)


def _seen(actor: Actor, group: Group, rows: list[Membership]) -> list[Membership]:
    """Fellow members see each other; others see whose own page or card they may see."""
    if group.pk in actor.roles or can(actor, "space.manage", group):
        return rows
    return [row for row in rows if can(actor, "space.view", row.who)]
