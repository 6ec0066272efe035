"""Who speaks for an institution: now, soon and before. Named and ended by the secretariat, its head, or its National Commission."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.entities import acts
from network.entities.forms import DeputyForm, HandOverForm, MandateForm, MandateInviteForm, RenewForm, TermForm
from network.entities.models import Entity
from network.fragments import done, page
from network.permissions import SENTENCES, can, check
from network.requests import Request, language
from network.spaces import actions
from network.spaces.actors import Actor
from network.spaces.answers import refuse, sentence
from network.spaces.handing import open_items, shown_items
from network.spaces.models import HandOver, Mandate, MandateInvitation

SOON = timedelta(days=30)
KINDS = {
    "": gettext_lazy("Everything"),
    "talk": gettext_lazy("Topics and posts"),
    "affairs": gettext_lazy("The institution’s own affairs"),
    "other": gettext_lazy("Other"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mandates(request: Request, code: str) -> HttpResponse:
    """The list, for those who work there or oversee it; naming one, for those who may."""
    actor: Actor = request.actor
    entity = find(actor, code)
    may_name = can(actor, "mandate.name", entity)
    if not may_name and (request.method == "POST" or not can(actor, "mandate.list", entity)):
        raise PermissionDenied(SENTENCES["mandate.name"])
    form = None
    if may_name:
        form = MandateForm(actor, entity, request.POST if request.method == "POST" else None, initial={"from_day": _today(entity)})
        if request.method == "POST" and form.is_valid() and (name := _name(actor, entity, form)):
            messages.success(request, _("%(name)s is named.") % {"name": name})
            return done(request, request.path)
    rows = list(
        Mandate.objects.filter(entity=entity).select_related(
            "user__page", "named_by__page", "ended_by__page", "field", "deputises__user__page"
        )
    )
    now = timezone.now()
    over = [row for row in rows if row.is_over]
    invitations = MandateInvitation.objects.filter(entity=entity, accepted_at=None, revoked_at=None).select_related("by__page")
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
        soon=now + SOON,
        invitations=list(invitations) if may_name else [],
        form=form,
        may_end=can(actor, "mandate.end", entity),
    )


@require_safe
@login_required
def mandate(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """One mandate, and every act under it."""
    actor: Actor = request.actor
    entity, found = _mandate(actor, code, mandate_id)
    check(actor, "mandate.acts", found)
    kind = request.GET.get("kind", "")
    shown = Paginator(acts.of_mandate(actor, found, kind=kind if kind in KINDS else ""), settings.PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return _page(
        request,
        "mandate",
        entity,
        found,
        found=shown,
        acts=acts.lines(actor, shown.object_list),
        kinds=KINDS.items(),
        kind=kind,
        deputies=list(found.deputies.select_related("user__page")),
        may_list=can(actor, "mandate.list", entity),
        may_extend=can(actor, "mandate.extend", entity) and (actor.governs(entity) or not found.is_head or found.deputises_id is not None),
        may_name=can(actor, "mandate.name", entity),
        may_end=can(actor, "mandate.end", entity),
        may_hand_over=can(actor, "mandate.hand_over", entity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """Ask once, then end it now. An ended one stays as it is. What stands open with the person is handed over next."""
    actor: Actor = request.actor
    entity, mandate = _mandate(actor, code, mandate_id)
    check(actor, "mandate.end", entity)
    to = f"{entity.get_absolute_url()}mandates/"
    if request.method == "POST":
        was_over = mandate.is_over
        actions.end_mandate(actor, mandate)
        if not was_over and not _still_speaks(mandate) and (count := len(shown_items(actor, entity, mandate.user))):
            messages.success(
                request,
                ngettext(
                    "The mandate is ended. %(count)d thing is still open with this person: hand it over.",
                    "The mandate is ended. %(count)d things are still open with this person: hand them over.",
                    count,
                )
                % {"count": count},
            )
            return done(request, f"{to}{mandate.pk}/hand-over/")
        messages.success(request, _("The mandate is ended. What was written under it stays with the institution."))
        return done(request, to)
    if mandate.is_over:
        return done(request, to)
    return page(request, "entities/mandate_end.html", nav="entities", here_space_id=entity.pk, entity=entity, mandate=mandate, to=to)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def term(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """Another last day for a mandate that is not over; the same mandate anew for one that is."""
    actor: Actor = request.actor
    entity, mandate = _mandate(actor, code, mandate_id)
    check(actor, "mandate.extend", entity)
    form: Form
    if mandate.is_over:
        form = RenewForm(request.POST or None, initial={"from_day": _today(entity)})
    else:
        form = TermForm(request.POST or None, initial={"until_day": mandate.until_day})
    if request.method == "POST" and form.is_valid():
        try:
            made = (
                _renew(actor, mandate, **form.cleaned_data)
                if mandate.is_over
                else actions.extend_mandate(actor, mandate, **form.cleaned_data)
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The mandate is renewed.") if mandate.is_over else _("Saved."))
            return done(request, f"{entity.get_absolute_url()}mandates/{made.pk}/")
    return _page(request, "mandate_term", entity, mandate, form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def deputy(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """Name who stands in for the holder of a mandate, for a period within it."""
    actor: Actor = request.actor
    entity, mandate = _mandate(actor, code, mandate_id)
    check(actor, "mandate.name", entity)
    first = max(_today(entity), mandate.from_day)
    form = DeputyForm(
        actor, request.POST if request.method == "POST" else None, initial={"from_day": first, "until_day": mandate.until_day}
    )
    if request.method == "POST" and form.is_valid() and (name := _name(actor, entity, form, deputises=mandate)):
        messages.success(request, _("%(name)s is named.") % {"name": name})
        return done(request, f"{entity.get_absolute_url()}mandates/")
    return _page(request, "mandate_deputy", entity, mandate, form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand_over(request: Request, code: str, mandate_id: int) -> HttpResponse:
    """What stands open with the holder of a mandate, and to whom it goes."""
    actor: Actor = request.actor
    entity, mandate = _mandate(actor, code, mandate_id)
    check(actor, "mandate.hand_over", entity)
    items = shown_items(actor, entity, mandate.user)
    others = (
        Mandate.objects.current().filter(entity=entity, user__is_active=True).exclude(user=mandate.user_id).select_related("user__page")
    )
    successors = {row.user_id: f"{row.user.page.name} – {row.title}" for row in others}
    people = {row.user_id: row.user for row in others}
    form = HandOverForm(items, [*successors.items()], request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            actions.hand_over_items(actor, mandate, people[asked["to"]], keys=asked["keys"], note=asked["note"])
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(name)s takes it over, and is told.") % {"name": people[asked["to"]].page.name})
            return done(request, f"{entity.get_absolute_url()}mandates/{mandate.pk}/")
    past = HandOver.objects.filter(entity=entity, from_user=mandate.user_id).select_related("entity", "to_user__page")
    return _page(
        request,
        "mandate_hand_over",
        entity,
        mandate,
        form=form,
        items=items,
        successors=successors,
        past=list(past),
        status=422 if form.is_bound else 200,
    )


@require_safe
@login_required
def handed(request: Request, code: str, hand_over_id: int) -> HttpResponse:
    """What was handed over: for whoever took it, and those who may hand over there. What is still open of it says so."""
    actor: Actor = request.actor
    entity = find(actor, code)
    rows = HandOver.objects.filter(entity=entity)
    if not can(actor, "mandate.hand_over", entity):
        rows = rows.filter(to_user=actor.user_id)
    row = get_object_or_404(rows.select_related("from_user__page", "to_user__page", "by__page"), pk=hand_over_id)
    open_now = {item.key for item in open_items(entity, row.from_user)}
    open_now |= {item.key for item in open_items(entity, row.to_user) if not item.is_office}
    lines = [(item, item["key"] in open_now) for item in row.items]
    return page(request, "entities/handed.html", nav="entities", here_space_id=entity.pk, entity=entity, row=row, lines=lines)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: Request, code: str) -> HttpResponse:
    """Offer a mandate by mail. The answer is the same whether the address has an account or not."""
    actor: Actor = request.actor
    entity = find(actor, code)
    check(actor, "mandate.name", entity)
    form = MandateInviteForm(actor, entity, request.POST if request.method == "POST" else None, initial={"language": language()})
    if request.method == "POST" and form.is_valid():
        rates.spend("invite", actor.user_id or 0)
        try:
            made = actions.invite_by_mail(actor, entity, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The invitation to %(address)s is on its way.") % {"address": made.address})
            return done(request, f"{entity.get_absolute_url()}mandates/")
    return page(
        request,
        "entities/mandate_invite.html",
        status=422 if form.is_bound else 200,
        nav="entities",
        here_space_id=entity.pk,
        entity=entity,
        form=form,
        to=f"{entity.get_absolute_url()}mandates/",
    )


@require_POST
@login_required
def resend(request: Request, code: str, mandate_invitation_id: int) -> HttpResponse:
    """A new link to the same address; the one before it opens nothing any more."""
    actor: Actor = request.actor
    entity, invitation = _invitation(actor, code, mandate_invitation_id)
    rates.spend("invite", actor.user_id or 0)
    try:
        actions.resend_invitation(actor, invitation)
        messages.success(
            request, _("A new link is on its way to %(address)s; the one before it works no more.") % {"address": invitation.address}
        )
    except ValidationError as error:
        messages.error(request, sentence(error))
    return done(request, f"{entity.get_absolute_url()}mandates/")


@require_POST
@login_required
def revoke(request: Request, code: str, mandate_invitation_id: int) -> HttpResponse:
    actor: Actor = request.actor
    entity, invitation = _invitation(actor, code, mandate_invitation_id)
    try:
        actions.revoke_invitation(actor, invitation)
        messages.success(request, _("The invitation is taken back: its link works no more."))
    except ValidationError as error:
        messages.error(request, sentence(error))
    return done(request, f"{entity.get_absolute_url()}mandates/")


def find(actor: Actor, code: str) -> Entity:
    return get_object_or_404(Entity.objects.visible_to(actor).select_related("entity_kind", "country"), handle=code)


def _mandate(actor: Actor, code: str, mandate_id: int) -> tuple[Entity, Mandate]:
    entity = find(actor, code)
    rows = Mandate.objects.filter(entity=entity)
    found = get_object_or_404(
        rows.select_related("user__page", "named_by__page", "ended_by__page", "entity__country", "field", "deputises__user__page"),
        pk=mandate_id,
    )
    return entity, found


def _invitation(actor: Actor, code: str, mandate_invitation_id: int) -> tuple[Entity, MandateInvitation]:
    entity = find(actor, code)
    found = get_object_or_404(MandateInvitation.objects.filter(entity=entity), pk=mandate_invitation_id)
    check(actor, "mandate.name", entity)
    return entity, found


def _name(actor: Actor, entity: Entity, form: Form, **more: Any) -> str:
    """Name whom a valid form says; the name, or "" when the action refused, with its words in the form."""
    fields = dict(form.cleaned_data)
    person = fields.pop("user")
    try:
        actions.name_mandate(actor, entity, person.user, **fields, **more)
    except ValidationError as error:
        refuse(form, error)
        return ""
    return str(person.name)


def _renew(actor: Actor, mandate: Mandate, **days: Any) -> Mandate:
    if mandate.deputises_id is not None:
        raise ValidationError(_("Name a deputy anew on the page of the mandate they stand in for."))
    return actions.name_mandate(
        actor,
        mandate.entity,
        mandate.user,
        title=mandate.title,
        network=mandate.network,
        is_head=mandate.is_head and mandate.deputises_id is None,
        scope=mandate.scope,
        field=mandate.field,
        **days,
    )


def _still_speaks(mandate: Mandate) -> bool:
    """Whether the person holds another mandate of the institution now: then nobody has left."""
    return Mandate.objects.current().filter(entity=mandate.entity_id, user=mandate.user_id).exists()


def _today(entity: Entity) -> Any:
    return Mandate(entity=entity).local_day(timezone.now())


def _page(request: Request, template: str, entity: Entity, mandate: Mandate, *, status: int = 200, **context: Any) -> HttpResponse:
    return page(
        request,
        f"entities/{template}.html",
        status=status,
        nav="entities",
        here_space_id=entity.pk,
        entity=entity,
        mandate=mandate,
        home=mandate.home,
        to=f"{entity.get_absolute_url()}mandates/",
        **context,
    )
