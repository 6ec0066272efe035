"""The only writer of institutions."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import live
from network.activity.recording import record
from network.content import Audience, realign
from network.entities.facets import completeness_of, facets_of
from network.entities.models import Entity, EntityQuerySet, Kind, StatusChange
from network.entities.standing import held, open_to
from network.names import monogram
from network.permissions import can, check
from network.spaces.actions import describe, rights_changed
from network.spaces.actors import Actor
from network.spaces.models import Country, Field, Mandate, Recognition, Space
from network.spaces.pictures import drop_picture, set_picture
from network.spaces.readers import representatives


@transaction.atomic
def create(
    actor: Actor, *, kind: Kind, handle: str, country: Country | None = None, parent: Entity | None = None, **fields: object
) -> Entity:
    """Add an institution to the register. ValidationError when its name or code is taken.

    A National Commission adds what it oversees: as a draft, until the secretariat makes it active. One of a list that is brought in
    comes `quietly`: the list is told of as a whole.
    """
    quietly = bool(fields.pop("quietly", False))
    commission = commission_of(country) if kind.overseen else None
    if commission is not None and not actor.is_secretariat and can(actor, "entity.create_under", commission):
        for name in ("verified", "sees_all"):
            fields.pop(name, None)
        parent, fields["status"] = None, Entity.Status.DRAFT
    else:
        check(actor, "entity.create")
    entity = Entity(kind=Space.Kind.ENTITY, entity_kind=kind, handle=handle, country=country, parent=parent)
    _shape(entity, fields)
    entity.full_clean(exclude=["overseer"])
    entity.save()
    if kind.oversees and country is not None and entity.listed and not _claimants(country).exclude(pk=entity.pk).exists():
        # The secretariat puts the one commission of a country into the register: that is its decision. A second claimant waits for one.
        accredit(actor, entity)
    _oversee(entity)
    StatusChange.objects.create(entity=entity, by=actor.person, on_behalf_of_id=_from_above(actor, entity), now=entity.status)
    if quietly:
        record(actor.in_office(entity), "registered", entity, space=entity, reach=Audience.MANAGERS, soon=False)
    else:
        record(actor.in_office(entity), "registered", entity, space=entity)
    return entity


@transaction.atomic
def edit(actor: Actor, entity: Entity, **fields: object) -> Entity:
    """Change what an institution says of itself; its kind, country and parent only by whoever oversees it. Its status: see set_status().

    A `picture` is bytes that network.spaces.pictures.redrawn made; `without_picture` takes the present one away.
    """
    entity = Entity.objects.select_for_update(of=("self",)).select_related("entity_kind", "country").get(pk=entity.pk)
    check(actor, "entity.edit", entity)
    if "status" in fields:
        raise ValidationError({"status": _("A status changes on a page of its own, with the reason.")})
    if not actor.governs(entity):
        for name in ("entity_kind", "country", "parent", "verified", "sees_all", "field"):
            fields.pop(name, None)
    kind = fields.get("entity_kind")
    if isinstance(kind, Kind) and kind.oversees and kind != entity.entity_kind and not actor.is_secretariat:
        # A commission that made a school of its own a commission of another country would oversee there.
        raise ValidationError({"entity_kind": _("Only the secretariat makes an institution a National Commission.")})
    quietly = bool(fields.pop("quietly", False))
    audience = entity.audience
    seat = entity.entity_kind, entity.country_id
    _shape(entity, fields)
    entity.full_clean(exclude=["overseer"])
    entity.save()
    if seat != (entity.entity_kind, entity.country_id) or not entity.listed:
        # Another kind or country, or no longer active: what was decided of it is over. A new decision is the secretariat's.
        _withdraw(actor, entity, "")
    _oversee(entity)
    if entity.audience != audience:
        realign(entity.pk)
        rights_changed(representatives([entity.pk]), entity.pk)
        transaction.on_commit(partial(live.withdraw, None, entity.pk), robust=True)
    record(actor.in_office(entity), "described", entity, space=entity, reach=Audience.MANAGERS, soon=not quietly, fields=sorted(fields))
    return entity


@transaction.atomic
def set_status(actor: Actor, entity: Entity, status: str, *, reason: str, quietly: bool = False) -> Entity:
    """Suspend an institution, end it, or take it up again, with the reason that its history keeps; the same status again is quiet.

    Any of it by the secretariat; a commission as far as standing.open_to() says. PermissionDenied with the sentence who decides the rest.
    """
    entity = Entity.objects.select_for_update(of=("self",)).select_related("entity_kind", "country").get(pk=entity.pk)
    check(actor, "entity.judge", entity)
    if status not in Entity.Status.values:
        raise ValidationError({"status": _("Choose one of the statuses.")})
    if entity.status == status:
        return entity
    if status not in open_to(actor, entity):
        if why := held(entity):
            raise PermissionDenied(why)
        check(actor, "entity.settle", entity)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: it stands in the history of the institution.")})
    was = entity.status
    _shape(entity, {"status": status})
    entity.save()
    if not entity.listed:
        _withdraw(actor, entity, reason.strip())
    StatusChange.objects.create(
        entity=entity, by=actor.person, on_behalf_of_id=_from_above(actor, entity), was=was, now=status, reason=reason.strip()
    )
    realign(entity.pk)
    rights_changed(representatives([entity.pk]), entity.pk)  # a suspended institution is spoken for by nobody
    transaction.on_commit(partial(live.withdraw, None, entity.pk), robust=True)
    record(
        actor.in_office(entity),
        "status_changed",
        entity,
        space=entity,
        reach=Audience.MANAGERS,
        soon=not quietly,
        was=was,
        now=status,
        message=reason.strip(),
    )
    return entity


def _from_above(actor: Actor, entity: Entity) -> int | None:
    """In whose name its standing is changed: the secretariat's, or its commission's."""
    if actor.is_secretariat:
        return actor.house
    return entity.overseer_id


@transaction.atomic
def confirm(actor: Actor, entity: Entity) -> Entity:
    """Say that what the register holds of an institution is still true."""
    entity = Entity.objects.select_for_update(of=("self",)).get(pk=entity.pk)
    check(actor, "entity.confirm", entity)
    entity.confirmed_at, entity.confirmed_by = timezone.now(), actor.person
    entity.save(update_fields=["confirmed_at", "confirmed_by"])
    record(actor.in_office(entity), "confirmed", entity, space=entity, reach=Audience.MANAGERS)
    return entity


def ask_to_confirm(most: int = 200) -> int:
    """The yearly round: ask the people of institutions whose data nobody has confirmed for a year, in the secretariat's name.

    Whoever does not answer is asked again every sixty days. Says how many were asked; the rest waits for the next turn of the clock.
    """
    asking = Mandate.objects.current().filter(entity__sees_all=True, user__is_active=True).order_by("-is_head", "pk").first()
    if asking is None:
        return 0  # nobody speaks for the secretariat: it still waits on the pages of those whom it concerns
    actor = Actor.of(asking.user).speaking_for(asking.entity_id)
    return sum(_ask(actor, pk) for pk in list(Entity.objects.to_ask().order_by("asked_at", "pk").values_list("pk", flat=True)[:most]))


@transaction.atomic
def _ask(actor: Actor, entity_id: int) -> int:
    entity = Entity.objects.to_ask().select_for_update(of=("self",)).filter(pk=entity_id).first()
    if entity is None:  # confirmed, or asked by another clock, meanwhile
        return 0
    entity.asked_at = timezone.now()
    entity.save(update_fields=["asked_at"])
    record(actor, "confirmation_due", entity, space=entity, reach=Audience.MANAGERS)
    return 1


def work_out(entity: Entity) -> None:
    """Set what is derived from an institution's entry. Does not save."""
    spec = entity.entity_kind.spec
    entity.facets = facets_of(entity, spec)
    entity.completeness = completeness_of(entity, spec)


def work_out_all(kind_id: int) -> int:
    """Work out anew what is derived from the entries of a kind, some hundred at a time. Says how many changed."""
    changed, last = 0, 0
    while rows := list(Entity.objects.filter(entity_kind=kind_id, pk__gt=last).select_related("entity_kind").order_by("pk")[:500]):
        last = rows[-1].pk
        for entity in rows:
            before = entity.facets, entity.completeness
            work_out(entity)
            if (entity.facets, entity.completeness) != before:
                # Only these two columns: whoever edits the institution meanwhile writes the rest.
                changed += Entity.objects.filter(pk=entity.pk).update(facets=entity.facets, completeness=entity.completeness)
    return changed


def _draw(entity: Entity, fields: dict[str, object]) -> None:
    drawn, none = fields.pop("picture", None), fields.pop("without_picture", False)
    if isinstance(drawn, bytes):
        set_picture(entity, drawn)
    elif none:
        drop_picture(entity)


@transaction.atomic
def accredit(actor: Actor, commission: Entity, *, note: str = "") -> Recognition:
    """Decide that this body is the National Commission of its country; another one that was, is so no longer. Twice is quiet.

    From then on it oversees what its country has in the register. Only the secretariat decides. ValidationError for a body that is no
    commission, has no country, or is not active.
    """
    check(actor, "entity.accredit", commission)
    country = Country.objects.select_for_update().filter(pk=commission.country_id).first()  # two decisions at once meet here
    commission = Entity.objects.select_for_update(of=("self",)).select_related("entity_kind", "country").get(pk=commission.pk)
    if country is None or not commission.entity_kind.oversees:
        raise ValidationError(_("Only a National Commission of a country is accredited."))
    if not commission.listed:
        raise ValidationError(_("This institution is not active: a draft, a suspended or a former body is not accredited."))
    held = Recognition.objects.filter(country=country, ended_at=None).first()
    if held is not None and held.commission_id == commission.pk:
        return held
    if held is not None:
        _withdraw(actor, Entity.objects.select_related("country").get(pk=held.commission_id), note)
    made = Recognition.objects.create(country=country, commission=commission, by=actor.person, note=note)
    _hand_oversight(country, commission)
    record(actor.in_office(commission), "accredited", commission, space=commission, reach=Audience.MANAGERS, message=note)
    return made


@transaction.atomic
def withdraw_accreditation(actor: Actor, commission: Entity, *, note: str = "") -> None:
    """Decide that this body is no longer the commission of its country: until another is, nobody but the secretariat oversees there."""
    check(actor, "entity.accredit", commission)
    Country.objects.select_for_update().filter(pk=commission.country_id).first()
    _withdraw(actor, commission, note)


def _withdraw(actor: Actor, commission: Entity, note: str) -> None:
    held = Recognition.objects.select_related("country").filter(commission=commission, ended_at=None).first()
    if held is None:
        return
    held.ended_at, held.ended_by, held.end_note = timezone.now(), actor.person, note
    held.save(update_fields=["ended_at", "ended_by", "end_note"])
    _hand_oversight(held.country, None)
    record(actor.in_office(commission), "accreditation_withdrawn", commission, space=commission, reach=Audience.MANAGERS, message=note)


def _hand_oversight(country: Country, commission: Entity | None) -> None:
    """All that a commission oversees in its country goes to this one, or to nobody; whoever looked over it until now is asked at the door again."""
    below = Space.objects.filter(entity__country=country, entity__entity_kind__overseen=True)
    below = below | Space.objects.filter(group__owner__entity__country=country, group__owner__entity__entity_kind__overseen=True)
    changed = list(below.exclude(overseer=commission).values_list("pk", "overseer")) if commission else list(
        below.exclude(overseer=None).values_list("pk", "overseer")
    )  # fmt: skip
    Space.objects.filter(pk__in=[pk for pk, _overseer in changed]).update(overseer=commission)
    rights_changed(representatives({overseer for _pk, overseer in changed if overseer} | ({commission.pk} if commission else set())))


def commission_of(country: Country | None) -> Entity | None:
    """The accredited National Commission of a country, if it has one."""
    return Entity.objects.filter(recognitions__country=country, recognitions__ended_at=None).first() if country else None


def _claimants(country: Country) -> EntityQuerySet:
    return Entity.objects.filter(country=country, entity_kind__oversees=True)


def _oversee(entity: Entity) -> None:
    """Let oversight and field of work follow: of an institution over its groups."""
    owned = Space.objects.filter(group__owner=entity.pk)
    owned.exclude(overseer=entity.overseer, field=entity.field).update(overseer=entity.overseer, field=entity.field)


def _shape(entity: Entity, fields: dict[str, object]) -> None:
    _draw(entity, fields)
    fields["listed"] = fields.get("status", entity.status) == Entity.Status.ACTIVE
    if fields["listed"] and not entity.listed:
        fields.setdefault("audience", Audience.PUBLIC)
    describe(entity, **fields)
    if entity.entity_kind.oversees and entity.country is not None:
        # Commissions share their first words: a commission is known by its country.
        entity.monogram = monogram(entity.country.name_ar, 2)
    entity.overseer = commission_of(entity.country) if entity.entity_kind.overseen else None
    if any(field.code == "field" for field in entity.entity_kind.spec):
        # What its kind is asked is what it works in: a mandate for that field looks over it.
        entity.field = Field.objects.filter(code=entity.details.get("field") or "").first()
    work_out(entity)
