"""The only writer of accounts, profiles and blocks (allauth's own tables are the one named exception)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction

from network.activity.recording import record
from network.content import Audience, realign
from network.names import tidy_name
from network.permissions import check
from network.spaces.actions import describe, rights_changed
from network.spaces.models import Country, Space
from profiles.models import Block, Profile, User

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@transaction.atomic
def open_account(user: User, *, name: str, handle: str = "", language: str = "ar", country: Country | None = None, **profile: object) -> User:
    """Save a new account with its page and profile. Seen by the network only, until the person chooses otherwise."""
    user.language = language if language in ("ar", "fr", "en") else "ar"
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
def edit(actor: Actor, user: User, *, page: dict[str, object], profile: dict[str, object]) -> User:
    """Change what one says of oneself."""
    space = user.page.locked()
    check(actor, "profile.edit", space)
    before = space.audience
    describe(space, **page)
    space.save()
    Profile.objects.update_or_create(user=user, defaults=profile)
    if before != space.audience:
        realign(space.pk)
    record(actor, "described", space, space=space, reach=Audience.MANAGERS)
    return user


@transaction.atomic
def prefer(actor: Actor, **preferences: str) -> None:
    """Language, zone, digits, calendar, theme: the reader's own."""
    User.objects.filter(pk=actor.user_id).update(**preferences)


@transaction.atomic
def suspend(actor: Actor, user: User) -> None:
    """Close an account's doors at once: sessions, sockets and writing."""
    check(actor, "person.suspend")
    User.objects.filter(pk=user.pk).update(is_active=False)
    rights_changed([user.pk])


@transaction.atomic
def block(actor: Actor, other: User) -> Block:
    made, _new = Block.objects.get_or_create(user=actor.user, blocked=other)
    return made


@transaction.atomic
def unblock(actor: Actor, other: User) -> None:
    Block.objects.filter(user=actor.user, blocked=other).delete()


def _free_handle(name: str, user: User) -> str:
    base = re.sub(r"[^\w]+", "-", tidy_name(name).lower()).strip("-_.")[:40] or "member"
    return base if not Space.objects.filter(handle=base).exists() else f"{base}-{user.pk}"
