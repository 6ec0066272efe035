"""GET /live/ for conversations: what a page that was away asks for is what the history shows, for each reader with their own rights."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from chat import actions
from chat.models import Conversation
from realtime.models import Epoch
from realtime.views import MOST_ROWS
from tests.cast import Person
from tests.chat.conftest import say, talk
from tests.chat.support import at, many

pytestmark = pytest.mark.django_db


def ask(who: Person | None, conversation: Conversation, after: int, **more: str) -> Any:
    """What the stream of this conversation answers."""
    answer = at(who).get("/live/", {conversation.stream: after, "lang": "ar", **more})
    assert (answer.status_code, answer["Cache-Control"].partition(",")[0]) == (200, "private" if who else "max-age=0")
    return answer.json()["streams"][conversation.stream]


def articles(html: str) -> dict[str, str]:
    """Each message of a piece of a page, as its fragment; what follows whom is a matter of the neighbours."""
    found = re.findall(r'<article [^>]*?id="(message-\d+)".*?</article>', html, re.DOTALL)
    bodies = re.findall(r"<article .*?</article>", html, re.DOTALL)
    return {name: body.replace(" message-follows", "") for name, body in zip(found, bodies, strict=True)}


def history(client: Client, conversation: Conversation) -> dict[str, str]:
    """All that this reader finds by asking for older and older messages."""
    path, before, found = f"/ar/conversations/{conversation.pk}/messages/", "", {}
    while True:
        piece = client.get(path, {"before": before} if before else {})
        found |= articles(piece.content.decode())
        if not (before := piece["X-Before"]):
            return found


def test_each_catches_up_with_their_own_history_and_with_nothing_else(world: SimpleNamespace, several: Conversation) -> None:
    early = say(world.ezz, several, "قبل")
    for _ in range(45):
        say(world.basel, several)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    answer = say(world.carmen, several, "بعد", reply_to=early)
    actions.edit(world.ezz.actor, early, body="<p>قبل، مصحّحة</p>")
    actions.react(world.ezz.actor, answer, "heart")
    actions.pin(world.basel.actor, early, pinned=True)
    taken_back = say(world.ezz, several, "زلّة")
    actions.delete(world.ezz.actor, taken_back)
    several.refresh_from_db()
    count = {}
    for name, who in {"nobody": None, **world.cast}.items():
        said = ask(None if name == "suspended" else who, several, 0)
        if said == {"gone": True}:
            assert name == "suspended" or at(who).get(f"/ar/conversations/{several.pk}/messages/").status_code in (302, 404), name
            continue
        rows = {row["id"]: row["html"].replace(" message-follows", "") for row in said["rows"]}
        assert (said["head"], rows) == (several.version, history(at(who), several)), name
        assert [row["number"] for row in said["rows"]] == sorted(row["number"] for row in said["rows"])
        count[name] = len(rows)
    assert count == {"carmen": 50, "basel": 50, "ezz": 50, "haytham": 3}


def test_only_what_changed_after_the_known_version_comes(world: SimpleNamespace, direct: Conversation) -> None:
    first, second, third = (say(world.basel, direct) for _ in range(3))
    actions.edit(world.basel.actor, second, body="<p>مصحّحة</p>")
    assert [row["id"] for row in ask(world.carmen, direct, 0)["rows"]] == [message.element_id for message in (first, second, third)]
    assert [(row["id"], row["version"]) for row in ask(world.carmen, direct, 3)["rows"]] == [(second.element_id, 4)]
    assert ask(world.carmen, direct, 4) == {"head": 4, "rows": [], "reads": {str(world.basel.user.pk): [3, 1]}}


def test_two_messages_that_are_no_neighbours_do_not_follow_one_another(world: SimpleNamespace, direct: Conversation) -> None:
    """Between them somebody else spoke: without its head the second would pass for theirs."""
    first, _between, last = say(world.basel, direct, "أولى"), say(world.carmen, direct, "بينهما"), say(world.basel, direct, "ثالثة")
    for message in (first, last):
        actions.edit(world.basel.actor, message, body="<p>مصحّحة</p>")
    rows = ask(world.carmen, direct, 3)["rows"]
    assert [("message-follows" in row["html"], row["id"]) for row in rows] == [(False, first.element_id), (False, last.element_id)]


def test_how_far_each_has_read_comes_along(world: SimpleNamespace, several: Conversation) -> None:
    message = say(world.basel, several)
    actions.mark_read(world.ezz.actor, message.conversation, 2)
    told = {str(world.basel.user.pk): [2, 1], str(world.ezz.user.pk): [2, 1]}
    assert ask(world.carmen, several, 2) == {"head": 2, "rows": [], "reads": told}
    actions.remove(world.carmen.actor, several, several.participants.get(user=world.ezz.user))
    assert ask(world.carmen, several, 3)["reads"] == {str(world.basel.user.pk): [2, 1]}


def test_after_too_long_an_absence_or_another_life_of_the_data_the_page_is_loaded_anew(
    world: SimpleNamespace, direct: Conversation
) -> None:
    many(direct, world.basel, MOST_ROWS + 1)
    head = direct.version
    assert ask(world.carmen, direct, 0) == {"reload": True, "head": head}
    assert len(ask(world.carmen, direct, 1)["rows"]) == MOST_ROWS
    assert ask(world.carmen, direct, head + 1) == {"reload": True, "head": head}  # the page knows more than the database
    again = at(world.carmen).get("/live/", {direct.stream: head, "epoch": "another"}).json()
    assert again == {"v": 1, "epoch": Epoch.now(), "reload": True, "streams": {}}
    same = at(world.carmen).get("/live/", {direct.stream: head, "epoch": Epoch.now()}).json()
    assert (same["epoch"], same["streams"][direct.stream]["rows"]) == (Epoch.now(), [])


def test_a_latecomer_is_not_sent_to_load_a_page_for_what_they_may_not_see(world: SimpleNamespace, several: Conversation) -> None:
    many(several, world.basel, MOST_ROWS + 20)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    several.refresh_from_db()
    said = ask(world.haytham, several, 1)
    assert (said["head"], len(said["rows"])) == (several.version, 1)


def test_hidden_and_absent_are_the_same(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    for who in (None, world.ezz, world.sami, world.haytham, world.dara):
        asked = {direct.stream: "0", "conversation.99999999": "0", f"user.{world.carmen.user.pk}": "0"}
        assert at(who).get("/live/", asked).json()["streams"] == {name: {"gone": True} for name in asked}
    for odd in ("x", "-1", "9" * 20, ""):
        assert at(world.carmen).get("/live/", {direct.stream: odd}).status_code == 400, odd


def test_a_group_s_history_is_its_members(world: SimpleNamespace, room: Conversation) -> None:
    message = say(world.carmen, room)
    answers = {name: ask(None if name == "suspended" else who, room, 0) for name, who in world.cast.items()}
    assert {name for name, said in answers.items() if said != {"gone": True}} == {"carmen", "mona", "ezz", "basel"}
    assert [row["id"] for row in answers["ezz"]["rows"]] == [message.element_id]


def test_one_s_own_are_marked_as_one_s_own_and_so_are_one_s_reactions(world: SimpleNamespace) -> None:
    direct = talk(world.basel, world.carmen)
    message = say(world.basel, direct)
    actions.react(world.carmen.actor, message, "heart")
    [mine], [theirs] = (ask(who, direct, 0)["rows"] for who in (world.basel, world.carmen))
    assert ("data-mine" in mine["html"], 'aria-pressed="true"' in mine["html"]) == (True, False)
    assert ("data-mine" in theirs["html"], 'aria-pressed="true"' in theirs["html"]) == (False, True)
