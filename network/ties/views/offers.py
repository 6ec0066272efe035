"""The board of offers and requests of partnership."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.fragments import done, page
from network.names import fold
from network.permissions import can, check
from network.requests import Request
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.answers import back, refuse
from network.spaces.models import Country
from network.ties import actions
from network.ties.forms import OfferForm
from network.ties.models import LANGUAGES, Offer


@require_safe
def board(request: Request) -> HttpResponse:
    """What is open, the newest first; narrowed by word, kind, field, language and country."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "kind", "field", "language", "country", "mine")}
    if asked["q"]:
        rates.spend("lookup", actor.user_id or rates.address_of(request))
    found = Offer.objects.visible_to(actor)
    if asked["mine"] and actor.mandates:
        found = found.kept().filter(space__in=list(actor.mandates))
    else:
        found = found.open()
    for word in fold(asked["q"]).split()[:8]:
        found = found.filter(Q(folded__contains=word) | Q(space__folded__contains=word))
    if asked["kind"] in Offer.Kind.values:
        found = found.filter(kind=asked["kind"])
    if asked["field"] in Offer.Field.values:
        found = found.filter(field=asked["field"])
    if asked["language"] in dict(LANGUAGES):
        found = found.filter(languages__contains=f" {asked['language']} ")
    if asked["country"]:
        # Who looks for partners anywhere, looks for them in this country too.
        found = found.filter(Q(countries=asked["country"]) | Q(countries=None)).distinct()
    return page(
        request,
        "ties/offers.html",
        cache=not asked["q"],
        nav="offers",
        found=Paginator(found.with_institution().order_by("-id"), settings.PAGE_SIZE).get_page(request.GET.get("page")),
        asked=asked,
        narrowed=any(asked.values()),
        kinds=Offer.Kind.choices,
        fields=Offer.Field.choices,
        languages_spoken=LANGUAGES,
        countries=Country.objects.all(),
        may_offer=any(one.listed for one in actor.entities),
        has_own=bool(actor.mandates),
    )


@require_safe
def offer(request: Request, offer_id: int) -> HttpResponse:
    actor: Actor = request.actor
    found = _find(actor, offer_id)
    return page(
        request,
        "ties/offer.html",
        cache=True,
        nav="offers",
        offer=found,
        may_answer=found.is_open and found.space.listed and any(one.pk != found.space_id and one.listed for one in actor.entities),
        may_converse=found.space.listed and found.space_id not in actor.mandates and can(actor, "conversation.start"),
        may_edit=can(actor, "offer.edit", found),
        may_close=found.is_open and can(actor, "offer.close", found),
        may_report=can(actor, "offer.report", found),
        may_remove=found.deleted_at is None and can(actor, "offer.remove", found),
        here=request.path,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """In the name of an institution one speaks for."""
    actor: Actor = request.actor
    own = [one for one in actor.entities if one.listed]
    if not own:
        raise PermissionDenied(_("Offers and requests are made by institutions: whoever speaks for one writes them here."))
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rates.spend("post", actor.person.pk)
        speaker = speaking(request) if request.POST.get("on_behalf_of") else actor.speaking_for(own[0].pk)
        try:
            made = actions.offer(speaker, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("It stands on the board now."))
            return done(request, made.get_absolute_url())
    chosen = request.POST.get("on_behalf_of") or str(own[0].pk)
    return page(
        request, "ties/offer_form.html", status=422 if form.is_bound else 200, nav="offers", form=form, offer=None, own=own, chosen=chosen
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, offer_id: int) -> HttpResponse:
    actor: Actor = request.actor
    found = _find(actor, offer_id)
    check(actor, "offer.edit", found)
    form = OfferForm(request.POST if request.method == "POST" else None, initial=OfferForm.of(found))
    if request.method == "POST" and form.is_valid():
        rates.spend("post", actor.person.pk)
        try:
            actions.edit(actor, found, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return done(request, found.get_absolute_url())
    return page(request, "ties/offer_form.html", status=422 if form.is_bound else 200, nav="offers", form=form, offer=found)


@require_POST
@login_required
def close(request: Request, offer_id: int) -> HttpResponse:
    found = _find(request.actor, offer_id)
    actions.close(request.actor, found)
    messages.success(request, _("Closed. It no longer stands on the board."))
    return back(request, found.get_absolute_url())


@require_POST
@login_required
def remove(request: Request, offer_id: int) -> HttpResponse:
    found = _find(request.actor, offer_id)
    actions.remove(request.actor, found)
    messages.success(request, _("Taken down."))
    return done(request, f"/{request.LANGUAGE_CODE}/partnerships/")


def _find(actor: Actor, offer_id: int) -> Offer:
    return get_object_or_404(Offer.objects.visible_to(actor).with_institution(), pk=offer_id)
