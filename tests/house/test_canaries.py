"""No byte of what is private reaches who may not read it: a word planted in every private field, searched for in every answer."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import caches
from django.test import Client
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from chat import actions as chat
from chat.models import Conversation, Message, Participant
from forums import actions as forums
from forums.models import Tag
from network.activity.models import Activity
from network.content import Audience
from network.groups import actions as groups
from network.sites.models import Section
from network.sites.views.machines import PARTS
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import member
from tests.house.addresses import MESSAGES, TALKS, Place, Walk, knock, places, without_proof
from tests.house.planted import LATER, ROLES, Planted, walked
from tests.house.test_urls import SEES, admin_addresses, listed
from tests.realtime.conftest import _content_types_anew, listen

__all__ = ["_content_types_anew", "listen"]

WORD = re.compile(r"zq[a-z]+?qz|zqdraftschool")
FRESH = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a form's client number
OUTSIDERS = tuple(role for role in ROLES if role not in ("suspended", "carmen"))  # these see nothing, or nearly everything
LISTS = (
    "/ar/?scope=network", "/ar/?scope=network&kind=topics", "/ar/?scope=network&kind=wall", "/ar/?scope=network&kind=places", "/ar/?scope=following",
    "/ar/?before=100000", "/ar/feed/new/?after=0&scope=network", "/ar/topics/?show=unanswered", "/ar/topics/?show=unread", "/ar/topics/?show=following",
    "/ar/topics/?show=mine", "/ar/topics/?language=ar", "/ar/groups/?mine=1", "/ar/institutions/?status=draft", "/ar/institutions/?kind=associated-school",
    "/ar/institutions/?country=TN", "/ar/people/?country=TN", "/ar/people/?language=ar", "/ar/notices/?show=mine", "/ar/notices/?show=mentions",
    "/mentions/?q=", "/mentions/?q=z", "/ar/search/?q=zq", "/ar/search/?q=zq&kind=posts", "/ar/search/?q=zq&kind=topics", "/ar/search/?q=zq&kind=group",
    "/ar/search/?q=zq&kind=entity", "/ar/search/?q=zq&kind=person", "/ar/conversations/?kind=archived", "/ar/conversations/rooms/?kind=archived",
    "/ar/conversations/new/?q=zq", "/ar/conversations/new/?with=zq", "/ar/partnerships/?q=zq", "/ar/partnerships/?mine=1", "/ar/partnerships/?kind=offer",
    "/ar/search/?q=zq&kind=guides", "/ar/guides/?q=zq", "/ar/guides/?for=officers", "/ar/guides/?of=natcom-tn", "/ar/guides/?mine=1",
    "/ar/institutions/?view=table&status=draft", "/ar/institutions/?view=map", "/ar/institutions/export.csv?status=draft",
    "/ar/applications/queue/?status=draft", "/ar/applications/queue/?country=TN", "/ar/applications/queue/table/?format=csv",
    "/ar/applications/queue/table/?format=xlsx", "/ar/questions/?state=all", "/ar/questions/?state=answered",
    *(f"/ar/{section}/{page}" for section in Section.values for page in ("", "news/", "institutions/", "contact/")),
    *(f"/{language}/commissions/tn/{page}" for language in ("fr", "en") for page in ("", "news/", "institutions/")),
    *(f"/fr/institutions/natcom-tn/{page}" for page in ("feed.atom", "feed.rss", "feed.json", "widget/?count=12&language=ar", "external/")),
    "/ar/institutions/natcom-tn/feed.atom?language=ar", "/ar/institutions/natcom-tn/widget/?count=12",
)  # fmt: skip


def answers(p: Planted, role: str, *, writes: Callable[[Place], bool] = lambda place: False) -> Iterator[tuple[str, Any]]:
    """All that this person can get from us, by every address and view of it, and by writing where `writes` says so."""
    client, walk = p.client(role), Walk(p, role)
    for place in places(p):
        yield f"GET {place.path}", walk.get(place.path)
        if writes(place):
            yield f"POST {place.path}", walk.post(place)
            yield f"POST {place.path} (nothing in it)", walk.post_nothing(place.path)
        if place.name in ("topic", "post_menu", "message_menu", "home", "notices_count"):
            yield f"GET {place.path} for htmx", walk.get(place.path, **{"hx-request": "true"})
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
    paths += [f"/sitemap-{part}.xml" for part in PARTS]
    for path in [*paths, *talked(p)]:
        yield f"GET {path}", walk.get(path)
    reacts = any(writes(place) for place in places(p, {"message_react"}))
    for message in said_in(p, "several_talk") if reacts else ():
        for verb in ("reactions", "pin"):  # a script gets the message back
            path, script = f"/messages/{message.pk}/{verb}/", {"x-requested-with": "fetch", "accept": "application/json"}
            yield f"POST {path} by script", knock(client, "POST", path, {"kind": "heart"}, headers=script)


def talked(p: Planted) -> list[str]:
    """Every view of conversations that asks for a place, a word or a version."""
    paths = [f"/ar/conversations/rooms/?here={p.things[name].pk}" for name in TALKS]
    for talk in (p.things[name] for name in TALKS):
        root = f"/ar/conversations/{talk.pk}/"
        paths += [f"{root}?around={number}" for number in (1, 999)]
        paths += [f"{root}messages/?{ask}" for ask in ("before=99", "after=0", "around=1")]
        paths += [f"{root}search/?q={word}" for word in ("zq", "omar")]
        paths += [f"/live/?conversation.{talk.pk}={seen}&lang={code}" for seen, code in ((0, "ar"), (0, "fr"), (talk.version - 1, "ar"))]
    # Another room's message, as what one's own answers.
    rooms, answered = ("several_talk", "group_talk"), [p.things[name] for name in MESSAGES]
    return paths + [f"/ar/conversations/{p.things[room].pk}/?reply_to={message.pk}" for room in rooms for message in answered]


def said_in(p: Planted, name: str) -> list[Message]:
    return list(Message.objects.filter(conversation=p.things[name]))


def opened(body: bytes) -> bytes:
    """A workbook is a folded parcel: what stands in its parts. Of a PDF, the words on its pages and what it says of itself."""
    if body.startswith(b"%PDF-"):
        with contextlib.suppress(PdfReadError):  # what was planted as a file is a PDF by its first bytes only
            paper = PdfReader(BytesIO(body))
            return " ".join([str(paper.metadata), *(page.extract_text() for page in paper.pages)]).encode()
    if not body.startswith(b"PK\x03\x04"):
        return body
    with ZipFile(BytesIO(body)) as parcel:
        return b"".join(parcel.read(name) for name in parcel.namelist())


def leaks(p: Planted, role: str, where: str, response: Any) -> list[str]:
    said = opened(response.said).decode("utf-8", "replace") + str(dict(response.headers))
    found = set(WORD.findall(said)) - ({"zqdraftschool"} if "zqdraftschool" in where else set())  # what one asked for comes back
    return [f"{role}: {word} in {where}" for word in found if word not in p.canaries or role not in p.canaries[word]]


@pytest.mark.parametrize("role", walked(OUTSIDERS, both="nobody basel"))
def test_nothing_private_stands_in_any_answer(role: str, planted: Planted) -> None:
    found = [
        line
        for where, response in answers(planted, role, writes=lambda _place: role in ("dara", "ezz", "basel", "haytham"))
        for line in leaks(planted, role, where, response)
    ]
    assert not found, listed(found)


def test_every_canary_could_have_been_seen(planted: Planted) -> None:
    """The control: whoever may read a word does find it, so a silent test means a shut door and not an empty room."""
    mails = {word for word in planted.canaries if word.startswith("zqmail")}  # shown on one's own pages only
    # A hidden name in another language than the page's, and what is shown to nobody by any page, can hide; everything else is on a page.
    hiding = {"zqhiddennamefrqz", "zqhiddennameenqz", "zqhiddenaboutfrqz", "zqhiddenaboutenqz", "zqomartitleqz", "zqdaranameqz"}
    hiding |= {"zqwrittenlistrefusedqz"}  # a list that is written keeps no rows
    unseen = {word for word, readers in planted.canaries.items() if readers} - mails - hiding
    for role in ("sami", "carmen", "ezz", "rania", "basel", "amina", "dara", "omar"):
        pages = answers(planted, role)
        while theirs := {word for word in unseen if role in planted.canaries[word]}:
            if (page := next(pages, None)) is None:
                break
            unseen -= theirs & set(WORD.findall(page[1].said.decode("utf-8", "replace") + str(page[1].headers)))
    assert unseen == set()


@pytest.mark.parametrize("role", walked(["nobody", "basel"], both="nobody basel"))
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
        "/ar/guides/?q={}",
        "/ar/partnerships/?q={}",
        "/ar/conversations/new/?q={}",
        *(f"/ar/conversations/{planted.things[name].pk}/search/?q={{}}" for name in ("several_talk", "group_talk")),
    )

    def clean(response: Any, word: str) -> str:
        return FRESH.sub("", without_proof(response.said.decode().replace(word, "WORD")))

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
    for book in ("pdf", "xlsx"):
        assert b"zqdraftnameqz" in opened(knock(client, "GET", f"/ar/institutions/export.{book}?status=draft").said), book


@pytest.mark.parametrize("role", walked(["nobody", "dara"], both="nobody"))
def test_a_site_on_its_own_host_gives_away_no_more(role: str, planted: Planted, settings: Any) -> None:
    """Every address there is, asked for on a commission's and on a section's own host name."""
    hosts = {"tn.example.org": "commissions/tn", "clubs.example.org": "clubs"}
    settings.SITE_HOSTS, settings.ALLOWED_HOSTS = hosts, ["*"]
    client, found, seen = planted.client(role), [], 0
    pages = ("", "news/", "institutions/", "publications/", "events/", "contact/", "mandate/", "sitemap.xml", "feed.atom", "feed.json")
    paths = [*(place.path for place in places(planted)), *(f"/{code}/{page}" for code in ("ar", "fr") for page in pages), *LISTS]
    for host in hosts if role == "nobody" else [*hosts][:1]:
        for path in paths:
            response = knock(client, "GET", path, headers={"host": host})
            seen += response.status_code == 200
            found += leaks(planted, role, f"{host}{path}", response)
    assert not found, listed(found)
    assert seen > 20


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
    found = [line for role in ("nobody", "dara") for where, response in answers(p, role) for line in leaks(p, role, where, response)]
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
        if word.startswith(("zqmembers", "zqomar", "zqroom")) and not word.startswith(("zqomardraft", "zqomarintalk", "zqomarchat")):
            p.canaries[word] = readers - {"ezz"}
    of_group = ("members", "managers", "gone", "omar", "group", "board")
    answered = answers(p, "ezz", writes=lambda place: place.target.startswith(of_group))
    found = [line for where, response in answered for line in leaks(p, "ezz", where, response)]
    assert not found, listed(found)
    post = p.things["members_post"]
    for verb in ("edit/", "removal/"):
        assert client.post(f"/ar/posts/{post.pk}/{verb}", {"body": "<p>x</p>", "body_format": "html"}).status_code == 404


# --- Conversations: nobody but those who take part, the house's own administrators included ----------------------------------------
def test_the_admin_pages_know_nothing_of_conversations(planted: Planted) -> None:
    """Not what was said, not by whom to whom, not that it was: lists, searches, records and histories of somebody who may see all of them."""
    client, found, looked = planted.client("staff"), [], 0
    private = {word for word, readers in planted.canaries.items() if word in spoken(planted)}
    numbers = {str(pk) for pk in Conversation.objects.values_list("pk", flat=True)}
    told = Activity.objects.filter(reach__gte=Audience.PARTICIPANTS)
    assert told.count() > 20 and Notice.objects.filter(reason="chat_mention").count() == 2, "the control: there is something to see"
    asks = [
        *admin_addresses(),
        *(f"/ar/admin/activity/activity/{row.pk}/{end}" for row in told for end in ("change/", "history/", "delete/")),
    ]
    asks += [f"/ar/admin/notices/notice/{row.pk}/change/" for row in Notice.objects.filter(reason="chat_mention")]
    asks += [f"/ar/admin/activity/activity/?verb={verb}" for verb in set(told.values_list("verb", flat=True))]
    asks += ["/ar/admin/activity/activity/?reach=4", "/ar/admin/notices/notice/?reason=chat_mention", "/ar/admin/activity/activity/?q=zq"]
    asks += [f"/ar/admin/activity/activity/?all=&p={page}" for page in range(4)] + ["/ar/admin/activity/job/", "/ar/admin/?q=zq"]
    for path in asks:
        response = knock(client, "GET", path)
        html = response.said.decode("utf-8", "replace")
        looked += response.status_code == 200
        found += [f"{path}: {word}" for word in set(WORD.findall(html)) & private]
        found += [
            f"{path}: conversation {number}"
            for number in re.findall(r"conversation\.(\d+)|/conversations/(\d+)/", html)
            if set(number) & numbers
        ]
        found += [
            f"{path}: {verb}"
            for verb in re.findall(r">(said|started_conversation|edited_message|\w+_from_conversation|chat_mention)<", html)
        ]
    assert not found, listed(found)
    assert looked > 60
    for model in ("conversation", "message", "participant", "seat", "attachment", "messagereaction"):
        assert knock(client, "GET", f"/ar/admin/chat/{model}/").status_code == 404, model
    assert knock(client, "GET", "/ar/admin/moderation/report/").status_code == 404


def test_what_is_said_rings_no_bell_and_counts_nowhere_but_in_the_room(planted: Planted) -> None:
    """The feed, its pill, the bell, and the badge of everybody else stand still while people talk."""
    p, w = planted, planted.world
    roles = [role for role in ROLES if role not in ("carmen", "basel", "ezz", "haytham", "suspended")]

    def counts() -> dict[str, list[Any]]:
        ways = ("/notices/count/", "/conversations/count/", "/ar/feed/new/?after=0", "/ar/feed/new/?after=0&scope=network")
        found = {role: [knock(p.client(role), "GET", way).json() for way in ways] for role in roles}
        lists = ("/ar/", "/ar/?scope=network", "/ar/notices/", "/ar/conversations/", "/ar/people/", f"/ar/groups/{w.group.pk}/")
        pages = {
            f"{role} pages": [FRESH.sub("", without_proof(knock(p.client(role), "GET", way).said.decode())) for way in lists]
            for role in roles
        }
        return found | pages

    before = counts()
    for words in ("zqnewsqz", "zqmorenewsqz @mona @sami"):
        chat.send(w.basel.actor, p.things["several_talk"], body=f"<p>{words}</p>", client_id=uuid.uuid4())
    for activity in Activity.objects.filter(verb="said"):
        notify(activity)
    chat.react(w.ezz.actor, p.things["late_message"], "heart")
    chat.describe(w.carmen.actor, p.things["several_talk"], name="zqnewnameqz", topic="zqnewtopicqz")
    assert counts() == before


def test_whoever_is_taken_out_finds_nothing_more_of_it(planted: Planted) -> None:
    """ezz leaves the conversation of several: his own words in it, its name, its files and what he was told of it are gone with it."""
    p, w = planted, planted.world
    talk = p.things["several_talk"]
    chat.send(w.basel.actor, talk, body="<p>@ezz zqtoezzqz</p>", client_id=uuid.uuid4())
    p.canaries["zqtoezzqz"] = LATER
    assert "zqtoezzqz" in knock(p.client("ezz"), "GET", f"/ar/conversations/{talk.pk}/").said.decode()
    chat.remove(w.carmen.actor, talk, Participant.objects.get(conversation=talk, user=w.ezz.user))
    for activity in Activity.objects.filter(verb__in=["said", "removed_from_conversation"]).order_by("pk"):
        notify(activity)
    for word in spoken(p):
        p.canaries[word] = (
            p.canaries[word] - {"ezz"} if p.canaries[word] <= LATER | {"sami"} and word not in own_words(p) else p.canaries[word]
        )
    answered = answers(p, "ezz", writes=lambda place: "several" in place.target or place.target in MESSAGES)
    found = [line for where, response in answered for line in leaks(p, "ezz", where, response)]
    assert not found, listed(found)
    for verb in ("edit/", "removal/", "report/"):
        assert p.client("ezz").post(f"/ar/messages/{p.things['late_message'].pk}/{verb}", {"body": "x", "reason": "x"}).status_code == 404


def spoken(p: Planted) -> set[str]:
    """The words planted in conversations, their files and their reports."""
    begins = (
        "direct early omarintalk omarinroom omarchat late takenback reported report commissions room hiddenroom talk lostfile toezz".split()
    )
    return {word for word in p.canaries if word.removeprefix("zq").startswith(tuple(begins))}


def own_words(p: Planted) -> set[str]:
    """Those of other rooms of ezz, and of his own files, which he keeps."""
    return {word for word in spoken(p) if word.removeprefix("zq").startswith(("direct", "room", "omarinroom", "lostfile"))}


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
    talks = [name for name in TALKS if who not in SEES[name]]
    names += [f"conversation.{p.things[name].pk}/{code}" for name in talks for code in ("ar", "fr")]
    names += [f"conversation.{p.things[name].pk}{end}" for name in talks for end in ("", "/people", "/xx")]
    names += [f"space.{space.pk}" for space in spaces_of] + [f"user.{w.ezz.user.pk}", f"user.{w.rania.user.pk}", "feed"]
    names += [f"topic.{topic.pk}" for topic in topics] + [
        f"topic.{topics[0].pk}/people",
        f"space.{w.hidden_group.pk}/members",
        f"space.{w.group.pk}/chat",
        f"user.{w.mona.user.pk}/chat",
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
    for name, speaker, other in (("direct_talk", w.ezz, w.mona), ("hidden_talk", w.rania, w.carmen)):
        said = chat.send(speaker.actor, p.things[name], body=f"<p>zqlive{name.replace('_', '')}qz</p>", client_id=uuid.uuid4())
        chat.edit(speaker.actor, said, body="<p>zqlivemendedqz</p>")
        chat.react(other.actor, said, "heart")
        chat.mark_read(other.actor, p.things[name], said.number)
        chat.delete(speaker.actor, said)
    if who != "basel":  # he takes part in these
        for name in ("several_talk", "group_talk"):
            chat.send(w.carmen.actor, p.things[name], body="<p>zqlivetalkqz</p>", client_id=uuid.uuid4())
        chat.describe(w.carmen.actor, p.things["several_talk"], name="zqlivenameqz", topic="")
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
