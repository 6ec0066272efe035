"""The cast: the same few people in tests, docs and screenshots.

carmen     liaison officer of the Tunisian commission, owner of the group «schools»
haytham    secretary-general (head) of the Tunisian commission
basel      liaison officer of the Jordanian commission, member of «schools» through nobody but himself
amina      coordinator of a Tunisian school (overseen by the Tunisian commission)
sami       of the secretariat: sees all but conversations
mona       moderator of «schools»
ezz        member of «schools», no mandate
rania      member of the hidden group only
dara       has a fresh account and belongs nowhere, always
suspended  had an account
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model

from forums.models import Board, Post, Topic
from network.content import Audience
from network.entities.models import Entity, Kind
from network.groups.models import Group
from network.spaces.actors import Actor, forget
from network.spaces.models import Country, Mandate, Membership, Recognition, Role, Space
from profiles import keeping
from profiles.models import Profile, User


class Person(SimpleNamespace):
    """Someone of the cast: `.user`, `.page`, and `.actor`, read afresh each time; `.writing_for(entity)`."""

    user: User

    @property
    def actor(self) -> Actor:
        return Actor.of(get_user_model().objects.get(pk=self.user.pk))

    @property
    def page(self) -> Space:
        return self.user.page

    def writing_for(self, entity: Space) -> Actor:
        return self.actor.speaking_for(entity.pk)


def person(handle: str, name: str, **fields: object) -> Person:
    return people({handle: name}, **fields)[handle]


def people(names: dict[str, str], **fields: object) -> dict[str, Person]:
    """In few queries, since every test begins with them."""
    users = User.objects.bulk_create(User(email=f"{handle}@example.org", **fields) for handle in names)
    Space.objects.bulk_create(
        Space(kind="person", user=user, handle=handle, name_ar=name, monogram=name[0], audience=Audience.NETWORK, folded=f"{name} {handle}")
        for user, (handle, name) in zip(users, names.items(), strict=True)
    )
    Profile.objects.bulk_create(Profile(user=user) for user in users)
    return {handle: Person(user=user) for handle, user in zip(names, users, strict=True)}


def mandate(
    who: Person,
    entity: Entity,
    title: str = "ضابط الاتصال",
    *,
    head: bool = False,
    from_day: date = date(2020, 1, 1),
    until: date | None = None,
) -> Mandate:
    row = _mandate(who, entity, title, head=head, from_day=from_day, until=until)
    row.save()
    return row


def _mandate(
    who: Person,
    entity: Entity,
    title: str,
    *,
    scope: str = "",
    head: bool = False,
    from_day: date = date(2020, 1, 1),
    until: date | None = None,
) -> Mandate:
    row = Mandate(entity=entity, user=who.user, title=title, scope=scope, is_head=head, named_by=who.user)
    row.set_days(from_day, until)
    return row


def member(who: Person, space: Space, role: str = Role.MEMBER, *, approved: bool = True) -> Membership:
    row = Membership.objects.create(space=space, user=who.user, role=role, approved_by=who.user if approved else None)
    Space.objects.filter(pk=space.pk).update(members_count=space.memberships.count())
    return row


@pytest.fixture(autouse=True)
def _fresh_rights() -> None:
    """Rights kept by a process must not outlive a rolled-back test."""
    forget()
    keeping.forget()


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    return made()


def made() -> SimpleNamespace:
    """Two countries, the secretariat, two commissions, a school, three groups with a board each, and the cast in them."""
    tn = Country.objects.create(code="TN", name_ar="تونس", name_fr="Tunisie", name_en="Tunisia", protocol_order=4, zone="Africa/Tunis")
    jo = Country.objects.create(code="JO", name_ar="الأردن", name_fr="Jordanie", name_en="Jordan", protocol_order=1, zone="Asia/Amman")
    organ = Kind.objects.create(code="organ", name_ar="جهاز", name_en="Organ")
    commission = Kind.objects.create(code="national-commission", name_ar="لجنة وطنية", name_en="National Commission", oversees=True)
    schools = Kind.objects.create(code="associated-school", name_ar="مدرسة منتسبة", name_en="Associated school", overseen=True)

    def entity(handle: str, name: str, kind: Kind, country: Country | None, **fields: object) -> Entity:
        return Entity.objects.create(
            kind="entity",
            handle=handle,
            name_ar=name,
            monogram=name[:2],
            entity_kind=kind,
            country=country,
            skeleton=handle,
            folded=name,
            **fields,
        )

    w = SimpleNamespace(tn=tn, jo=jo)
    w.secretariat = entity("secretariat", "أمانة المجلس التنفيذي والمؤتمر العام", organ, None, sees_all=True)
    w.natcom_tn = entity("natcom-tn", "اللجنة الوطنية التونسية", commission, tn, name_fr="Commission nationale tunisienne")
    w.natcom_jo = entity("natcom-jo", "اللجنة الوطنية الأردنية", commission, jo)
    w.school = entity("school-tn", "مدرسة النخيل (تجريبية)", schools, tn, overseer=w.natcom_tn)
    for commission in (w.natcom_tn, w.natcom_jo):
        Recognition.objects.create(country=commission.country, commission=commission)

    names = {"carmen": "كارمن", "haytham": "هيثم", "basel": "باسل", "amina": "أمينة", "sami": "سامي", "mona": "منى"}
    names |= {"ezz": "عز", "rania": "رانيا", "dara": "دارا"}
    w.cast = people(names) | people({"suspended": "موقوف"}, is_active=False)
    vars(w).update(w.cast)
    Mandate.objects.bulk_create(
        [
            _mandate(w.carmen, w.natcom_tn, "ضابط الاتصال", scope="country"),
            _mandate(w.haytham, w.natcom_tn, "الأمين العام", scope="country", head=True),
            _mandate(w.basel, w.natcom_jo, "ضابط الاتصال", scope="country"),
            _mandate(w.amina, w.school, "منسقة المدرسة", scope="own"),
            _mandate(w.sami, w.secretariat, "من الأمانة", scope="all"),
        ]
    )

    def group(name: str, **fields: object) -> Group:
        return Group.objects.create(kind="group", name_ar=name, monogram=name[:2], created_by=w.carmen.user, folded=name, **fields)

    w.group = group("مدارس", audience=Audience.MEMBERS, join_rule="request")
    w.open_group = group("القراءة", audience=Audience.PUBLIC, join_rule="open")
    w.hidden_group = group("سرّي", audience=Audience.MEMBERS, listed=False, join_rule="invitation")
    members = (
        (w.group, {"carmen": Role.OWNER, "mona": Role.MODERATOR, "ezz": Role.MEMBER, "basel": Role.MEMBER}),
        (w.open_group, {"carmen": Role.OWNER}),
        (w.hidden_group, {"carmen": Role.OWNER, "rania": Role.MEMBER}),
    )
    for space, roles in members:
        whose = {who: w.cast[who].user for who in roles}
        Membership.objects.bulk_create(
            Membership(space=space, user=whose[who], role=role, approved_by=whose[who]) for who, role in roles.items()
        )
        Space.objects.filter(pk=space.pk).update(members_count=len(roles))
    w.board, w.open_board, w.hidden_board = Board.objects.bulk_create(
        Board(space=space, name=f"منتدى {space.name_ar}", reach=space.audience) for space in (w.group, w.open_group, w.hidden_group)
    )
    return w


def topic_in(w: SimpleNamespace, board: Board, *, title: str = "سؤال", body: str = "<p>نص السؤال</p>", by: Person | None = None) -> Topic:
    from forums import actions  # noqa: PLC0415 -- the cast knows the rooms only when asked

    return actions.open_topic((by or w.carmen).actor, board, title=title, body=body)


@pytest.fixture
def topic(world: SimpleNamespace) -> Topic:
    """A topic for members of «schools», with one reply by ezz."""
    made = topic_in(world, world.board)
    reply_to(world, made)
    made.refresh_from_db()
    return made


@pytest.fixture
def public_topic(world: SimpleNamespace) -> Topic:
    """A topic that everyone may read."""
    return topic_in(world, world.open_board, title="سؤال مفتوح")


def reply_to(w: SimpleNamespace, topic: Topic, *, by: Person | None = None, body: str = "<p>جواب</p>") -> Post:
    from forums import actions  # noqa: PLC0415 -- the cast knows the rooms only when asked

    return actions.reply((by or w.ezz).actor, topic, body=body)
