"""How far a mandate reaches: its own institution, its country's, those of a field of work, all. Every verb × every scope × every place."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Message
from documents.models import Guide
from forums import actions as forums
from forums.models import Board, Post, Topic
from network.accreditation.models import Application
from network.content import Audience
from network.entities import actions as entities
from network.entities.models import Contact, Entity, Kind
from network.groups.models import Group
from network.imports.models import Import
from network.permissions import RULES, can
from network.sites.models import Question, Site, SitePage
from network.spaces import actions
from network.spaces.actors import Actor, forget
from network.spaces.models import Country, Field, Mandate, Recognition, Space
from network.ties.models import Offer, Tie
from realtime.streams import authorise, parse
from tests.cast import Person, member, person
from tests.chat.conftest import say, talk
from tests.network.accreditation import networks

OLD = date(2020, 1, 1)
SCOPES = ("own", "country", "field", "all")
# Where each place lies: of Tunisia or Jordan, in the field of education or of culture.
PLACES = {"near": ("TN", "education"), "home": ("TN", "culture"), "abroad": ("JO", "education"), "far": ("JO", "culture")}
REACH = {
    "own": frozenset[str](),
    "country": frozenset({"near", "home"}),
    "field": frozenset({"near", "abroad"}),
    "all": frozenset(PLACES),
}
OVERSEES = REACH  # sees and moderates
GOVERNS = REACH | {"field": frozenset[str]()}  # also names who speaks for it, and keeps its entry
SECRETARIAT = dict.fromkeys(SCOPES, frozenset[str]()) | {"all": frozenset(PLACES)}
NOBODY = dict.fromkeys(SCOPES, frozenset[str]())
COMMISSION = NOBODY | {"country": REACH["country"]}
EVERYBODY = dict.fromkeys(SCOPES, frozenset(PLACES))

# What a mandate from above gives in an institution that is a draft, in its hidden group, and in what stands there for its managers.
MATRIX: dict[str, dict[str, dict[str, frozenset[str]]]] = {
    "entity": {
        "space.view": OVERSEES, "space.read": OVERSEES, "space.follow": OVERSEES, "space.members": OVERSEES, "space.manage": OVERSEES,
        "space.post": NOBODY, "space.invite": NOBODY, "space.hand_over": SECRETARIAT,
        "entity.edit": GOVERNS, "entity.speak": NOBODY, "entity.create_under": NOBODY, "entity.follow": NOBODY, "entity.accredit": SECRETARIAT, "entity.judge": GOVERNS, "entity.settle": SECRETARIAT, "entity.confirm": GOVERNS,
        "mandate.name": GOVERNS, "mandate.end": GOVERNS, "mandate.extend": GOVERNS, "mandate.hand_over": GOVERNS, "mandate.list": OVERSEES,
        "group.join": NOBODY, "group.request": NOBODY, "group.leave": NOBODY, "group.edit": NOBODY,
        "board.create": OVERSEES, "conversation.room": NOBODY,
        "visits.view": OVERSEES, "feed.manage": OVERSEES, "guide.create": NOBODY, "import.start": NOBODY, "tie.propose": NOBODY,
    },
    "mandate": {"mandate.acts": OVERSEES},
    "contact": {"contact.view": OVERSEES},
    # An application that waits for its commission, one that waits for the secretariat, and what is affiliated: no field of work reaches in.
    "file": {
        "application.view": GOVERNS, "application.read": GOVERNS, "application.edit": NOBODY, "application.withdraw": NOBODY, "application.judge": GOVERNS,
        "application.review": COMMISSION, "application.decide": NOBODY, "application.report": NOBODY,
    },
    "endorsed": {"application.view": GOVERNS, "application.review": NOBODY, "application.decide": SECRETARIAT},
    "affiliated": {
        "application.view": GOVERNS, "application.read": GOVERNS, "application.leave": NOBODY, "application.judge": GOVERNS, "application.report": NOBODY, "application.vouch": COMMISSION,
        "application.minute": GOVERNS, "application.settle": SECRETARIAT,
    },
    "batch": {"import.view": NOBODY, "import.run": NOBODY},
    "written": {"import.view": SECRETARIAT, "import.run": NOBODY},
    # With an institution of no country: the other side sees nothing of a draft either.
    "tie": {"tie.view": OVERSEES, "tie.answer": NOBODY, "tie.withdraw": NOBODY, "tie.end": SECRETARIAT},
    "proposal": {"tie.view": OVERSEES, "tie.answer": NOBODY, "tie.withdraw": NOBODY, "tie.end": NOBODY},
    "offer": {
        "offer.view": OVERSEES, "offer.edit": NOBODY, "offer.close": OVERSEES, "offer.remove": OVERSEES, "offer.report": OVERSEES,
    },
    "site": {"site.edit": OVERSEES},
    "sitepage": {"sitepage.view": OVERSEES, "site.edit": OVERSEES},
    "question": {"question.view": SECRETARIAT, "question.answer": SECRETARIAT},
    "guide": {"guide.view": OVERSEES, "guide.edit": OVERSEES, "guide.publish": NOBODY},
    "group": {
        "space.view": OVERSEES, "space.read": OVERSEES, "space.follow": OVERSEES, "space.members": OVERSEES, "space.manage": OVERSEES,
        "space.post": NOBODY, "space.invite": NOBODY, "space.hand_over": SECRETARIAT,
        "group.join": NOBODY, "group.request": NOBODY, "group.leave": NOBODY, "group.edit": SECRETARIAT,
        "entity.edit": NOBODY, "entity.speak": NOBODY, "entity.create_under": NOBODY, "entity.follow": NOBODY, "entity.accredit": NOBODY, "mandate.name": NOBODY,
        "board.create": OVERSEES, "conversation.room": NOBODY,
    },
    "board": {"board.view": OVERSEES, "board.edit": OVERSEES, "topic.open": NOBODY},
    "topic": {
        "topic.view": OVERSEES, "topic.reply": NOBODY, "topic.edit": OVERSEES, "topic.close": OVERSEES, "topic.pin": OVERSEES,
        "topic.answer": OVERSEES, "topic.delete": OVERSEES, "topic.watch": OVERSEES,
    },
    "post": {
        "post.view": OVERSEES, "post.react": NOBODY, "post.edit": OVERSEES, "post.delete": OVERSEES, "post.restore": NOBODY,
        "post.history": OVERSEES,
    },
    "page": {"profile.view": EVERYBODY, "profile.edit": NOBODY},
    "nothing": {
        "group.create": EVERYBODY, "conversation.start": EVERYBODY, "entity.create": SECRETARIAT, "person.suspend": SECRETARIAT,
        "report.view": SECRETARIAT, "newsletter.send": NOBODY,  # in the secretariat's name only
        "visits.survey": SECRETARIAT, "application.start": EVERYBODY, "steps.take": EVERYBODY, "steps.oversee": SECRETARIAT,
    },
}  # fmt: skip
# Between those who take part: no mandate reaches in, as a test below says of all of them at once.
PRIVATE = ("conversation.", "message.")
EXEMPT: dict[str, str] = {}  # verb -> why no scope is asked of it; none so far


@pytest.fixture
def scoped(world: SimpleNamespace) -> SimpleNamespace:
    """Four officers, one a scope; four draft institutions, each with a hidden group, a board, a topic and a post for its managers."""
    w = world
    fields = {code: Field.objects.create(code=code, name_ar=code) for code in ("education", "culture")}
    schools, countries = Kind.objects.get(code="associated-school"), {"TN": w.tn, "JO": w.jo}
    s = SimpleNamespace(world=w, fields=fields, entity={}, group={}, board={}, topic={}, post={}, mandate={}, page={}, nothing={})
    for name, (code, field) in PLACES.items():
        natcom = w.natcom_tn if code == "TN" else w.natcom_jo
        common = {"country": countries[code], "overseer": natcom, "field": fields[field], "listed": False, "audience": Audience.MEMBERS}
        entity = Entity.objects.create(
            kind="entity", handle=f"school-{name}", name_ar=name, monogram="م", entity_kind=schools, skeleton=name, status="draft", **common
        )
        worker = person(f"worker-{name}", name)
        row = Mandate(entity=entity, user=worker.user, title="منسق", named_by=worker.user)
        row.set_days(OLD, None)
        row.save()
        group = Group.objects.create(kind="group", name_ar=name, monogram="م", created_by=worker.user, owner=entity, **common)
        member(worker, group, "owner")
        forget()
        board = Board.objects.create(space=group, name=name, audience=Audience.MANAGERS, reach=Audience.MANAGERS)
        topic = forums.open_topic(worker.actor, board, title=name, body="<p>سرّ</p>")
        s.entity[name], s.group[name], s.board[name], s.mandate[name] = entity, group, board, row
        s.topic[name] = Topic.objects.with_author().get(pk=topic.pk)
        s.post[name] = Post.objects.with_topic().get(topic=topic)
        s.page[name], s.nothing[name] = worker.page, None
    _around(s, w)
    return s


def _around(s: SimpleNamespace, w: SimpleNamespace) -> None:
    """The officers, and what stands round these institutions."""
    department = Entity.objects.create(
        kind="entity",
        handle="department",
        name_ar="إدارة",
        monogram="إد",
        entity_kind=Kind.objects.get(code="organ"),
        skeleton="department",
    )
    s.officers = {
        "own": officer("own", w.natcom_tn, scope="own"),
        "country": officer("country", w.natcom_tn, scope="country"),
        "field": officer("field", department, scope="field", field=s.fields["education"]),
        "all": officer("all", w.secretariat, scope="all"),
    }
    forget()
    partner = Entity.objects.create(
        kind="entity", handle="partner", name_ar="شريك", monogram="شر", entity_kind=department.entity_kind, skeleton="partner"
    )
    _things(s, partner)


def _things(s: SimpleNamespace, partner: Entity) -> None:
    """What other rooms hold of these institutions, each as narrow as it gets."""
    networks(s.world)
    now, inner = timezone.now(), {"audience": Audience.MEMBERS, "reach": Audience.MEMBERS}
    for name in (
        "contact",
        "file",
        "endorsed",
        "affiliated",
        "batch",
        "written",
        "tie",
        "proposal",
        "offer",
        "site",
        "sitepage",
        "question",
        "guide",
    ):
        setattr(s, name, {})
    for place, entity in s.entity.items():
        worker = s.mandate[place].user
        shared = {"applicant": worker, "country": entity.country, "commission_id": entity.overseer_id, "submitted_at": now}
        made = {
            "file": Application.objects.create(status="commission", procedure=s.world.schools, **shared),
            "endorsed": Application.objects.create(status="secretariat", procedure=s.world.chairs, **shared),
            "affiliated": Application.objects.create(status="active", procedure=s.world.partners, entity=entity, **shared),
        }
        for state, row in made.items():
            getattr(s, state)[place] = Application.objects.with_all().get(pk=row.pk)
        s.contact[place] = Contact("phone", "1", entity, Audience.MANAGERS)
        s.batch[place] = Import(space=entity, author=worker)
        s.written[place] = Import(space=entity, author=worker, confirmed_at=now)
        sides = {"first": entity, "second": partner, "space": entity, "asked": partner}
        s.tie[place], s.proposal[place] = Tie(state="active", **sides), Tie(state="proposed", **sides)
        s.offer[place] = Offer(space=entity, author=worker, on_behalf_of=entity, **inner)
        s.site[place] = Site(space=entity)
        s.sitepage[place] = SitePage(site=s.site[place])
        s.question[place] = Question(space=entity)
        s.guide[place] = Guide(space=entity, author=worker, on_behalf_of=entity, **inner)


def officer(name: str, entity: Entity, **fields: object) -> Person:
    who = person(f"officer-{name}", name)
    row = Mandate(entity=entity, user=who.user, title="مكلّف", named_by=who.user, **fields)
    row.set_days(OLD, None)
    row.save()
    return who


@pytest.mark.parametrize("kind", MATRIX)
def test_each_verb_reaches_as_far_as_the_mandate(kind: str, scoped: SimpleNamespace) -> None:
    actors = {scope: who.actor for scope, who in scoped.officers.items()}
    things = getattr(scoped, kind)
    with CaptureQueriesContext(connection) as queries:
        may = {
            verb: {scope: frozenset(place for place in PLACES if can(actors[scope], verb, things[place])) for scope in SCOPES}
            for verb in MATRIX[kind]
        }
    assert may == MATRIX[kind]
    assert len(queries) == 0


def test_every_verb_stands_in_the_matrix() -> None:
    named = {verb for verbs in MATRIX.values() for verb in verbs} | set(EXEMPT)
    assert {verb for verb in RULES if verb not in named and not verb.startswith(PRIVATE)} == set(), (
        "say how far a mandate from above reaches"
    )
    assert all(verb in RULES for verb in named)


def test_only_a_mandate_over_the_country_keeps_its_register(scoped: SimpleNamespace) -> None:
    """At the commission itself, and at the secretariat, which are active: an officer of its own affairs brings no school in."""
    w, kind = scoped.world, Kind.objects.get(code="associated-school")
    narrow = officer("narrow", w.secretariat, scope="own")
    forget()
    officers = scoped.officers | {"narrow": narrow}
    for space, keeps in ((w.natcom_tn, ["country"]), (w.secretariat, ["all"])):
        batch = Import(space=space, author=w.carmen.user)
        for verb, thing in (("entity.create_under", space), ("import.start", space), ("import.view", batch), ("import.run", batch)):
            assert [name for name, who in officers.items() if can(who.actor, verb, thing)] == keeps, verb
    with pytest.raises(PermissionDenied):
        entities.create(officers["own"].actor, kind=kind, handle="new-school", country=w.tn, name_ar="مدرسة جديدة")
    assert entities.create(officers["country"].actor, kind=kind, handle="new-school", country=w.tn, name_ar="مدرسة جديدة").status == "draft"


@pytest.mark.parametrize("scope", SCOPES)
def test_lists_brought_in_agree_with_their_door(scope: str, scoped: SimpleNamespace) -> None:
    w, actor = scoped.world, scoped.officers[scope].actor
    for space in (w.natcom_tn, w.secretariat):
        Import.objects.create(space=space, author=w.carmen.user)
        Import.objects.create(space=space, author=w.carmen.user, confirmed_at=timezone.now(), state="done")
    doors = {batch.pk for batch in Import.objects.select_related("space") if can(actor, "import.view", batch)}
    assert set(Import.objects.visible_to(actor).values_list("pk", flat=True)) == doors
    assert len(doors) == {"own": 0, "country": 2, "field": 0, "all": 3}[scope]


def test_no_mandate_reaches_into_a_conversation(scoped: SimpleNamespace) -> None:
    among = talk(Person(user=scoped.mandate["near"].user), Person(user=scoped.mandate["home"].user))
    said = say(Person(user=scoped.mandate["near"].user), among)
    conversation = Conversation.objects.with_participants().get(pk=among.pk)
    message = Message.objects.with_author().with_conversation().get(pk=said.pk)
    verbs = [verb for verb in RULES if verb.startswith(PRIVATE) and verb not in ("conversation.start", "conversation.room")]
    for who in scoped.officers.values():
        assert [verb for verb in verbs if can(who.actor, verb, message if verb.startswith("message.") else conversation)] == []


@pytest.mark.parametrize("scope", SCOPES)
def test_lists_agree_with_doors(scope: str, scoped: SimpleNamespace) -> None:
    actor = scoped.officers[scope].actor
    for model, verb, related in (
        (Space, "space.view", ()),
        (Board, "board.view", ("space",)),
        (Topic, "topic.view", ("space",)),
        (Post, "post.view", ("topic__space",)),
    ):
        listed = set(model.objects.visible_to(actor).values_list("pk", flat=True))  # type: ignore[attr-defined]
        doors = {each.pk for each in model.objects.select_related(*related) if can(actor, verb, each)}  # type: ignore[attr-defined]
        assert listed == doors, f"{scope}: {model.__name__}"
    seen = Topic.objects.visible_to(actor)
    assert {place for place, topic in scoped.topic.items() if seen.filter(pk=topic.pk).exists()} == REACH[scope]


@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_removed_is_seen_by_those_who_look_over_it(scope: str, scoped: SimpleNamespace) -> None:
    for place, topic in scoped.topic.items():
        forums.delete_topic(Person(user=scoped.mandate[place].user).actor, topic)
    seen = Topic.objects.visible_to(scoped.officers[scope].actor)
    assert {place for place, topic in scoped.topic.items() if seen.filter(pk=topic.pk).exists()} == REACH[scope]


@pytest.mark.parametrize("scope", SCOPES)
def test_the_socket_hears_as_far(scope: str, scoped: SimpleNamespace) -> None:
    actor = scoped.officers[scope].actor
    heard = {place for place, group in scoped.group.items() if authorise(actor, parse(f"space.{group.pk}")) is not None}
    assert heard == REACH[scope]


def test_rights_cost_no_query_more(scoped: SimpleNamespace) -> None:
    forget()
    user = scoped.officers["field"].user
    with CaptureQueriesContext(connection) as queries:
        Actor.of(user, fresh=True)
    assert len(queries) == 3  # mandates, memberships, the page: as before there were scopes


def test_a_mandate_never_reaches_further_than_its_institution(scoped: SimpleNamespace) -> None:
    w = scoped.world
    wide = officer("wide", w.school, scope="all")
    forget()
    assert not wide.actor.is_secretariat
    narrow = officer("narrow", w.secretariat, scope="own")
    forget()
    assert not narrow.actor.is_secretariat
    assert can(narrow.actor, "entity.speak", w.secretariat)


def test_two_mandates_reach_together(scoped: SimpleNamespace) -> None:
    who = scoped.officers["field"]
    row = Mandate(entity=scoped.world.natcom_jo, user=who.user, title="ضابط", named_by=who.user)
    row.set_days(OLD, None)
    row.save()
    assert row.scope == "country"
    actions.rights_changed([who.user.pk])
    seen = Topic.objects.visible_to(who.actor)
    assert {place for place, topic in scoped.topic.items() if seen.filter(pk=topic.pk).exists()} == {"near", "abroad", "far"}


def test_a_claimant_that_is_not_accredited_oversees_nobody(scoped: SimpleNamespace) -> None:
    """Its mandates say «country» like any commission's; nothing in the country points at it."""
    claimant = Entity.objects.create(
        kind="entity",
        handle="natcom-tn-2",
        name_ar="لجنة أخرى",
        monogram="لأ",
        entity_kind=Kind.objects.get(code="national-commission"),
        country=Country.objects.get(pk="TN"),
        skeleton="another",
    )
    who = officer("claimant", claimant)
    forget()
    assert Mandate.objects.get(user=who.user).scope == "country"
    assert not any(can(who.actor, "space.read", scoped.entity[place]) for place in PLACES)
    assert not Recognition.objects.filter(commission=claimant).exists()
