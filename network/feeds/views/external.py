"""News of an institution's own website: for everybody to read, for its officers to look after."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.entities.models import Entity
from network.entities.views.place import find, show
from network.feeds import actions
from network.feeds.forms import FeedForm
from network.feeds.models import MOST_FEEDS, ExternalFeed, ExternalItem
from network.fragments import done
from network.permissions import check
from network.requests import Request
from network.spaces.answers import refuse


@require_safe
def external(request: Request, code: str) -> HttpResponse:
    """All that its own website told lately."""
    entity = find(request, code)
    items = ExternalItem.objects.visible_to(request.actor).filter(feed__entity=entity).newest_first()
    found = Paginator(items, settings.PAGE_SIZE).get_page(request.GET.get("page"))
    return show(request, entity, "external", "feeds/external.html", found=found)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def manage(request: Request, code: str) -> HttpResponse:
    """The feeds of an institution's website, how each stands, and the form that adds one."""
    entity = find(request, code)
    check(request.actor, "feed.manage", entity)
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            feed = actions.add(request.actor, entity, url=form.cleaned_data["url"])
        except ValidationError as error:
            refuse(form, error)
        else:
            rates.spend("fetch", request.actor.person.pk)
            _tell(request, feed)
            return done(request, _back(entity))
    feeds = list(ExternalFeed.objects.filter(entity=entity).annotate(items_count=Count("items")).select_related("added_by__page"))
    answer = show(request, entity, "feeds", "feeds/manage.html", form=form, feeds=feeds, most=MOST_FEEDS)
    answer.status_code = 422 if form.is_bound else 200
    return answer


@require_POST
@login_required
def trial(request: Request, code: str, feed_id: int) -> HttpResponse:
    """Ask the website now, and say in words what came of it."""
    feed = _feed(request, code, feed_id)
    check(request.actor, "feed.manage", feed.entity)
    rates.spend("fetch", request.actor.person.pk)
    _tell(request, feed)
    return done(request, _back(feed.entity))


@require_POST
@login_required
def pause(request: Request, code: str, feed_id: int) -> HttpResponse:
    feed = _feed(request, code, feed_id)
    actions.pause(request.actor, feed, paused=True)
    messages.success(request, _("The feed is left alone until you resume it. What it brought stays."))
    return done(request, _back(feed.entity))


@require_POST
@login_required
def resume(request: Request, code: str, feed_id: int) -> HttpResponse:
    feed = _feed(request, code, feed_id)
    actions.pause(request.actor, feed, paused=False)
    messages.success(request, _("The feed is asked again within minutes."))
    return done(request, _back(feed.entity))


@require_POST
@login_required
def remove(request: Request, code: str, feed_id: int) -> HttpResponse:
    feed = _feed(request, code, feed_id)
    actions.remove(request.actor, feed)
    messages.success(request, _("The feed is removed, and all that it brought."))
    return done(request, _back(feed.entity))


def _feed(request: Request, code: str, feed_id: int) -> ExternalFeed:
    entities = Entity.objects.visible_to(request.actor).filter(handle=code)
    return get_object_or_404(ExternalFeed.objects.filter(entity__in=entities).select_related("entity"), pk=feed_id)


def _tell(request: Request, feed: ExternalFeed) -> None:
    new = actions.refresh(feed)
    if new is None:
        feed.refresh_from_db()
        said = feed.get_problem_display()
        messages.error(request, f"{said} ({feed.status})" if feed.status else said)
    elif new:
        said = ngettext("The feed works: %(n)s new item came.", "The feed works: %(n)s new items came.", new)
        messages.success(request, said % {"n": new})
    else:
        messages.success(request, _("The feed works: it has nothing new."))


def _back(entity: Entity) -> str:
    return reverse("external_feeds", args=[entity.handle])
