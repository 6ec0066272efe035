"""Who speaks for an institution: now, soon and before. Named and ended by the secretariat, its head, or its National Commission."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network.entities.forms import MandateForm
from network.entities.models import Entity
from network.fragments import done, page
from network.permissions import SENTENCES, can, check
from network.requests import Request
from network.spaces import actions
from network.spaces.actors import Actor
from network.spaces.answers import refuse
from network.spaces.models import Mandate


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mandates(request: Request, code: str) -> HttpResponse:
    """The list, for those who work there or oversee it; naming one, for those who may."""
    actor: Actor = request.actor
    entity = _find(actor, code)
    may_name = can(actor, "mandate.name", entity)
    if not may_name and (request.method == "POST" or not can(actor, "entity.edit", entity)):
        raise PermissionDenied(SENTENCES["mandate.name"])
    form = None
    if may_name:
        may_name_head = actor.is_secretariat or entity.overseer_id in actor.mandates
        first = {"from_day": Mandate(entity=entity).local_day(timezone.now())}
        form = MandateForm(actor, request.POST if request.method == "POST" else None, initial=first, may_name_head=may_name_head)
        if request.method == "POST" and form.is_valid():
            fields = dict(form.cleaned_data)
            person = fields.pop("user")
            try:
                actions.name_mandate(actor, entity, person.user, **fields)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("%(name)s is named.") % {"name": person.name})
                return done(request, request.path)
    rows = list(Mandate.objects.filter(entity=entity).select_related("user__page", "named_by__page", "ended_by__page"))
    now = timezone.now()
    over = [row for row in rows if row.is_over]
    return page(
        request,
        "entities/mandates.html",
        status=422 if form is not None and form.is_bound else 200,
        nav="entities",
        here_space_id=entity.pk,
        entity=entity,
        home=Mandate(entity=entity).home,
        current=[row for row in rows if row.is_current],
        coming=[row for row in rows if not row.is_over and row.starts_at > now],
        over=sorted(over, key=lambda row: row.ends_at, reverse=True),
        form=form,
        may_end=can(actor, "mandate.end", entity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """Ask once, then end it now. An ended one stays as it is."""
    actor: Actor = request.actor
    entity = _find(actor, code)
    mandate = get_object_or_404(Mandate.objects.filter(entity=entity).select_related("user__page", "entity__country"), pk=mandate_id)
    check(actor, "mandate.end", entity)
    to = f"{entity.get_absolute_url()}mandates/"
    if request.method == "POST":
        actions.end_mandate(actor, mandate)
        messages.success(request, _("The mandate is ended. What was written under it stays with the institution."))
        return done(request, to)
    if mandate.is_over:
        return done(request, to)
    return page(request, "entities/mandate_end.html", nav="entities", here_space_id=entity.pk, entity=entity, mandate=mandate, to=to)


def _find(actor: Actor, code: str) -> Entity:
    return get_object_or_404(Entity.objects.visible_to(actor).select_related("entity_kind", "country"), handle=code)
