"""One tie: proposing it, answering, taking it back, ending it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.entities.models import Entity
from network.fragments import done, page
from network.permissions import can, check
from network.requests import Request, as_number
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.answers import back, refuse, sentence
from network.ties import actions
from network.ties.forms import EndForm, ProposeForm
from network.ties.models import Offer, Relation, Tie


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def propose(request: Request, code: str) -> HttpResponse:
    """Propose a tie to the institution of this code, in the name of one of one's own."""
    actor: Actor = request.actor
    entity = get_object_or_404(Entity.objects.visible_to(actor).select_related("entity_kind", "country"), handle=code)
    own = [one for one in actor.entities if one.pk != entity.pk and one.listed]
    check(actor.speaking_for(own[0].pk if own else None), "tie.propose", entity)
    offer = Offer.objects.visible_to(actor).open().filter(pk=as_number(request.GET.get("offer", "")) or 0, space=entity).first()
    form = ProposeForm(
        request.POST if request.method == "POST" else None, initial={"relation": request.GET.get("relation", Relation.PARTNER)}
    )
    if request.method == "POST" and form.is_valid():
        rates.spend("invite", actor.person.pk)
        # With one institution there is nothing to choose; "in my own name" is no choice here.
        speaker = speaking(request) if request.POST.get("on_behalf_of") else actor.speaking_for(own[0].pk)
        try:
            made = actions.propose(speaker, entity, offer=offer, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Proposed. It stands on both pages once %(name)s accepts.") % {"name": entity.name})
            return done(request, made.get_absolute_url())
    return page(
        request,
        "ties/new.html",
        status=422 if form.is_bound else 200,
        nav="entities",
        here_space_id=entity.pk,
        form=form,
        entity=entity,
        own=own,
        offer=offer,
        chosen=request.POST.get("on_behalf_of") or str(own[0].pk),
    )


@require_safe
def tie(request: Request, tie_id: int) -> HttpResponse:
    """What was proposed, by whom, what became of it; and the answer, for whoever gives it."""
    actor: Actor = request.actor
    found = _find(request, tie_id)
    is_party = found.first_id in actor.mandates or found.second_id in actor.mandates
    knows = is_party or actor.is_secretariat or can(actor, "tie.end", found) or _oversees(actor, found)
    return page(
        request,
        "ties/tie.html",
        nav="entities",
        tie=found,
        relation=Relation.of(found.kind, is_second=False),
        group=found.group if found.group is not None and can(actor, "space.view", found.group) else None,
        offer=found.offer if found.offer is not None and knows and can(actor, "offer.view", found.offer) else None,
        knows=knows,
        may_answer=can(actor, "tie.answer", found),
        may_withdraw=can(actor, "tie.withdraw", found),
        may_end=can(actor, "tie.end", found),
        here=request.path,
    )


@require_POST
@login_required
def answer(request: Request, tie_id: int) -> HttpResponse:
    found = _find(request, tie_id)
    accept = request.POST.get("answer") == "accept"
    try:
        found = actions.answer(request.actor, found, accept=accept, message=request.POST.get("message", "").replace("\0", ""))
    except ValidationError as error:
        messages.error(request, sentence(error))
        return back(request, found.get_absolute_url())
    if accept and found.group_id:
        messages.success(request, _("Accepted. A space for both of you is open."))
    else:
        messages.success(request, _("Accepted. It stands on both pages now.") if accept else _("Declined."))
    return back(request, found.get_absolute_url())


@require_POST
@login_required
def withdraw(request: Request, tie_id: int) -> HttpResponse:
    found = _find(request, tie_id)
    actions.withdraw(request.actor, found)
    messages.success(request, _("The proposal is taken back."))
    return back(request, found.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end(request: Request, tie_id: int) -> HttpResponse:
    """Asks first, with the day and the reason."""
    found = _find(request, tie_id)
    check(request.actor, "tie.end", found)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(request.actor, found, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The tie is ended. It stays in the history of both."))
            return done(request, found.get_absolute_url())
    relation = Relation.of(found.kind, is_second=False)
    return page(request, "ties/end.html", status=422 if form.is_bound else 200, nav="entities", form=form, tie=found, relation=relation)


def _find(request: Request, tie_id: int) -> Tie:
    rows = Tie.objects.visible_to(request.actor).with_sides()
    people = ("proposed_by__page", "answered_by__page", "ended_by__page", "group", "offer__space")
    return get_object_or_404(rows.select_related(*people), pk=tie_id)


def _oversees(actor: Actor, tie: Tie) -> bool:
    return any(actor.looks_over(side) for side in (tie.first, tie.second))
