"""The invented institutions and people of the demo world, and how they came into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from network import text
from network.content import Audience
from network.demo.reading import Row, read
from network.demo.story import Happening, place
from network.entities import actions as entities
from network.entities.models import Entity, Kind
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Country, Field, Follow, Mandate, Space
from profiles import actions as profiles
from profiles.models import User

PASSWORD = "multaqa-demo"  # noqa: S105 -- said on the demo page; DEMO=1 only, which production refuses
MANAGER = "platform-manager"
# The field in which each kind of invented institution works, and the departments that look over one.
FIELDS = {"associated-school": "education", "club": "culture", "scientific-chair": "science"}
DEPARTMENTS = {"alecso-education": "education", "alecso-culture": "culture", "alecso-science": "science", "alecso-ict": "communication"}
KNOWN_TO_ALL = ("secretary_general", "chair_holder")


def email_of(handle: str) -> str:
    return f"{handle}@{read('people')['email_domain']}"


@transaction.atomic
def accounts() -> int:
    """Open the accounts that are missing; returns how many. Nobody acts here: people sign up before they do anything."""
    known = set(User.objects.values_list("email", flat=True))
    rows = [row for row in read("people")["people"] if email_of(row["handle"]) not in known]
    if not rows:
        return 0
    countries = Country.objects.in_bulk()
    # Hashed once: ninety slow hashes of the same word would take ten seconds and protect nothing.
    secret = make_password(PASSWORD if settings.DEMO else None)
    joined = timezone.now() - timedelta(days=61)
    for row in rows:
        _account(row, countries, secret, joined)
    return len(rows)


def _account(row: Row, countries: dict[str, Country], secret: str, joined: datetime) -> None:
    bio = row["bio"]
    user = User(
        email=email_of(row["handle"]), password=secret, joined_at=joined if row["status"] != "fresh" else joined + timedelta(days=60)
    )
    if row["role"] == "administrator" and settings.DEMO:
        user.is_staff = user.is_superuser = True
    profiles.open_account(
        user,
        name=row["name"]["ar"],
        name_fr=row["name"]["fr"],
        name_en=row["name"]["en"],
        handle=row["handle"],
        language=row["interface"],
        country=countries.get(row["state"] or ""),
        honorific=row["honorific"],
        job=row["job"],
        languages="، ".join(settings.LANGUAGE_NAMES[code] for code in row["languages"]),
        **({f"about_{text.language_of(bio, 'ar')}": bio} if bio else {}),
    )
    # Who heads a commission or holds a chair is known to the public: a visitor's directory of people has faces.
    audience = Audience.PUBLIC if row["role"] in KNOWN_TO_ALL else Audience.NETWORK
    Space.objects.filter(user=user).update(created_at=user.joined_at, audience=audience)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def arrivals() -> Iterator[Happening]:
    """Institutions registered, mandates named, spaces followed: what is missing of it."""
    yield from _institutions()
    yield from _mandates()
    yield from _follows()


def _institutions() -> Iterator[Happening]:
    known = set(Entity.objects.values_list("handle", flat=True))
    early = {mandate["entity"] for row in read("people")["people"] for mandate in row["mandates"]}
    early |= {code for row in read("groups")["groups"] for code in row["entities"]}
    late = 0
    for number, row in enumerate(read("fictional")["entities"]):
        # Those that nobody speaks for yet come in one by one during the sixty days.
        late += row["code"] not in early
        days = 60.9 - number / 1000 if row["code"] in early else 56.0 - late * 1.5
        if row["code"] not in known:
            yield Happening(days, MANAGER, partial(_register, row), founding=True)


def _register(row: Row, actor: Actor, when: datetime) -> None:
    entity = entities.create(
        actor,
        kind=Kind.objects.get(code=row["kind"]),
        handle=row["code"],
        country=Country.objects.get(code=row["state"]),
        parent=Entity.objects.get(handle=row["parent"]),
        field=Field.objects.filter(code=FIELDS.get(row["kind"])).first(),
        fictional=True,
        verified=True,
        city=row["city"]["ar"],
        languages="، ".join(settings.LANGUAGE_NAMES[code] for code in row.get("languages", [])),
        details=row["details"],
        **{f"name_{language}": name for language, name in row["name"].items()},
        **{f"about_{language}": about for language, about in row["description"].items()},
    )
    Space.objects.filter(pk=entity.pk).update(created_at=when)
    entity.status_changes.update(at=when)


def _mandates() -> Iterator[Happening]:
    held = set(Mandate.objects.values_list("user__page__handle", "entity__handle"))
    for row in read("people")["people"]:
        for mandate in row["mandates"]:
            if (row["handle"], mandate["entity"]) not in held:
                yield Happening(60.6, MANAGER, partial(_mandate, row["handle"], mandate), founding=True)


def _mandate(handle: str, row: Row, actor: Actor, when: datetime) -> None:
    mandate = spaces.name_mandate(
        actor,
        place(row["entity"]),
        User.objects.get(page__handle=handle),
        title=row["title"],
        from_day=when.date(),
        network=row["network"] or _network_of(row["entity"]),
        is_head=row["role"] == "head",
        # A department looks over its own field of work; one without a field speaks for itself.
        field=Field.objects.filter(code=DEPARTMENTS.get(row["entity"])).first(),
    )
    Mandate.objects.filter(pk=mandate.pk).update(named_at=when)


def _network_of(code: str) -> str:
    kind = code.partition("-")[0]
    return {"school": Mandate.Network.SCHOOLS, "club": Mandate.Network.CLUBS, "chair": Mandate.Network.CHAIRS}.get(
        kind, Mandate.Network.PLATFORM
    )


def _follows() -> Iterator[Happening]:
    known = set(Follow.objects.values_list("user__page__handle", "space__handle"))
    pairs = [(who, whom.lstrip("@")) for who, list_ in read("follows")["follows"].items() for whom in list_]
    for number, (who, whom) in enumerate(pairs):
        if (who, whom) not in known:
            yield Happening(50 - number * 0.55, who, partial(_follow, whom))


def _follow(whom: str, actor: Actor, when: datetime) -> None:
    following = spaces.follow(actor, place(whom))
    Follow.objects.filter(pk=following.pk).update(since=when)
