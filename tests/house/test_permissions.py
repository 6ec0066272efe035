"""The rules as a table: who of the cast may do what. And two laws: lists agree with doors, every verb is known and used."""

from __future__ import annotations

import re
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
from forums.models import Board, Post, Topic
from moderation.actions import report
from network.permissions import RULES, can
from network.spaces.actors import Actor
from network.spaces.models import Space
from tests.cast import reply_to, topic_in
from tests.chat.conftest import between, say, talk

EVERYONE = frozenset("nobody carmen haytham basel amina sami mona ezz rania dara suspended".split())
NETWORK = frozenset("carmen haytham basel amina sami mona ezz rania".split())
NOUNS = "space|group|entity|mandate|board|topic|post|profile|person|conversation|message|report"


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
        "entity.speak": frozenset({"amina"}),
        "mandate.name": frozenset("carmen haytham sami".split()),
        "mandate.end": frozenset("carmen haytham sami".split()),
        "space.post": frozenset({"amina"}),
        "board.create": frozenset("amina carmen haytham sami".split()),
    },
    "natcom_tn": {
        "entity.edit": frozenset("carmen haytham sami".split()),
        "entity.speak": frozenset("carmen haytham".split()),
        "mandate.name": frozenset("haytham sami".split()),
        "mandate.end": frozenset("haytham sami".split()),
        "space.hand_over": frozenset("haytham sami".split()),
    },
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
    "nothing": {
        "group.create": NETWORK,
        "entity.create": frozenset({"sami"}),
        "person.suspend": frozenset({"sami"}),
        "conversation.start": NETWORK,
        "report.view": frozenset({"sami"}),
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
    return made | talks(world)


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
    ],
)
def test_the_list_and_the_door_agree(model: type, verb: str, world: SimpleNamespace, things: dict[str, object]) -> None:
    from forums import actions  # noqa: PLC0415 -- after the world

    actions.delete_topic(world.carmen.actor, topic_in(world, world.board, title="محذوف"))
    actions.open_topic(world.mona.actor, world.board, title="للمشرفين", body="<p>سرّ</p>", audience=3)
    topic_in(world, world.hidden_board, title="في المخفية")
    if model in (Conversation, Message):
        found = model.objects.with_participants() if model is Conversation else model.objects.with_conversation()  # type: ignore[attr-defined]
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
