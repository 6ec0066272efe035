"""How an institution stands in the register: its status and the history of it, and whether its data was confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.entities import actions
from network.entities.facets import missing
from network.entities.models import Entity
from network.entities.standing import held, open_to
from network.fragments import done, page
from network.permissions import SENTENCES, can, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse


class StatusForm(forms.Form):
    """A new status and why."""

    status = forms.ChoiceField(label=gettext_lazy("Status"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("It stands in the history; only those who look after the institution read it."),
    )

    def __init__(self, offered: list[str], *args: Any, **kwargs: Any) -> None:
        """`offered`: the statuses to choose from, as it stands now first."""
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(status, Entity.Status(status).label) for status in offered]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def standing(request: Request, code: str) -> HttpResponse:
    """Status, its history, what the entry lacks and when its data was confirmed, for those who look after it; a new status, for its overseer."""
    actor: Actor = request.actor
    entity = _find(actor, code)
    check(actor, "entity.confirm", entity)
    form, offered = None, open_to(actor, entity)
    if offered:
        data = request.POST if request.method == "POST" else None
        form = StatusForm([entity.status, *offered], data, initial={"status": entity.status})
        if request.method == "POST" and form.is_valid():
            try:
                actions.set_status(actor, entity, form.cleaned_data["status"], reason=form.cleaned_data["reason"])
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The status is changed."))
                return done(request, request.path)
    elif request.method == "POST":
        check(actor, "entity.judge", entity)
        check(actor, "entity.settle", entity)
    return page(
        request,
        "entities/standing.html",
        status=422 if form is not None and form.is_bound else 200,
        nav="entities",
        here_space_id=entity.pk,
        entity=entity,
        form=form,
        decided_above=_decided_above(actor, entity),
        changes=entity.status_changes.select_related("by__page", "on_behalf_of")[:100],
        missing=missing(entity, entity.entity_kind.spec),
        is_due=entity.status == Entity.Status.ACTIVE and entity.confirmation_due <= timezone.now(),
    )


def _decided_above(actor: Actor, entity: Entity) -> str:
    """Who decides what this actor may not, for the commission that may something."""
    if can(actor, "entity.settle", entity) or not can(actor, "entity.judge", entity):
        return ""
    return held(entity) or str(SENTENCES["entity.settle"])


@require_POST
@login_required
def confirmation(request: Request, code: str) -> HttpResponse:
    """Its data still holds."""
    entity = _find(request.actor, code)
    actions.confirm(request.actor, entity)
    messages.success(request, _("Thank you: the data is confirmed as of today. You will be asked again in a year."))
    return done(request, f"{entity.get_absolute_url()}standing/")


@require_safe
@login_required
def unconfirmed(request: Request) -> HttpResponse:
    """The yearly round: whose data nobody has confirmed, longest first; for the secretariat, and a commission for its own."""
    actor: Actor = request.actor
    mine = Entity.objects.visible_to(actor)
    if not actor.is_secretariat:
        mine = mine.filter(Q(pk__in=actor.managed) | Q(overseer__in=list(actor.overseers)))
    rows = mine.unconfirmed().select_related("entity_kind", "country").order_by("confirmed_at", "created_at", "handle")
    active = mine.filter(status=Entity.Status.ACTIVE).count()
    late = rows.count()
    paginator = Paginator(rows, 50)
    paginator.count = late
    return page(
        request,
        "entities/unconfirmed.html",
        nav="entities",
        found=paginator.get_page(request.GET.get("page")),
        late=late,
        active=active,
        confirmed=active - late,
        share=round(100 * (active - late) / active) if active else 100,
    )


def _find(actor: Actor, code: str) -> Entity:
    return get_object_or_404(Entity.objects.visible_to(actor).select_related("entity_kind", "country", "confirmed_by__page"), handle=code)
