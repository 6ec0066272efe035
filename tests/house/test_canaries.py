"""No byte of what is private reaches who may not read it: a word planted in every private field, searched for in every answer."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from forums import actions as forums
from forums.models import Tag
from network.content import Audience
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Membership
from tests.cast import member
from tests.house.addresses import knock, places, without_proof
from tests.house.planted import ROLES, Planted
from tests.house.test_urls import body_of, listed
from tests.realtime.conftest import _content_types_anew, listen

__all__ = ["_content_types_anew", "listen"]

WORD = re.compile(r"zq[a-z]+?qz|zqdraftschool")
OUTSIDERS = tuple(role for role in ROLES if role not in ("suspended", "sami", "carmen"))  # these two see nearly everything, or nothing
LISTS = (
    "/ar/?scope=network", "/ar/?scope=network&kind=topics", "/ar/?scope=network&kind=wall", "/ar/?scope=network&kind=places", "/ar/?scope=following",
    "/ar/?before=100000", "/ar/feed/new/?after=0&scope=network", "/ar/topics/?show=unanswered", "/ar/topics/?show=unread", "/ar/topics/?show=following",
    "/ar/topics/?show=mine", "/ar/topics/?language=ar", "/ar/groups/?mine=1", "/ar/institutions/?status=draft", "/ar/institutions/?kind=associated-school",
    "/ar/institutions/?country=TN", "/ar/people/?country=TN", "/ar/people/?language=ar", "/ar/notices/?show=mine", "/ar/notices/?show=mentions",
    "/mentions/?q=", "/mentions/?q=z", "/ar/search/?q=zq", "/ar/search/?q=zq&kind=posts", "/ar/search/?q=zq&kind=topics", "/ar/search/?q=zq&kind=group",
    "/ar/search/?q=zq&kind=entity", "/ar/search/?q=zq&kind=person",
)  # fmt: skip


def answers(p: Planted, role: str, *, writes: bool = False) -> Iterator[tuple[str, Any]]:
    """All that this person can get from us, by every address and view of it."""
    client = p.client(role)
    for place in places(p):
        yield f"GET {place.path}", knock(client, "GET", place.path)
        if writes:
            yield f"POST {place.path}", knock(client, "POST", place.path, body_of(p, place))
            yield f"POST {place.path} (nothing in it)", knock(client, "POST", place.path)
        if place.name in ("topic", "post_menu", "home", "notices_count"):
            yield f"GET {place.path} for htmx", knock(client, "GET", place.path, headers={"hx-request": "true"})
    topics = [thing for name, thing in p.things.items() if name.endswith("topic")]
    posts = [thing for name, thing in p.things.items() if name.endswith("post")]
    own = [topic for topic in topics if topic.space_id == p.world.open_group.pk]
    paths = [
        *LISTS,
        *(f"/ar/topics/?tag={tag.pk}" for tag in Tag.objects.all()),
        *(f"/ar/topics/?tag={tag.name[:6]}" for tag in Tag.objects.all()),
    ]
    paths += [f"/ar/topics/{own[0].pk}/?{ask}={post.pk}" for post in posts for ask in ("quote", "reply_to")]
    paths += [f"/live/?topic.{topic.pk}={seen}&lang={code}" for topic in topics for seen in (0, 1) for code in ("ar", "en")]
    paths += [f"/live/?space.{space.pk}=0&user.{p.world.ezz.user.pk}=0" for space in (p.world.hidden_group, p.world.draft_entity)]
    paths += [f"/ar/topics/new/?board={board.pk}" for board in (p.world.hidden_board, p.world.board)]
    for path in paths:
        yield f"GET {path}", knock(client, "GET", path)


def leaks(p: Planted, role: str, where: str, response: Any) -> list[str]:
    said = response.said.decode("utf-8", "replace") + str(dict(response.headers))
    found = set(WORD.findall(said)) - ({"zqdraftschool"} if "zqdraftschool" in where else set())  # what one asked for comes back
    return [f"{role}: {word} in {where}" for word in found if word not in p.canaries or role not in p.canaries[word]]


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nothing_private_stands_in_any_answer(role: str, planted: Planted) -> None:
    found = [
        line
        for where, response in answers(planted, role, writes=role in ("dara", "ezz", "basel"))
        for line in leaks(planted, role, where, response)
    ]
    assert not found, listed(found)


def test_every_canary_could_have_been_seen(planted: Planted) -> None:
    """The control: whoever may read a word does find it, so a silent test means a shut door and not an empty room."""
    seen: dict[str, set[str]] = defaultdict(set)
    for role in ("sami", "ezz", "basel", "amina", "dara", "omar"):
        for _where, response in answers(planted, role):
            for word in WORD.findall(response.said.decode("utf-8", "replace") + str(response.headers)):
                seen[word].add(role)
    mails = {word for word in planted.canaries if word.startswith("zqmail")}  # shown on one's own pages only
    unseen = {word for word, readers in planted.canaries.items() if readers and word not in seen} - mails
    # A hidden name in another language than the page's, and what is shown to nobody by any page, can hide; everything else is on a page.
    assert unseen <= {"zqhiddennamefrqz", "zqhiddennameenqz", "zqhiddenaboutfrqz", "zqhiddenaboutenqz", "zqomartitleqz", "zqdaranameqz"}, (
        unseen
    )


@pytest.mark.parametrize("role", ["nobody", "dara", "omar", "ezz", "rania", "basel", "staff"])
def test_asking_for_a_hidden_word_is_like_asking_for_one_that_does_not_exist(role: str, planted: Planted) -> None:
    """Search, suggestions, and the searches of people, groups and institutions: the same page, whatever is hidden from the one who asks."""
    client, unlike = planted.client(role), []
    never = "zqneverplantedqz"
    asks = (
        "/ar/search/?q={}",
        "/ar/search/?q={}&kind=posts",
        "/mentions/?q={}",
        "/ar/people/?q={}",
        "/ar/groups/?q={}",
        "/ar/institutions/?q={}",
    )

    def clean(response: Any, word: str) -> str:
        return without_proof(response.said.decode().replace(word, "WORD"))

    nothing = {ask: clean(knock(client, "GET", ask.format(never)), never) for ask in asks}
    for word, readers in planted.canaries.items():
        if role not in readers:
            unlike += [f"{ask.format(word)}" for ask in asks if clean(knock(client, "GET", ask.format(word)), word) != nothing[ask]]
    assert not unlike, listed(unlike)


def test_whoever_may_read_does_find(planted: Planted) -> None:
    client, things = planted.client("sami"), planted.things
    leads = {
        "zqhiddentitleqz": things["hidden_topic"].path,
        "zqhiddenanswerqz": f"/topics/{things['hidden_topic'].pk}/#post-{things['hidden_post'].pk}",
        "zqhiddennamearqz": things["hidden_group"].path,
        "zqmanagersbodyqz": f"/topics/{things['managers_topic'].pk}/#post-{things['managers_post'].pk}",
        "zqdraftnameqz": things["draft_entity"].path,
    }
    for word, path in leads.items():
        assert f'href="/ar{path}' in knock(client, "GET", f"/ar/search/?q={word}").said.decode(), word


def test_what_was_public_and_is_made_private_is_gone_everywhere(planted: Planted) -> None:
    """Fragments, lists, search and catch-up that were kept while all could read forget at once."""
    p, w = planted, planted.world
    words = {word for word in p.canaries if word.startswith("zqopen")}
    before = {where for where, response in answers(p, "dara") if words & set(WORD.findall(response.said.decode("utf-8", "replace")))}
    assert len(before) > 10
    group = w.open_group
    groups.edit(w.carmen.actor, group, name_ar=group.name_ar, audience=Audience.MEMBERS, listed=True, join_rule="request")
    for word in words:
        p.canaries[word] = frozenset("carmen ezz sami".split())
    found = [
        line for role in ("nobody", "dara", "basel") for where, response in answers(p, role) for line in leaks(p, role, where, response)
    ]
    assert not found, listed(found)


def test_a_removed_member_reads_and_writes_nothing_more(planted: Planted) -> None:
    """ezz is put out of «schools»: with the session that was open, all he could read there is gone, and his own words too."""
    p, w = planted, planted.world
    client: Client = p.client("ezz")
    path = f"/ar/topics/{p.things['members_topic'].pk}/"
    assert client.get(path).status_code == 200
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    assert client.get(path).status_code == 404
    for word, readers in p.canaries.items():
        if word.startswith(("zqmembers", "zqomar")) and word != "zqomardraftqz":
            p.canaries[word] = readers - {"ezz"}
    found = [line for where, response in answers(p, "ezz", writes=True) for line in leaks(p, "ezz", where, response)]
    assert not found, listed(found)
    post = p.things["members_post"]
    for verb in ("edit/", "removal/"):
        assert client.post(f"/ar/posts/{post.pk}/{verb}", {"body": "<p>x</p>", "body_format": "html"}).status_code == 404


# --- Over the socket -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["nobody", "dara", "omar", "basel"])
def test_no_frame_carries_a_private_word_to_an_outsider(who: str, listen: Any, server: str, planted: Planted) -> None:
    """While things happen in every private place, an outsider who asks for every stream hears of none of it, not even that it happened."""
    p, w = planted, planted.world
    for cache in caches.all(initialized_only=True):
        cache.clear()
    person = p.who[who]
    spaces_of = [w.hidden_group, w.group, w.draft_entity]
    topics = [p.things[name] for name in ("hidden_topic", "managers_topic", "gone_topic", "hidden_wall_topic")]
    if who != "basel":
        topics += [p.things["members_topic"], p.things["omar_topic"]]
    names = [f"topic.{topic.pk}/{code}" for topic in topics for code in ("ar", "en")]
    names += [f"space.{space.pk}" for space in spaces_of] + [f"user.{w.ezz.user.pk}", f"user.{w.rania.user.pk}", "feed"]
    names += [f"topic.{topic.pk}" for topic in topics] + [
        f"topic.{topics[0].pk}/people",
        f"space.{w.hidden_group.pk}/members",
        "feed/network",
    ]
    ear = listen(person)
    for start in range(0, len(names), 20):
        ear.say({"type": "subscribe", "streams": names[start : start + 20]})
    answers_heard = [frame for frame in ear.frames(1.0) if frame.get("type") in ("subscribed", "gone")]
    subscribed = {frame["stream"] for frame in answers_heard if frame["type"] == "subscribed"}
    assert subscribed <= {"feed", f"space.{w.group.pk}"}, subscribed
    before = len(ear.heard)
    forums.reply(w.rania.actor, p.things["hidden_topic"], body="<p>zqlivehiddenqz @basel</p>")
    forums.open_topic(w.carmen.actor, w.hidden_board, title="zqlivetitleqz", body="<p>zqlivebodyqz</p>")
    forums.open_topic(w.mona.actor, w.board, title="zqlivemanagersqz", body="<p>x</p>", audience=Audience.MANAGERS)
    forums.edit(w.mona.actor, p.things["managers_post"], body="<p>zqliveeditqz</p>")
    forums.react(w.carmen.actor, p.things["hidden_post"], "agree")
    forums.delete(w.rania.actor, p.things["hidden_post"])
    groups.edit(w.carmen.actor, w.hidden_group, name_ar="zqliverenamedqz", audience=Audience.MEMBERS, listed=False, join_rule="invitation")
    member(w.mona, w.hidden_group)
    heard = ear.frames(1.5)
    raw = json.dumps(ear.heard)
    assert WORD.findall(raw) == []
    about = [frame for frame in heard if frame.get("stream") not in (None, "feed", f"space.{w.group.pk}")]
    assert about == [], "frames about what one may not see"
    # Not even a hint: the public stands still, and so do the hints of it (basel is in «schools», where managers' things are not his).
    assert [frame for frame in ear.heard[before:] if frame.get("stream") == "feed"] == []
    # The control: the same ear does hear what is for all.
    forums.open_topic(w.carmen.actor, w.open_board, title="للجميع", body="<p>zqforallqz</p>")
    assert [frame for frame in ear.frames(1.5) if frame.get("stream") == "feed"] != []
