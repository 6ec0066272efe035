"""An institution's entry in the register: adding it, and changing what it says of itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network.entities import actions
from network.entities.forms import EntityForm, NewEntityForm, RegisterForm
from network.entities.models import Entity, Kind
from network.fragments import done, page
from network.permissions import check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """Add an institution: the secretariat only."""
    actor: Actor = request.actor
    check(actor, "entity.create")
    # Each kind asks its own questions: it is chosen first.
    code = request.POST.get("entity_kind") or request.GET.get("kind") or ""
    kind = Kind.objects.filter(pk=code).first() if code.isdigit() and len(code) < 10 else Kind.objects.filter(code=code).first()
    if kind is None and request.method != "POST":
        return page(request, "entities/new.html", nav="entities", kinds=Kind.objects.all())
    form = NewEntityForm(request.POST or None, request.FILES or None, of_kind=kind, initial={"entity_kind": kind})
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            entity = actions.create(actor, kind=fields.pop("entity_kind"), **fields)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The institution is in the register. Now name who speaks for it."))
            return done(request, f"{entity.get_absolute_url()}mandates/")
    return page(request, "entities/form.html", status=422 if form.is_bound else 200, nav="entities", form=form, entity=None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, code: str) -> HttpResponse:
    """What it says of itself, by its people; its place in the register, by whoever oversees it."""
    actor: Actor = request.actor
    entity = get_object_or_404(Entity.objects.visible_to(actor).select_related("entity_kind", "country"), handle=code)
    check(actor, "entity.edit", entity)
    kind = RegisterForm if actor.governs(entity) else EntityForm
    form = kind(request.POST or None, request.FILES or None, instance=entity)
    if request.method == "POST" and form.is_valid():
        try:
            entity = actions.edit(actor, entity, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return done(request, entity.get_absolute_url())
    return page(request, "entities/form.html", status=422 if form.is_bound else 200, nav="entities", form=form, entity=entity)
