"""The only writer of mandates: named, extended and ended by people, begun and lapsed by the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.recording import later, record
from network.content import Audience
from network.names import tidy_name
from network.permissions import check
from network.spaces.actions.places import rights_changed
from network.spaces.actors import Actor
from network.spaces.models import Field, Mandate, Space, usual_scope

if TYPE_CHECKING:
    from profiles.models import User

REMINDERS = (30, 7)  # so many days before a mandate lapses its holder and the head are told


@transaction.atomic
def name_mandate(  # noqa: PLR0913 -- a mandate is all of these
    actor: Actor,
    entity: Space,
    user: User,
    *,
    title: str,
    from_day: date,
    until_day: date | None = None,
    network: str = Mandate.Network.PLATFORM,
    is_head: bool = False,
    scope: str = "",
    field: Field | None = None,
    deputises: Mandate | None = None,
) -> Mandate:
    """Name who speaks for an institution. A head is named by whoever governs it, never by the head alone.

    `scope`: how far it reaches, by default as far as the institution does; a `field` of work is reached over by the secretariat's word only.
    `deputises`: the mandate of the same institution for which this one stands in: it has that one's reach and headship, has a last day, and
    never outlasts it. ValidationError says what is wrong with days, person, scope or deputy; PermissionDenied that this is not the actor's to do.
    """
    entity = entity.locked()
    check(actor, "mandate.name", entity)
    if not user.is_active:
        raise ValidationError({"user": _("This account is suspended.")})
    mandate = Mandate(entity=entity, user=user, title=tidy_name(title), network=network, is_head=is_head, named_by=actor.person)
    mandate.set_days(from_day, until_day)
    _check_days(mandate)
    if deputises is not None:
        _deputise(mandate, deputises)
    else:
        if is_head:
            _check_names_head(actor, entity)
        _reach(actor, mandate, scope, field)
    # The institution's row is locked: a form sent twice meets its own first mandate here.
    same = Mandate.objects.not_over(mandate.starts_at).filter(entity=entity, user=user, network=network, title=mandate.title)
    if mandate.ends_at is not None:
        same = same.filter(starts_at__lt=mandate.ends_at)
    if same.exists():
        raise ValidationError({"user": _("This person already holds this mandate in these days.")})
    mandate.save()
    record(actor.in_office(entity), "mandated", user.page, target=entity, reach=Audience.MANAGERS, mandate=mandate.pk)
    _turn_later(mandate)
    rights_changed([user.pk], entity.pk)
    return mandate


@transaction.atomic
def extend_mandate(actor: Actor, mandate: Mandate, *, until_day: date | None) -> Mandate:
    """Give a mandate that is not over another last day, or none. The head's own is extended from above only; deputies never outlast it.

    ValidationError for a mandate that is over (name it again), a last day that is over, or before the first, or beyond the one it stands in for.
    """
    mandate = _locked(mandate)
    check(actor, "mandate.extend", mandate.entity)
    if mandate.is_head and mandate.deputises_id is None:
        _check_names_head(actor, mandate.entity)
    if mandate.is_over:
        raise ValidationError(_("This mandate is over. Name the person again."))
    before = mandate.until_day
    mandate.set_days(mandate.from_day, until_day)
    _check_days(mandate)
    if mandate.is_over:
        raise ValidationError({"until_day": _("This day is over. End the mandate instead, or choose a day to come.")})
    if mandate.deputises is not None:
        _check_within(mandate, mandate.deputises)
    if mandate.until_day == before:
        return mandate
    mandate.reminded_days = None
    mandate.save(update_fields=["until_day", "starts_at", "ends_at", "reminded_days"])
    told = [mandate.user_id]
    if mandate.ends_at is not None:
        outlasting = mandate.deputies.filter(Q(ends_at=None) | Q(ends_at__gt=mandate.ends_at))
        told += outlasting.values_list("user_id", flat=True)
        outlasting.filter(from_day__lte=mandate.until_day).update(until_day=mandate.until_day, ends_at=mandate.ends_at)
        outlasting.filter(ends_at__gt=mandate.ends_at).update(ends_at=mandate.ends_at)  # those that would begin after it never begin
    record(
        actor.in_office(mandate.entity), "mandate_extended", mandate.user.page, target=mandate.entity, reach=Audience.MANAGERS, mandate=mandate.pk,
        until=until_day.isoformat() if until_day else "",
    )  # fmt: skip
    _turn_later(mandate)
    rights_changed(told, mandate.entity_id)
    return mandate


@transaction.atomic
def end_mandate(actor: Actor, mandate: Mandate) -> Mandate:
    """End a mandate now, and those that stand in for it. Its acts stay with the institution; ending twice is quiet."""
    mandate = _locked(mandate)
    check(actor, "mandate.end", mandate.entity)
    if mandate.is_over:
        return mandate
    now = timezone.now()
    for each in [mandate, *mandate.deputies.not_over(now).select_for_update(of=("self",)).select_related("entity__country", "user__page")]:
        # It ends in the course of this day, as the institution's country counts days; one that was still to come never begins.
        each.ends_at, each.ended_by = now, actor.person
        each.until_day = max(each.from_day, each.local_day(now))
        each.save(update_fields=["ends_at", "until_day", "ended_by"])
        record(actor.in_office(each.entity), "mandate_ended", each.user.page, target=each.entity, reach=Audience.MANAGERS, mandate=each.pk)
        rights_changed([each.user_id], each.entity_id)
    return mandate


@transaction.atomic
def mandates_turn() -> int:
    """Close the sockets of those whose mandates lapsed in the last minutes; the door itself never waits for this (the clock calls it)."""
    now = timezone.now()
    turned = Mandate.objects.filter(ends_at__gt=now - timedelta(minutes=5), ends_at__lte=now) | Mandate.objects.filter(
        starts_at__gt=now - timedelta(minutes=5), starts_at__lte=now
    )
    users = list(turned.values_list("user_id", flat=True).distinct())
    if users:
        rights_changed(users)
    return len(users)


@transaction.atomic
def remind_of_mandates() -> int:
    """Tell of the mandates that lapse in 30 and in 7 days, each once; of one that was shorter than that from the start, not at all.

    Called by the clock, as often as it likes: a mandate remembers its last reminder, until it is extended. Returns how many were told of.
    """
    now = timezone.now()
    due = Mandate.objects.current(now).filter(ends_at__lte=now + timedelta(days=REMINDERS[0]), user__is_active=True)
    told = 0
    for mandate in due.select_for_update(of=("self",)).select_related("user__page", "entity"):
        days = _reminder_due(mandate, now)
        if days is None:
            continue
        mandate.reminded_days = days
        mandate.save(update_fields=["reminded_days"])
        # Nobody acts here; what happens is the holder's.
        record(Actor.of(mandate.user), "mandate_lapsing", mandate.user.page, target=mandate.entity, reach=Audience.MANAGERS, mandate=mandate.pk,
               until=mandate.until_day.isoformat() if mandate.until_day else "", days=days)  # fmt: skip
        told += 1
    return told


def _reminder_due(mandate: Mandate, now: datetime) -> int | None:
    """30 or 7, where that reminder is due and neither it nor a later one was sent."""
    assert mandate.ends_at is not None  # noqa: S101 -- only those are asked for
    left = mandate.ends_at - now
    due = [days for days in REMINDERS if left <= timedelta(days=days) < mandate.ends_at - mandate.starts_at]
    if not due or (mandate.reminded_days is not None and mandate.reminded_days <= min(due)):
        return None
    return min(due)


def _locked(mandate: Mandate) -> Mandate:
    found = Mandate.objects.select_for_update(of=("self",)).select_related("entity__country", "user__page", "deputises")
    return found.get(pk=mandate.pk)


def _check_days(mandate: Mandate) -> None:
    if mandate.until_day is not None and mandate.until_day < mandate.from_day:
        raise ValidationError({"until_day": _("The last day must not come before the first.")})


def _check_names_head(actor: Actor, entity: Space) -> None:
    if not actor.governs(entity):
        raise PermissionDenied(_("The head of an institution is named by its National Commission or by the secretariat."))


def _reach(actor: Actor, mandate: Mandate, scope: str, field: Field | None) -> None:
    """How far it reaches: as far as the institution does, or less; over a field of work, by the secretariat's word."""
    usual = usual_scope(mandate.entity)
    scope = scope or (Mandate.Scope.FIELD if field is not None else usual)
    if scope == Mandate.Scope.FIELD:
        if not actor.is_secretariat:
            raise PermissionDenied(_("Mandates that reach over a field of work are given by the secretariat."))
        if field is None:
            raise ValidationError({"field": _("Choose the field of work.")})
    elif field is not None:
        raise ValidationError({"field": _("A field of work belongs to mandates that reach over one.")})
    elif scope not in (Mandate.Scope.OWN, usual):
        raise ValidationError({"scope": _("This institution does not reach so far.")})
    mandate.scope, mandate.field = scope, field


def _deputise(mandate: Mandate, original: Mandate) -> None:
    """Stand in for another mandate: with its reach, for a period within it."""
    original = Mandate.objects.select_for_update(of=("self",)).select_related("entity").get(pk=original.pk)
    if original.entity_id != mandate.entity_id or original.is_over:
        raise ValidationError({"deputises": _("Choose a mandate of this institution that is not over.")})
    if original.deputises_id is not None:
        raise ValidationError({"deputises": _("A deputy has no deputy of their own: choose the mandate they stand in for.")})
    if original.user_id == mandate.user_id:
        raise ValidationError({"deputises": _("Nobody stands in for themselves.")})
    _check_within(mandate, original)
    mandate.deputises, mandate.is_head = original, original.is_head
    mandate.scope, mandate.field_id, mandate.network = original.scope, original.field_id, original.network


def _check_within(mandate: Mandate, original: Mandate) -> None:
    if mandate.until_day is None:
        raise ValidationError({"until_day": _("A deputy stands in for a period: say its last day.")})
    if original.until_day is not None and mandate.until_day > original.until_day:
        raise ValidationError({"until_day": _("A deputy’s mandate ends with the one it stands in for, or earlier.")})
    if mandate.from_day < original.from_day:
        raise ValidationError({"from_day": _("A deputy’s mandate begins with the one it stands in for, or later.")})


def _turn_later(mandate: Mandate) -> None:
    for turn in filter(None, (mandate.starts_at, mandate.ends_at)):
        if turn > timezone.now():
            later("spaces.mandates_turn", due_at=turn, unique_key=f"mandate-{mandate.pk}-{int(turn.timestamp())}")
