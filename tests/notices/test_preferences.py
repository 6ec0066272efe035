"""What people choose about notices: the grid says what will happen, the usual is a press away, and what is chosen holds at once."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from forums import actions as forums
from network.spaces.actors import Actor
from notices import wishes
from notices.actions import preferences as actions
from notices.kinds import KINDS, LEVELS, SENTENCES
from notices.models import Level, Notice, Preferences, SpaceMail
from notices.models.preferences import preferences_at_hand
from tests.cast import Person, reply_to, topic_in
from tests.notices.test_notices import deliver, told

PAGE = "/en/settings/notices/"


@pytest.fixture
def reader(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.carmen.user)
    return client


def grid(actor: Actor) -> dict[str, tuple[bool, str, bool]]:
    found = wishes.mine(actor, preferences_at_hand(actor.person))
    return {code: (wish.shown, wish.mail, wish.push) for code, wish in found.items()}


def as_sent(actor: Actor, **changes: Any) -> dict[str, Any]:
    """The whole form as a browser sends it, with these changes ("replies_mail" for a cell); None leaves a field out."""
    preferences = preferences_at_hand(actor.person) or Preferences(user=actor.person)
    data: dict[str, Any] = {"digest_at": "07:30", "quiet_from": "20:00", "quiet_until": "07:00", "quiet": "on", "quiet_weekend": "on"}
    data["weekend"] = preferences.weekend
    for code, wish in wishes.mine(actor, preferences).items():
        for channel in KINDS[code].channels:
            if channel not in KINDS[code].fixed and (value := getattr(wish, channel)):
                data[f"{code}-{channel}"] = "on" if value is True else value
    for name, value in changes.items():
        data[name.replace("_", "-", 1) if name.split("_")[0] in KINDS else name] = value
    return {name: value for name, value in data.items() if value is not None}


def test_each_choice_says_in_a_sentence_what_it_will_do(world: SimpleNamespace, reader: Client) -> None:
    page = unescape(reader.get(PAGE).content.decode())
    assert all(str(words) in page for words in SENTENCES.values())
    place = unescape(reader.get(f"/en/spaces/{world.group.pk}/notices/").content.decode())
    assert all(str(words) in place for words in LEVELS.values())


def test_the_usual_is_the_usual_of_a_role(world: SimpleNamespace) -> None:
    usual = {who: grid(getattr(world, who).actor)["replies"][1] for who in ("haytham", "carmen", "ezz")}
    assert usual == {"haytham": "weekly", "carmen": "daily", "ezz": "daily"}
    assert grid(world.haytham.actor)["mentions"][1] == "hourly"
    assert grid(world.dara.actor)["places"][1] == "weekly"


def test_a_choice_holds_and_one_press_brings_the_usual_back(world: SimpleNamespace, reader: Client) -> None:
    usual = grid(world.carmen.actor)
    sent = as_sent(world.carmen.actor, replies_mail="hourly", mentions_push=None, digest_at="09:15")
    assert reader.post(PAGE, sent).status_code == 302
    chosen = grid(world.carmen.actor)
    assert (chosen["replies"][1], chosen["mentions"][2]) == ("hourly", False)
    assert {code: chosen[code] for code in chosen if code not in ("replies", "mentions")} == {
        code: usual[code] for code in usual if code not in ("replies", "mentions")
    }
    assert Preferences.objects.get(user=world.carmen.user).choices == {"replies": {"mail": "hourly"}, "mentions": {"push": False}}
    assert reader.post("/settings/notices/preset/", {"preset": "usual"}).status_code == 302
    assert grid(world.carmen.actor) == usual
    assert str(Preferences.objects.get(user=world.carmen.user).digest_at) == "09:15:00"  # the hours are no part of the grid


def test_a_better_usual_reaches_whoever_chose_nothing(world: SimpleNamespace, reader: Client) -> None:
    reader.post(PAGE, as_sent(world.carmen.actor))
    assert Preferences.objects.get(user=world.carmen.user).choices == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"replies_mail": "each minute"}, "Select a valid choice"),
        ({"digest_at": "later"}, "Enter a valid time."),
        ({"weekend": "never"}, "Select a valid choice"),
        ({"messages_mail": "daily"}, "Select a valid choice"),
    ],
    ids=["unknown frequency", "no time", "no weekend", "a frequency that this kind has not"],
)
def test_what_cannot_be_comes_back_filled_with_a_reason(
    world: SimpleNamespace, reader: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = reader.post(PAGE, as_sent(world.carmen.actor, replies_push="on", **changes))
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert 'name="replies-push" class="switch" id="id_replies-push" checked' in page  # the rest of the form is as it was sent
    assert not Preferences.objects.filter(user=world.carmen.user).exclude(choices={}).exists()


def test_what_is_always_shown_cannot_be_sent_away(world: SimpleNamespace, reader: Client) -> None:
    reader.post(PAGE, as_sent(world.carmen.actor, waiting_shown=""))
    assert grid(world.carmen.actor)["waiting"][0] is True


def test_what_is_not_wanted_on_the_platform_is_not_in_the_inbox(world: SimpleNamespace, reader: Client) -> None:
    topic = topic_in(world, world.board, by=world.carmen)
    reply_to(world, topic, by=world.ezz)
    deliver()
    assert told(world.carmen) == [("replied", "reply")]
    reader.post(PAGE, as_sent(world.carmen.actor, replies_shown=None))
    reply_to(world, topic, by=world.mona)
    deliver()
    assert told(world.carmen) == []
    assert reader.get("/notices/count/").json() == {"count": 0}


# --- One place ---------------------------------------------------------------------------------------------------------------
def opened_by(who: Person, world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board, by=who, title="جديد")
    reply_to(world, topic, by=who)
    deliver()


@pytest.mark.parametrize(
    ("level", "heard"),
    [("muted", []), ("normal", []), ("tracking", ["topic"]), ("watching", ["topic", "post"])],
)
def test_a_level_of_a_group_does_what_its_sentence_says(world: SimpleNamespace, client: Client, level: str, heard: list[str]) -> None:
    client.force_login(world.ezz.user)
    assert client.post(f"/spaces/{world.group.pk}/level/", {"level": level}).status_code == 302
    opened_by(world.mona, world)
    assert [reason for _verb, reason in told(world.ezz)] == heard


def test_muted_silences_mentions_too(world: SimpleNamespace, client: Client) -> None:
    topic = topic_in(world, world.board, by=world.mona)
    actions.set_level(world.ezz.actor, world.group, "muted")
    forums.reply(world.mona.actor, topic, body="<p>@ezz</p>")
    deliver()
    assert told(world.ezz) == []


def test_what_the_group_chose_is_usual_until_a_member_chooses(world: SimpleNamespace, client: Client) -> None:
    actions.set_space_mail(world.carmen.actor, world.group, level="watching", without_content=False, board=None)
    opened_by(world.mona, world)
    assert [reason for _verb, reason in told(world.ezz)] == ["topic", "post"]
    actions.set_level(world.ezz.actor, world.group, "normal")
    Notice.objects.all().delete()
    opened_by(world.basel, world)
    assert told(world.ezz) == []
    actions.set_level(world.ezz.actor, world.group, "")
    assert not Level.objects.filter(user=world.ezz.user).exists()


def test_only_who_manages_a_group_says_how_it_writes(world: SimpleNamespace, client: Client) -> None:
    path, sent = f"/ar/spaces/{world.group.pk}/notices/", {"level": "watching", "without_content": "on", "board": world.board.pk}
    client.force_login(world.ezz.user)
    assert client.post(path, sent).status_code == 403
    assert not SpaceMail.objects.exists()
    client.force_login(world.carmen.user)
    assert client.post(path, {**sent, "board": world.hidden_board.pk}).status_code == 422
    assert client.post(path, sent).status_code == 302
    assert SpaceMail.objects.get().board == world.board


def test_a_level_that_does_not_exist_is_refused_and_a_hidden_group_is_not_there(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.ezz.user)
    assert client.post(f"/spaces/{world.group.pk}/level/", {"level": "loud"}, follow=True).status_code == 200
    assert client.post(f"/spaces/{world.hidden_group.pk}/level/", {"level": "muted"}).status_code == 404
    assert not Level.objects.exists()
