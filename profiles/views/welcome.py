"""The first pages of a newcomer: who I am, whom I follow, where I join. Each can be skipped."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from network.fragments import page
from network.requests import Request, as_number
from network.spaces import actions as spaces
from network.spaces.models import Follow, Space
from profiles import actions
from profiles.forms import AboutMeForm

MOST = 24


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def about_me(request: Request) -> HttpResponse:
    """Step 1: who I am."""
    user = request.actor.person
    space = user.page
    if request.method == "POST":
        form = AboutMeForm(request.POST)
        if form.is_valid():
            actions.edit(request.actor, user, page=form.of_page, profile=form.of_profile)
            return redirect("welcome_institutions")
        return page(request, "profiles/welcome_about.html", form=form, step=1, status=422)
    return page(request, "profiles/welcome_about.html", form=AboutMeForm(initial=AboutMeForm.initial_of(space, user.profile)), step=1)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def institutions(request: Request) -> HttpResponse:
    """Step 2: the institutions of my country, its National Commission first; without a country, the commissions."""
    actor = request.actor
    shown = Space.objects.entities().visible_to(actor).select_related("country")
    if request.method == "POST":
        for space in shown.filter(pk__in=_numbers(request.POST.getlist("follow"))):
            spaces.follow(actor, space)
        return redirect("welcome_groups")
    country = actor.person.page.country
    # Who oversees others is a commission; it comes first.
    shown = shown.annotate(overseen_count=Count("overseen"))
    offered = list(shown.filter(country=country).order_by("-overseen_count", "pk")[:MOST]) if country else []
    if not offered:
        offered = list(shown.filter(overseen_count__gt=0).order_by("country__protocol_order", "pk")[:MOST])
    followed = set(Follow.objects.filter(user=actor.user_id, space__in=offered).values_list("space", flat=True))
    rows = [(space, space.pk in followed or (country is not None and index == 0)) for index, space in enumerate(offered)]
    return page(request, "profiles/welcome_institutions.html", rows=rows, country=country, step=2)


@login_required
@require_safe
def groups(request: Request) -> HttpResponse:
    """Step 3: groups whose door is open, or opens on request. One joins on the group's own page."""
    actor = request.actor
    doors = (Space.JoinRule.OPEN, Space.JoinRule.REQUEST)
    found = Space.objects.groups().visible_to(actor).filter(join_rule__in=doors, listed=True).exclude(pk__in=list(actor.roles))
    return page(request, "profiles/welcome_groups.html", groups=found.order_by("-members_count", "pk")[:12], step=3)


def _numbers(texts: list[str]) -> list[int]:
    return [number for text in texts[:200] if (number := as_number(text)) is not None]
