"""How a person chooses to be told, and a space to write to its people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.permissions import check
from network.spaces.actors import Actor
from network.spaces.models import Space
from notices import hours, wishes
from notices.kinds import DAILY, NOW, OF_REASON, WEEKLY, Wish, role_of
from notices.models import Level, Notice, Preferences, SpaceMail

if TYPE_CHECKING:
    from forums.models import Board
    from profiles.models import User


def preferences_of(user: User) -> Preferences:
    """A person's preferences; the row is made when it is missing, with the next digest reckoned."""
    found = Preferences.objects.filter(user=user).first()
    if found is None:
        row = Preferences(user=user)
        row.next_digest_at = hours.of(user, row).next_digest(timezone.now())
        Preferences.objects.bulk_create([row], ignore_conflicts=True)
        found = Preferences.objects.get(user=user)
    return found


def meet(limit: int = 500) -> int:
    """Give preferences to active people who have none yet; returns how many."""
    people = get_user_model().objects.filter(is_active=True, preferences=None, page__isnull=False).select_related("page__country")[:limit]
    now, rows = timezone.now(), []
    for user in people:
        rows.append(Preferences(user=user))
        rows[-1].next_digest_at = hours.of(user, rows[-1]).next_digest(now)
    Preferences.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def choose(actor: Actor, grid: Mapping[str, Wish], **fields: Any) -> Preferences:
    """Keep the whole grid and the hours. What waits to be mailed follows the new choice at once."""
    preferences = _locked(actor)
    preferences.choices = wishes.differing(grid, role_of(actor))
    for name, value in fields.items():
        setattr(preferences, name, value)
    return _save(actor, preferences)


@transaction.atomic
def choose_preset(actor: Actor, name: str) -> Preferences:
    """Fill the grid with a preset; "usual" forgets every choice. KeyError for one that does not exist."""
    preferences = _locked(actor)
    preferences.choices = wishes.preset(name, role_of(actor))
    return _save(actor, preferences)


@transaction.atomic
def stop_mail(user: User, kinds: Collection[str]) -> None:
    """No more mail of these kinds ("digest": of all that comes in one now): what an unsubscribe link may do, and nothing else."""
    preferences_of(user)
    preferences = Preferences.objects.select_for_update().get(user=user)
    if "digest" in kinds:
        grid = wishes.all_of(preferences.choices, role_of(Actor.of(user)))
        kinds = {*kinds, *wishes.mailed(grid, DAILY, WEEKLY)} - {"digest"}
    for code in kinds:
        preferences.choices = {**preferences.choices, code: {**preferences.choices.get(code, {}), "mail": "none"}}
    preferences.save(update_fields=["choices"])
    Notice.objects.filter(recipient=user, mail=None, mail_due__isnull=False, reason__in=wishes.reasons(kinds)).update(mail_due=None)


@transaction.atomic
def weekly(user: User) -> None:
    """Whatever came in the daily digest comes in the weekly one."""
    preferences_of(user)
    preferences = Preferences.objects.select_for_update().get(user=user)
    grid = wishes.all_of(preferences.choices, role := role_of(Actor.of(user)))
    preferences.choices = wishes.differing(
        {code: replace(wish, mail=WEEKLY) if wish.mail == DAILY else wish for code, wish in grid.items()}, role
    )
    preferences.save(update_fields=["choices"])


@transaction.atomic
def resume_mail(actor: Actor) -> None:
    """The address works again, its owner says."""
    Preferences.objects.filter(user=actor.person).update(paused_at=None, paused_because="", bounces=0)


@transaction.atomic
def set_level(actor: Actor, space: Space, level: str) -> None:
    """How much one wants to hear of a space; "" goes back to its usual. ValidationError for a level that does not exist."""
    check(actor, "space.view", space)
    if not level:
        Level.objects.filter(space=space, user=actor.person).delete()
    elif level in Level.Of.values:
        Level.objects.update_or_create(space=space, user=actor.person, defaults={"level": level})
    else:
        raise ValidationError(_("Unknown level."))


@transaction.atomic
def set_space_mail(actor: Actor, space: Space, *, level: str, without_content: bool, board: Board | None) -> SpaceMail:
    """How a space writes to its people and whether mail becomes topics there."""
    space = space.locked()
    check(actor, "space.manage", space)
    if board is not None and board.space_id != space.pk:
        raise ValidationError({"board": _("Choose a board of this space.")})
    row = SpaceMail(space=space, level=level, without_content=without_content, board=board)
    row.full_clean(validate_unique=False)
    SpaceMail.objects.update_or_create(space=space, defaults={"level": level, "without_content": without_content, "board": board})
    return row


def _locked(actor: Actor) -> Preferences:
    preferences_of(actor.person)
    return Preferences.objects.select_for_update().get(user=actor.person)


def _save(actor: Actor, preferences: Preferences) -> Preferences:
    user = actor.person
    preferences.next_digest_at = hours.of(user, preferences).next_digest(timezone.now())
    preferences.save()
    grid = wishes.mine(actor, preferences)
    by_itself = wishes.reasons(wishes.mailed(grid, NOW, "hourly"))
    # What waited to be mailed by itself, and is now for the digest or for nobody, waits no longer.
    Notice.objects.filter(recipient=user, mail=None, mail_due__isnull=False).exclude(reason__in=by_itself).update(mail_due=None)
    hidden = [reason for reason, kind in OF_REASON.items() if not grid[kind.code].shown]
    Notice.objects.filter(recipient=user, unread=True, shown=True, reason__in=hidden).update(shown=False)
    return preferences
