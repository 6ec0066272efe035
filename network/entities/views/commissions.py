"""Which body is the National Commission of each country: decided by the secretariat, one at a time, with its history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.entities import actions
from network.entities.forms import AccreditForm
from network.entities.models import Entity
from network.entities.views.mandates import find
from network.fragments import done, page
from network.permissions import SENTENCES, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import sentence
from network.spaces.models import Country, Recognition


@dataclass(slots=True)
class Seat:
    """One country: who claims its seat, who holds it, and what was decided before."""

    country: Country
    claimants: list[Entity] = field(default_factory=list)
    held: Recognition | None = None
    past: list[Recognition] = field(default_factory=list)

    @property
    def needs_decision(self) -> bool:
        return self.held is None or len(self.claimants) > 1


@require_safe
@login_required
def commissions(request: Request) -> HttpResponse:
    """Each country in protocol order; where there is something to decide first. Three queries, however many there are."""
    actor: Actor = request.actor
    if not actor.is_secretariat:
        raise PermissionDenied(SENTENCES["entity.accredit"])
    claimants: dict[str, list[Entity]] = defaultdict(list)
    for entity in Entity.objects.filter(entity_kind__oversees=True, country__isnull=False).order_by("pk"):
        claimants[str(entity.country_id)].append(entity)
    decided: dict[str, list[Recognition]] = defaultdict(list)
    for row in Recognition.objects.select_related("commission", "by__page", "ended_by__page"):
        decided[row.country_id].append(row)
    seats = [
        Seat(
            country,
            claimants[country.pk],
            next((row for row in decided[country.pk] if row.ended_at is None), None),
            [row for row in decided[country.pk] if row.ended_at is not None],
        )
        for country in Country.objects.all()
        if claimants[country.pk] or decided[country.pk]
    ]
    return page(
        request,
        "entities/commissions.html",
        nav="entities",
        open=[seat for seat in seats if seat.needs_decision],
        settled=[seat for seat in seats if not seat.needs_decision],
    )


@require_POST
@login_required
def accredit(request: Request, code: str) -> HttpResponse:
    return _decide(request, code, on=True)


@require_POST
@login_required
def withdraw(request: Request, code: str) -> HttpResponse:
    return _decide(request, code, on=False)


def _decide(request: Request, code: str, *, on: bool) -> HttpResponse:
    actor: Actor = request.actor
    commission = find(actor, code)
    check(actor, "entity.accredit", commission)
    form = AccreditForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        if on:
            actions.accredit(actor, commission, note=note)
            messages.success(
                request, _("%(name)s is accredited. It oversees what its country has in the register.") % {"name": commission.name}
            )
        else:
            actions.withdraw_accreditation(actor, commission, note=note)
            messages.success(request, _("The accreditation of %(name)s is withdrawn.") % {"name": commission.name})
    except ValidationError as error:
        messages.error(request, sentence(error))
    return done(request, reverse("commissions"))
