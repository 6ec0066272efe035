"""The rules as a table: who of the cast may do what. And two laws: lists agree with doors, every verb is known and used."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation, Message, Participant
from documents.models import Guide
from forums.models import Board, Post, Topic
from moderation.actions import report
from network.accreditation.models import Application
from network.imports.models import Import
from network.permissions import RULES, can
from network.sites.models import Question, Site, SitePage
from network.spaces.actors import Actor
from network.spaces.models import Space
from network.ties.models import Offer, Tie
from tests.cast import reply_to, topic_in
from tests.chat.conftest import between, say, talk
from tests.network.accreditation import networks

EVERYONE = frozenset("nobody carmen haytham basel amina sami mona ezz rania dara suspended".split())
NETWORK = frozenset("carmen haytham basel amina sami mona ezz rania".split())
NOUNS = "application|space|group|entity|import|mandate|board|topic|post|profile|person|conversation|message|report|site|sitepage|question"


def these(words: str) -> frozenset[str]:
    return frozenset(words.split())


def talk_of(
    seen: str, *, speak: str | None = None, add: str = "", edit: str = "", remove: str = "", leave: str = ""
) -> dict[str, frozenset[str]]:
    """Who may what in a conversation that these people see."""
    return {
        "conversation.view": these(seen),
        "conversation.speak": these(seen if speak is None else speak),
        "conversation.add": these(add),
        "conversation.edit": these(edit),
        "conversation.remove": these(remove),
        "conversation.leave": these(leave),
    }


def message_of(seen: str, *, by: str, leads: str = "") -> dict[str, frozenset[str]]:
    """Who may what with a message that these people see: those whose it is, those who manage the place it stands in."""
    return {
        "message.view": these(seen),
        "message.react": these(seen) - these("dara"),  # who belongs nowhere only reads
        "message.pin": these(seen) - these("dara"),
        "message.edit": these(by),
        "message.delete": these(f"{by} {leads}"),
        "message.report": these(seen) - these(by),
        "message.inspect": these(""),
    }


def nothing_but_seen(seen: str) -> dict[str, frozenset[str]]:
    return message_of("", by="") | {"message.view": these(seen)}


OFFICERS = "carmen haytham sami"


def file_of(seen: str, **may: str) -> dict[str, frozenset[str]]:
    """Who may what with an application that these people see."""
    verbs = ("read", "edit", "withdraw", "leave", "judge", "review", "decide", "report", "vouch", "settle", "minute")
    may = {"read": seen} | may
    return {"application.view": these(seen)} | {f"application.{verb}": these(may.get(verb, "")) for verb in verbs}


# thing: verb → who may. What is not named here may nobody.
MATRIX: dict[str, dict[str, frozenset[str]]] = {
    "group": {  # listed, for members, on request
        "space.view": EVERYONE,
        "space.read": frozenset("carmen sami mona ezz basel".split()),
        "space.post": frozenset("carmen mona ezz basel".split()),
        "space.manage": frozenset("carmen mona sami".split()),
        "space.invite": frozenset("carmen mona".split()),
        "space.hand_over": frozenset("carmen sami".split()),
        "group.request": frozenset("haytham amina sami rania dara".split()),
        "group.join": frozenset(),
        "group.leave": frozenset("carmen mona ezz basel".split()),
        "group.edit": frozenset("carmen mona sami".split()),
        "board.create": frozenset("carmen mona sami".split()),
        "conversation.room": frozenset("carmen mona ezz basel".split()),  # whoever oversees the group has no part in its room
    },
    "open_group": {
        "space.view": EVERYONE,
        "space.read": EVERYONE - {"suspended"},
        "space.post": frozenset({"carmen"}),
        "group.join": frozenset("haytham basel amina sami mona ezz rania dara".split()),
    },
    "hidden_group": {
        "space.view": frozenset("carmen rania sami".split()),
        "space.read": frozenset("carmen rania sami".split()),
        "space.follow": frozenset("carmen rania sami".split()),
        "space.post": frozenset("carmen rania".split()),
        "group.join": frozenset(),
        "group.request": frozenset(),
        "board.create": frozenset("carmen sami".split()),
        "conversation.room": frozenset("carmen rania".split()),
    },
    "school": {  # an institution, overseen by the Tunisian commission
        "entity.edit": frozenset("amina carmen haytham sami".split()),
        "entity.judge": frozenset("carmen haytham sami".split()),
        "entity.settle": frozenset({"sami"}),
        "entity.confirm": frozenset("amina carmen haytham sami".split()),
        "entity.speak": frozenset({"amina"}),
        "entity.follow": frozenset(),  # only in an institution's name
        "guide.create": frozenset({"amina"}),
        "entity.create_under": frozenset(),
        "import.start": frozenset(),
        "feed.manage": frozenset("amina carmen haytham sami".split()),
        "visits.view": frozenset("amina carmen haytham sami".split()),
        "mandate.name": frozenset("carmen haytham sami".split()),
        "mandate.end": frozenset("carmen haytham sami".split()),
        "space.post": frozenset({"amina"}),
        "board.create": frozenset("amina carmen haytham sami".split()),
    },
    "natcom_tn": {
        "entity.edit": frozenset("carmen haytham sami".split()),
        "entity.create_under": frozenset("carmen haytham".split()),
        "import.start": frozenset("carmen haytham".split()),
        "entity.judge": frozenset({"sami"}),
        "entity.settle": frozenset({"sami"}),
        "entity.confirm": frozenset("carmen haytham sami".split()),
        "entity.speak": frozenset("carmen haytham".split()),
        "guide.create": frozenset("carmen haytham".split()),
        "feed.manage": frozenset("carmen haytham sami".split()),
        "visits.view": frozenset("carmen haytham sami".split()),
        "mandate.name": frozenset("haytham sami".split()),
        "mandate.end": frozenset("haytham sami".split()),
        "space.hand_over": frozenset("haytham sami".split()),
    },
    "draft_import": {"import.view": frozenset("carmen haytham".split()), "import.run": frozenset("carmen haytham".split())},
    "done_import": {"import.view": frozenset("carmen haytham sami".split()), "import.run": frozenset()},
    "topic": {  # by carmen, in «schools», for its members
        "topic.view": frozenset("carmen sami mona ezz basel".split()),
        "topic.reply": frozenset("carmen mona ezz basel".split()),
        "topic.edit": frozenset("carmen mona sami".split()),
        "topic.close": frozenset("carmen mona sami".split()),
        "topic.pin": frozenset("carmen mona sami".split()),
        "topic.answer": frozenset("carmen mona sami".split()),
        "topic.delete": frozenset("carmen mona sami".split()),
        "topic.watch": frozenset("carmen sami mona ezz basel".split()),
    },
    "post": {  # the reply by ezz in it
        "post.view": frozenset("carmen sami mona ezz basel".split()),
        "post.react": frozenset("carmen mona ezz basel".split()),
        "post.edit": frozenset("ezz carmen mona sami".split()),
        "post.delete": frozenset("ezz carmen mona sami".split()),
        "post.restore": frozenset(),
        "post.history": frozenset("carmen sami mona ezz basel".split()),
    },
    "official": {  # a post by carmen for the Tunisian commission: it belongs to whoever speaks for it
        "post.edit": frozenset("carmen haytham mona sami".split()) - {"haytham"},
        "post.delete": frozenset("carmen mona sami".split()),
    },
    "public_topic": {
        "topic.view": EVERYONE,
        "topic.reply": frozenset({"carmen"}),
        "topic.watch": EVERYONE - {"nobody", "suspended"},
    },
    "wall": {  # on the Tunisian commission's wall, for everyone
        "topic.view": EVERYONE,
        "topic.reply": NETWORK,
    },
    "dara_page": {  # a person's page, seen by the network
        "profile.view": NETWORK | {"dara"},
        "profile.edit": frozenset({"dara"}),
        "space.view": NETWORK | {"dara"},
        "space.post": frozenset(),  # a fresh account writes nowhere until somebody approves it
    },
    # Of dara's: a draft; one that lies with the Tunisian commission; one with the Jordanian, for which nobody speaks; endorsed; affiliated
    "draft_file": file_of("dara", **{"edit": "dara", "withdraw": "dara"}),
    "sent_file": file_of("dara carmen haytham sami", **{"withdraw": "dara", "judge": OFFICERS, "review": "carmen haytham"}),
    # While it is with the applicant again, what is written in it is theirs alone.
    "returned_file": file_of("dara carmen haytham sami", **{"read": "dara", "edit": "dara", "withdraw": "dara", "judge": OFFICERS}),
    "withdrawn_file": file_of("dara carmen haytham sami", **{"read": "dara", "judge": OFFICERS}),
    "orphan_file": file_of("dara sami", **{"withdraw": "dara", "judge": "sami", "review": "sami"}),
    "endorsed_file": file_of("dara carmen haytham sami", **{"withdraw": "dara", "judge": OFFICERS, "decide": "sami"}),
    "joined_file": file_of(
        "amina carmen haytham sami",
        **{"report": "amina", "judge": OFFICERS, "vouch": "carmen haytham", "settle": "sami", "minute": OFFICERS},
    ),
    # Nobody decides in their own cause: an officer's, one of the secretariat's, and one of the secretariat's own.
    "officers_file": file_of(OFFICERS, **{"withdraw": "carmen", "judge": "haytham sami", "review": "haytham"}),
    "secretarys_file": file_of(OFFICERS, **{"withdraw": "sami", "judge": "carmen haytham"}),
    "secretariats_file": file_of(OFFICERS, **{"report": "sami", "judge": "carmen haytham", "vouch": "carmen haytham", "minute": OFFICERS}),
    "tie": {  # the Tunisian commission and the Jordanian one are partners
        "tie.view": EVERYONE,
        "tie.answer": frozenset(),
        "tie.withdraw": frozenset(),
        "tie.end": frozenset("carmen haytham basel sami".split()),
    },
    "proposed_tie": {  # by the school to the Jordanian commission
        "tie.view": frozenset("amina basel carmen haytham sami".split()),
        "tie.answer": frozenset({"basel"}),
        "tie.withdraw": frozenset({"amina"}),
        "tie.end": frozenset(),
    },
    "offer": {  # of the Tunisian school, for the network
        "offer.view": NETWORK,
        "offer.edit": frozenset({"amina"}),
        "offer.close": frozenset("amina carmen haytham sami".split()),
        "offer.remove": frozenset("amina carmen haytham sami".split()),
        "offer.report": NETWORK - {"amina"},
    },
    "guide": {  # of the Tunisian school, for the network
        "guide.view": NETWORK,
        "guide.edit": frozenset("amina carmen haytham sami".split()),
        "guide.publish": frozenset("amina sami".split()),
    },
    "draft_guide": {  # of the Tunisian commission, never published
        "guide.view": frozenset("carmen haytham sami".split()),
        "guide.edit": frozenset("carmen haytham sami".split()),
        "guide.publish": frozenset("carmen haytham sami".split()),
    },
    "site": {  # of the Tunisian school
        "site.edit": frozenset("amina carmen haytham sami".split()),
    },
    "section": {  # the secretariat's
        "site.edit": frozenset({"sami"}),
    },
    "site_page": {  # of the Tunisian commission, published
        "sitepage.view": EVERYONE,
        "site.edit": frozenset("carmen haytham sami".split()),
    },
    "draft_page": {
        "sitepage.view": frozenset("carmen haytham sami".split()),
    },
    "question": {  # of a visitor, to the school: whoever oversees it does not answer for it
        "question.view": frozenset("amina sami".split()),
        "question.answer": frozenset("amina sami".split()),
    },
    "closed_question": {
        "question.view": frozenset("amina sami".split()),
        "question.answer": frozenset(),
    },
    "nothing": {
        "steps.take": EVERYONE - {"nobody", "suspended"},
        "steps.oversee": frozenset({"sami"}),
        "application.start": EVERYONE - {"nobody", "suspended"},
        "group.create": NETWORK,
        "entity.create": frozenset({"sami"}),
        "person.suspend": frozenset({"sami"}),
        "conversation.start": NETWORK,
        "report.view": frozenset({"sami"}),
        "visits.survey": frozenset({"sami"}),
    },
    "direct_talk": talk_of("ezz mona", add="ezz mona"),  # ezz began: neither takes the other out, neither leaves
    # carmen convenes basel and ezz; haytham came later, and so did dara, who belongs nowhere and only reads
    "several_talk": talk_of(
        "carmen basel ezz haytham dara",
        speak="carmen basel ezz haytham",
        add="carmen basel ezz haytham",
        edit="carmen basel ezz haytham",
        remove="carmen",
        leave="carmen basel ezz haytham dara",
    ),
    # the Tunisian commission began with the Jordanian one: whoever speaks for it convenes
    "entities_talk": talk_of(
        "carmen haytham basel",
        add="carmen haytham basel",
        edit="carmen haytham basel",
        remove="carmen haytham",
        leave="carmen haytham basel",
    ),
    "group_talk": talk_of("carmen mona ezz basel"),  # the room of «schools»
    "early_message": message_of("carmen basel ezz", by="ezz"),  # in the conversation of several, before haytham and dara came
    "late_message": message_of("carmen basel ezz haytham dara", by="basel"),
    "official_message": message_of("carmen haytham basel", by="carmen haytham"),  # by carmen for her commission
    "group_message": message_of("carmen mona ezz basel", by="ezz", leads="carmen mona"),
    # a moderator's only rights are to look into it and to take it down
    "reported_message": message_of("carmen basel ezz haytham dara", by="basel", leads="sami") | {"message.inspect": frozenset({"sami"})},
    "old_message": message_of("carmen basel ezz haytham dara", by="basel") | {"message.edit": frozenset()},  # its time has passed
    "removed_message": nothing_but_seen("carmen basel ezz haytham dara"),
    "event_message": nothing_but_seen("carmen basel ezz"),  # that it was begun
}


@pytest.fixture
def things(world: SimpleNamespace) -> dict[str, object]:
    from forums import actions  # noqa: PLC0415 -- after the world

    topic = topic_in(world, world.board)
    reply = reply_to(world, topic)
    official = actions.reply(world.carmen.writing_for(world.natcom_tn), topic, body="<p>باسم اللجنة</p>")
    wall = actions.open_topic(world.carmen.writing_for(world.natcom_tn), world.natcom_tn, body="<p>خبر</p>")
    fresh = {"topic": topic, "public_topic": topic_in(world, world.open_board), "wall": wall}
    made: dict[str, object] = {name: Topic.objects.with_author().get(pk=each.pk) for name, each in fresh.items()}
    made |= {name: Post.objects.with_topic().get(pk=each.pk) for name, each in {"post": reply, "official": official}.items()}
    made |= {name: getattr(world, name) for name in ("group", "open_group", "hidden_group", "school", "natcom_tn")}
    made |= {"dara_page": Space.objects.get(pk=world.dara.page.pk), "nothing": None}
    return made | talks(world) | files(world) | ties(world) | sites(world) | lists(world) | guides(world)


def files(world: SimpleNamespace) -> dict[str, object]:
    """Applications in every state, as a page fetches them: rows, without the way that leads there."""
    networks(world)
    now = timezone.now()

    def made(status: str, procedure: object, **fields: object) -> object:
        sent = None if status == "draft" else now
        shared = {"applicant": world.dara.user, "procedure": procedure, "country": world.tn, "commission": world.natcom_tn}
        return Application.objects.create(status=status, submitted_at=sent, **{**shared, **fields}).pk

    numbers = {
        "draft_file": made("draft", world.schools),
        "sent_file": made("commission", world.schools),
        "returned_file": made("returned", world.schools),
        "withdrawn_file": made("withdrawn", world.schools),
        "orphan_file": made("commission", world.partners, country=None, commission=None),
        "endorsed_file": made("secretariat", world.chairs),
        "joined_file": made("active", world.schools, entity=world.school),
        "officers_file": made("commission", world.partners, applicant=world.carmen.user),
        "secretarys_file": made("secretariat", world.partners, applicant=world.sami.user),
        "secretariats_file": made("active", world.partners, entity=world.secretariat),
    }
    return {name: Application.objects.with_all().get(pk=number) for name, number in numbers.items()}


def lists(world: SimpleNamespace) -> dict[str, object]:
    """A list brought in for the Tunisian commission that waits, and one that is written."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 -- only here

    from network.imports import actions  # noqa: PLC0415 -- after the world
    from network.imports.models import Import  # noqa: PLC0415 -- as above

    made = {}
    for name in ("draft_import", "done_import"):
        file, table = ContentFile(b"", "list.csv"), [["name"], [f"مدرسة {name}"]]
        batch = actions.start(world.carmen.actor, world.natcom_tn, file=file, table=table, kind=world.school.entity_kind, country=None)
        actions.choose(world.carmen.actor, batch, {0: "name_ar"})
        if name == "done_import":
            actions.confirm(world.carmen.actor, batch)
        made[name] = Import.objects.with_all().get(pk=batch.pk)
    return made


def ties(world: SimpleNamespace) -> dict[str, object]:
    """A tie that stands and one that waits, and an offer, as a page fetches them."""
    from network.ties import actions  # noqa: PLC0415 -- after the world

    stands = actions.propose(world.carmen.writing_for(world.natcom_tn), world.natcom_jo, relation="partner")
    actions.answer(world.basel.actor, stands, accept=True)
    waits = actions.propose(world.amina.writing_for(world.school), world.natcom_jo, relation="twin")
    made = actions.offer(world.amina.writing_for(world.school), title="عرض", body="<p>نص</p>", kind="offer", audience=1)
    return {
        "tie": Tie.objects.with_sides().get(pk=stands.pk),
        "proposed_tie": Tie.objects.with_sides().get(pk=waits.pk),
        "offer": Offer.objects.select_related("space").get(pk=made.pk),
    }


def guides(world: SimpleNamespace) -> dict[str, object]:
    """A published guide and a draft, as a page fetches them."""
    from documents import actions  # noqa: PLC0415 -- after the world

    words = {"title_ar": "دليل", "body_ar": "<p>نص</p>"}
    made = actions.create(world.amina.writing_for(world.school), world.school, meant_for="officers", audience=1, **words)
    actions.publish(world.amina.actor, made)
    draft = actions.create(world.carmen.writing_for(world.natcom_tn), world.natcom_tn, meant_for="everyone", audience=0, **words)
    found = Guide.objects.with_words()
    return {"guide": found.get(pk=made.pk), "draft_guide": found.get(pk=draft.pk)}


def sites(world: SimpleNamespace) -> dict[str, object]:
    """The sites of a school and of a section, a page that is out and one that is not, and what visitors asked."""
    from network.sites import actions  # noqa: PLC0415 -- after the world

    commission = Site(space=world.natcom_tn)
    out = actions.write(world.carmen.actor, commission, None, publish=True, title_ar="صفحة")
    draft = actions.write(world.carmen.actor, out.site, None, title_ar="مسودة")
    fields = {"name": "س", "email": "s@example.net", "text": "؟", "language": "ar"}
    asked = [actions.ask(Actor.nobody(), world.school, client_id=uuid.uuid4(), **fields) for _ in range(2)]
    actions.close(world.amina.actor, asked[1])
    pages, questions = SitePage.objects.with_words(), Question.objects.select_related("space")
    return {
        "site": Site(space=Space.objects.get(pk=world.school.pk)),
        "section": Site(space=Space.objects.get(pk=world.secretariat.pk), section="clubs"),
        "site_page": pages.get(pk=out.pk),
        "draft_page": pages.get(pk=draft.pk),
        "question": questions.get(pk=asked[0].pk),
        "closed_question": questions.get(pk=asked[1].pk),
    }


def talks(world: SimpleNamespace) -> dict[str, object]:
    """Conversations of every kind, and messages in every state, as a page fetches them."""
    direct, commissions = talk(world.ezz, world.mona), between(world)
    room = chat.room_of(world.carmen.actor, Space.objects.get(pk=world.group.pk))
    several = talk(world.carmen, world.basel, world.ezz)
    messages = {"event_message": several.messages.get(kind="event"), "early_message": say(world.ezz, several, "قبل")}
    chat.add(world.carmen.actor, several, [world.haytham.page])
    came = several.participants.get(user=world.haytham.user)
    Participant.objects.create(conversation=several, user=world.dara.user, from_number=came.from_number)
    for name in ("late_message", "old_message", "removed_message", "reported_message"):
        messages[name] = say(world.basel, several, name)
    past = timezone.now() - timedelta(minutes=settings.CHAT_EDIT_WINDOW_MINUTES, seconds=1)
    Message.objects.filter(pk=messages["old_message"].pk).update(created_at=past)
    chat.delete(world.basel.actor, messages["removed_message"])
    report(world.ezz.actor, messages["reported_message"], reason="مسيء")
    messages["official_message"] = say(world.carmen.writing_for(world.natcom_tn), commissions)
    messages["group_message"] = say(world.ezz, room)
    made = {"direct_talk": direct, "several_talk": several, "entities_talk": commissions, "group_talk": room}
    rows, words = Conversation.objects.with_participants(), Message.objects.with_author().with_conversation()
    return {name: rows.get(pk=each.pk) for name, each in made.items()} | {name: words.get(pk=each.pk) for name, each in messages.items()}


def actors_of(world: SimpleNamespace) -> dict[str, Actor]:
    return {"nobody": Actor.nobody()} | {name: who.actor for name, who in world.cast.items()}


@pytest.mark.parametrize("name", MATRIX)
def test_the_matrix_says_who_may(name: str, world: SimpleNamespace, things: dict[str, object]) -> None:
    actors = actors_of(world)
    may = {verb: frozenset(who for who, actor in actors.items() if can(actor, verb, things[name])) for verb in MATRIX[name]}
    assert may == MATRIX[name]


def test_asking_runs_no_query(world: SimpleNamespace, things: dict[str, object]) -> None:
    actors = actors_of(world)
    with CaptureQueriesContext(connection) as queries:
        for name, verbs in MATRIX.items():
            for verb in verbs:
                for actor in actors.values():
                    can(actor, verb, things[name])
    assert len(queries) == 0


@pytest.mark.parametrize(
    ("model", "verb"),
    [
        (Board, "board.view"),
        (Topic, "topic.view"),
        (Post, "post.view"),
        (Space, "space.view"),
        (Conversation, "conversation.view"),
        (Message, "message.view"),
        (Application, "application.view"),
        (Import, "import.view"),
        (Tie, "tie.view"),
        (Offer, "offer.view"),
        (Guide, "guide.view"),
        (SitePage, "sitepage.view"),
        (Question, "question.view"),
    ],
)
def test_the_list_and_the_door_agree(model: type, verb: str, world: SimpleNamespace, things: dict[str, object]) -> None:
    from forums import actions  # noqa: PLC0415 -- after the world

    actions.delete_topic(world.carmen.actor, topic_in(world, world.board, title="محذوف"))
    actions.open_topic(world.mona.actor, world.board, title="للمشرفين", body="<p>سرّ</p>", audience=3)
    topic_in(world, world.hidden_board, title="في المخفية")
    if model in (Conversation, Message):
        found = model.objects.with_participants() if model is Conversation else model.objects.with_conversation()  # type: ignore[attr-defined]
    elif model is Application:
        found = Application.objects.with_all()
    elif model is SitePage:
        found = SitePage.objects.with_words()
    elif model is Tie:
        found = Tie.objects.with_sides()
    else:
        found = model.objects.select_related(*(["topic__space"] if model is Post else ["space"] if model is not Space else []))  # type: ignore[attr-defined]
    everything = list(found)
    assert everything
    for who, actor in actors_of(world).items():
        listed = set(model.objects.visible_to(actor).values_list("pk", flat=True))  # type: ignore[attr-defined]
        doors = {thing.pk for thing in everything if can(actor, verb, thing)}
        assert listed == doors, f"{who}: {model.__name__}"


def test_an_unknown_verb_raises() -> None:
    with pytest.raises(KeyError):
        can(Actor.nobody(), "topic.veiw", None)


def test_every_verb_in_code_and_templates_is_a_rule_and_every_rule_is_used() -> None:
    used = set()
    sources = [*settings.BASE_DIR.glob("**/*.py"), *(settings.BASE_DIR / "templates").glob("**/*.html")]
    for path in sources:
        if {".venv", "var", "tests", "node_modules"} & set(
            Path(path).relative_to(settings.BASE_DIR).parts
        ) or path.name == "permissions.py":
            continue
        text = path.read_text("utf-8")
        used |= set(re.findall(r"(?:\bcan|\bcheck|who_may)\(\s*(?:[\w.()]+,\s*)?\"([a-z_]+\.[a-z_]+)\"", text))
        used |= set(re.findall(r"\{% can [\"']([a-z_]+\.[a-z_]+)[\"']", text))
        used |= set(re.findall(rf"\"((?:{NOUNS})\.[a-z_]+)\" (?:if|else)", text))
        used |= set(re.findall(rf"(?:if|else) \"((?:{NOUNS})\.[a-z_]+)\"", text))
    assert used - set(RULES) == set(), "verbs without a rule"
    assert set(RULES) - used == set(), "rules that nobody asks"
