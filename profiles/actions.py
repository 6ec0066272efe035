"""The only writer of accounts, profiles and blocks (allauth's own tables are the one named exception)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from network import live
from network.activity.recording import record
from network.content import Audience, realign
from network.live import presence
from network.names import skeleton, tidy_name
from network.permissions import check
from network.spaces.actions import describe, rights_changed, unfollow
from network.spaces.models import Country, Space
from network.spaces.pictures import drop_picture, set_picture
from profiles.models import Block, Profile, User

if TYPE_CHECKING:
    from network.spaces.actors import Actor

ABOUT_LENGTH = 2000
OFFICIAL = ("natcom", "alecso", "multaqa", "secretariat", "admin")  # handles that begin so are institutions'


@transaction.atomic
def open_account(
    user: User, *, name: str, handle: str = "", language: str = "ar", country: Country | None = None, **profile: object
) -> User:
    """Save a new account with its page and profile. Seen by the network only, until the person chooses otherwise.

    ValidationError for a name without letters, or one that looks like an institution's.
    """
    check_name(name)
    user.language = language if language in ("ar", "fr", "en") else "ar"
    if not user.password:
        user.set_unusable_password()
    user.save()
    page = Space(kind=Space.Kind.PERSON, user=user, audience=Audience.NETWORK, country=country)
    latin = re.fullmatch(r"[\x00-\u024f\W]*", name) is not None
    page.handle = handle or _free_handle(name, user)
    about = {key: profile.pop(key) for key in list(profile) if key.startswith(("about_", "name_"))}
    describe(page, **({"name_en": name} if latin else {"name_ar": name}), **about)
    page.save()
    Profile.objects.create(user=user, **profile)
    return user


@transaction.atomic
def edit(
    actor: Actor,
    user: User,
    *,
    page: dict[str, object],
    profile: dict[str, object],
    picture: bytes | None = None,
    without_picture: bool = False,
) -> User:
    """Change what one says of oneself. `picture` is redrawn already (network.spaces.pictures.redrawn)."""
    space = user.page.locked()
    check(actor, "profile.edit", space)
    before = space.audience
    for field, value in page.items():
        if field.startswith("name_") and value:
            check_name(str(value))
    describe(space, **page)
    if picture is not None:
        set_picture(space, picture)
    elif without_picture:
        drop_picture(space)
    space.save()
    Profile.objects.update_or_create(user=user, defaults=profile)
    rights_changed([user.pk])
    if before != space.audience:
        realign(space.pk)
        # Open pages of those who may no longer see fall silent within a second.
        transaction.on_commit(partial(live.withdraw, None, space.pk), robust=True)
    record(actor, "described", space, space=space, reach=Audience.MANAGERS)
    return user


def check_name(name: str) -> None:
    """Refuse a name that draws nothing, or that looks like an institution's: a person speaks for it by mandate, never by name."""
    bones = skeleton(name)[:200]
    if not bones:
        raise ValidationError(_("Write a name with letters."), code="no_letters")
    tidy = tidy_name(name)
    same = Q(skeleton=bones) | Q(name_fr__iexact=tidy) | Q(name_en__iexact=tidy)
    if Space.objects.entities().filter(same).exists():
        raise ValidationError(
            _("This is the name of an institution. Write your own name; you will speak for it by mandate."), code="institution"
        )


@transaction.atomic
def prefer(actor: Actor, **preferences: str | bool) -> None:
    """Language, zone, digits, calendar, theme, whether one's presence shows: the reader's own."""
    if actor.user is not None:
        User.objects.filter(pk=actor.user.pk).update(**preferences)
        if preferences.get("shows_presence") is False:
            presence.seen(actor.user.pk, presence.GONE)


@transaction.atomic
def suspend(actor: Actor, user: User) -> None:
    """Close an account's doors at once: sessions, sockets and writing. Twice is quiet; oneself is refused."""
    check(actor, "person.suspend")
    if user.pk == actor.user_id:
        raise ValidationError(_("You cannot suspend your own account."))
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        end_sessions(user)
        record(actor, "suspended", user.page, space=user.page, reach=Audience.MANAGERS)
        rights_changed([user.pk])


@transaction.atomic
def reinstate(actor: Actor, user: User) -> None:
    """Let a suspended person sign in again; the ended sessions stay ended."""
    check(actor, "person.suspend")
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        record(actor, "reinstated", user.page, space=user.page, reach=Audience.MANAGERS)
        rights_changed([user.pk])


def end_sessions(user: User) -> int:
    """End every session of a person, on all devices; how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    sessions_ended(user.pk)
    return len(sessions)


def sessions_ended(user_id: int, keys: Iterable[str] | None = None, *, but: str = "") -> None:
    """Tell whoever keeps something for a session (a device that shows notices) that these have ended; without `keys`, all but one."""
    for name in settings.SESSIONS_ENDED:
        import_string(name)(user_id, None if keys is None else list(keys), but=but)


@transaction.atomic
def block(actor: Actor, other: User) -> Block:
    """Hear no more of somebody; blocking oneself is refused, blocking twice is quiet. Ends following."""
    if other.pk == actor.user_id:
        raise ValidationError(_("You cannot block yourself."))
    made, _new = Block.objects.get_or_create(user=actor.person, blocked=other)
    unfollow(actor, other.page)
    return made


@transaction.atomic
def unblock(actor: Actor, other: User) -> None:
    Block.objects.filter(user=actor.person, blocked=other).delete()


def _free_handle(name: str, user: User) -> str:
    base = re.sub(r"[^\w]+", "-", tidy_name(name).lower()).strip("-_.")[:40] or "member"
    taken = base.startswith(OFFICIAL) or Space.objects.filter(handle=base).exists()
    return f"{base}-{user.pk}" if taken else base
