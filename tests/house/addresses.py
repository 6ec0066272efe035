"""Every address of the house, from the resolver, and what each is filled with to stand before a planted thing."""

from __future__ import annotations

import json
import re
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.utils import translation

from network.spaces import actors
from tests.house.planted import ABSENT, Planted

WRITES = ("POST", "PUT", "PATCH", "DELETE")
VERBS = ("GET", "HEAD", "OPTIONS", *WRITES)
RIGHTS: tuple[dict[int, Any], ...] = (actors._KEPT, actors._KEPT_ACTORS)  # what a process keeps of people's rights, under a number

TOPICS = ("open_topic", "members_topic", "managers_topic", "gone_topic", "omar_topic", "hidden_topic", "wall_topic")
POSTS = ("open_post", "removed_post", "members_post", "managers_post", "gone_topic_post", "omar_post", "hidden_post")
BOARDS = ("open_board", "board", "hidden_board", "draft_board")
GROUPS = ("open_group", "group", "hidden_group")
ENTITIES = ("natcom_tn", "school", "draft_entity")
SPACES = ("open_group", "group", "hidden_group", "natcom_tn", "draft_entity", "dara_page")
PEOPLE = ("haytham", "dara", "carmen")
TALKS = ("direct_talk", "several_talk", "entities_talk", "group_talk", "hidden_talk")
MESSAGES = (
    "direct_message", "early_message", "late_message", "omar_message", "removed_message", "reported_message", "event_message",
    "entities_message", "group_message", "hidden_message",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One address before one thing: `path`, and `absent`, the same address of something that is not there (None: takes no argument)."""

    name: str
    target: str
    path: str
    absent: str | None


# Arguments of an address → the things that fill them. A pair fills two: the first names the place, the second what stands in it.
ARGUMENTS: dict[tuple[str, ...], tuple[str | tuple[str, ...], ...]] = {
    (): ("",),
    ("topic_id",): TOPICS,
    ("post_id",): POSTS,
    ("board_id",): BOARDS,
    ("group_id",): GROUPS,
    ("code",): ENTITIES,
    ("space_id",): SPACES,
    ("user_id",): PEOPLE,
    ("tie_id",): ("standing_tie", "proposed_tie", "hidden_tie"),
    ("offer_id",): ("offer", "network_offer", "gone_offer"),
    ("guide_id",): ("guide", "network_guide", "draft_guide"),
    ("guide_id", "number"): (("guide", "guide_version"), ("network_guide", "network_version"), ("draft_guide", "draft_version")),
    ("step",): ("first_step",),
    ("at",): ("natcom_tn", "school", "draft_entity"),
    ("at", "page_id"): (("natcom_tn", "site_page"), ("natcom_tn", "draft_page")),
    ("question_id",): ("question",),
    ("part",): ("",),
    ("handle",): ("haytham", "dara", "draft_entity"),
    ("invitation_id",): ("hidden_invitation", "members_invitation"),
    ("notice_id",): ("ezz_notice", "rania_notice", "omar_notice", "omar_chat_notice", "haytham_chat_notice"),
    ("conversation_id",): TALKS,
    ("message_id",): MESSAGES,
    ("report_id",): ("report",),
    ("newsletter_id",): ("newsletter",),
    ("import_id",): ("draft_import", "done_import"),
    ("kind_code",): ("kind_of_school", "kind_of_commission"),
    ("device_id",): ("ezz_device",),
    ("token",): ("stop_token",),
    ("key",): ("open_file", "members_file", "hidden_file", "gone_file", "own_file"),
    ("place",): ("members_topic",),
    ("application_id",): ("application_draft", "application_sent", "application_joined"),
    ("application_id", "report_id"): (("application_joined", "year_report"), ("application_sent", "year_report")),
    ("certificate_code",): ("certificate",),
    ("name",): ("picture",),
    ("code", "mandate_id"): (("school", "mandate"), ("draft_entity", "draft_mandate"), ("school", "draft_mandate")),
    ("code", "mandate_invitation_id"): (("natcom_tn", "mandate_invitation"), ("draft_entity", "mandate_invitation")),
    ("code", "hand_over_id"): (("natcom_tn", "handed"), ("school", "handed")),
    ("group_id", "request_id"): (("group", "request"), ("hidden_group", "request")),
    ("group_id", "membership_id"): (("group", "members_membership"), ("hidden_group", "hidden_membership"), ("group", "hidden_membership")),
    ("conversation_id", "participant_id"): (
        ("direct_talk", "direct_participant"),
        ("several_talk", "several_participant"),
        ("several_talk", "direct_participant"),
        ("direct_talk", "several_participant"),
    ),
    ("kind",): ("school_kind",),
    ("code", "feed_id"): (("natcom_tn", "feed"), ("draft_entity", "draft_feed"), ("natcom_tn", "draft_feed")),
    ("pk",): ("",),
    ("uidb36", "key"): ("",),
    ("app_label",): ("",),
}
# Addresses that share their argument's name with others, and stand before other things.
OTHERWISE: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "site_page": (("natcom_tn", "site_page"),),  # what is not published is there for nobody
    "mail_weekly": ("weekly_token",),
    "application_file": ("paper_draft", "paper_sent", "paper_joined", "paper_report"),
    "mandate_invitation": ("mandate_token",),
    "message_file": ("direct_file", "early_file", "omar_chat_file", "group_file", "lost_file", "removed_chat_file"),
}


def patterns(
    resolver: URLResolver | None = None, space: str = "", arguments: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """All addresses by name, with their arguments; one without a name is known by its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        wanted = (*arguments, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, wanted)
        else:
            yield f"{space}{pattern.name or pattern.pattern}", wanted


def places(p: Planted, names: set[str] | None = None) -> list[Place]:
    """Every address of ours and of the libraries (but admin's), before everything it can stand before."""
    found: list[Place] = []
    for name, wanted in patterns():
        if name.startswith("admin:") or (names is not None and name not in names):
            continue
        for target in OTHERWISE.get(name, ARGUMENTS[wanted]):
            found.append(_place(p, name, wanted, target))
    return found


def _place(p: Planted, name: str, wanted: tuple[str, ...], target: str | tuple[str, ...]) -> Place:
    targets = target if isinstance(target, tuple) else (target,)
    if not wanted:
        return Place(name, "", _address(name, {}), None)
    there = {arg: _value(p, arg, thing) for arg, thing in zip(wanted, targets, strict=False)} | _fixed(wanted)
    gone = {arg: _nothing(arg) for arg in there} | _fixed(wanted)
    if len(targets) == 2:
        gone[wanted[0]] = there[wanted[0]]
    return Place(name, " ".join(targets), _address(name, there), _address(name, gone))


def _fixed(wanted: tuple[str, ...]) -> dict[str, Any]:
    if wanted == ("uidb36", "key"):
        return {"uidb36": "1", "key": "abc-0123456789abcdef"}
    return {"pk": ABSENT} if wanted == ("pk",) else {}


def _value(p: Planted, argument: str, thing: str) -> Any:
    if argument == "name":
        return "0" * 32 + ".webp"
    if argument == "part":
        return "sites"
    if argument in ("pk", "uidb36"):
        return ABSENT
    row = p.things[thing]
    if argument == "at":
        from network.sites.places import at_of  # noqa: PLC0415 -- only here

        return at_of(row)
    if argument in ("token", "step"):
        return row
    if argument == "number":
        return row.number
    if argument in ("code", "handle"):
        return getattr(row, "page", row).handle if hasattr(row, "page") else row.handle
    if argument in ("kind", "kind_code", "certificate_code"):
        return row.code
    if argument == "key":
        return row.key
    if argument == "place":
        return row.stream
    return row.pk


def _nothing(argument: str) -> Any:
    match argument:
        case "code" | "handle" | "kind" | "kind_code" | "certificate_code":
            return "nobody-bears-this"
        case "at":
            return "sites/nobody-bears-this"
        case "part":
            return "nothing"
        case "key":
            return "K" * 43
        case "step":
            return "no-such-step"
        case "token":
            return "nobody-signed-this"
        case "place":
            return f"topic.{ABSENT}"
        case "name":
            return "f" * 32 + ".webp"
        case _:
            return ABSENT


def _address(name: str, arguments: dict[str, Any]) -> str:
    from django.urls import reverse  # noqa: PLC0415 -- only here

    with translation.override("ar"):
        return reverse(name, kwargs=arguments)


def body_of(p: Planted, place: Place) -> dict[str, Any]:
    """What passes the form, so that nothing but the door decides."""
    text = {"body": "<p>نص</p>", "body_format": "html", "client_id": str(uuid.uuid4())}
    if place.name == "topic_answer":
        return {"post": str(p.things[place.target].posts.order_by("-number").first().pk)}
    if place.name in ("reply", "space_wall", "own_wall", "post_edit"):
        return text
    return {
        "board_topic_new": text | {"title": "عنوان", "audience": "0"},
        "topic_edit": {"title": "عنوان آخر"},
        "topic_read": {"number": "1"},
        "topic_watch": {"level": "watching"},
        "post_react": {"kind": "heart"},
        "post_unreact": {"kind": "heart"},
        "group_role": {"role": "moderator"},
        "set_language": {"language": "fr"},
        "draft": {"body": "مسودة"},
        "message_send": {"body": "نص", "client_id": str(uuid.uuid4())},
        "message_edit": {"body": "نص آخر"},
        "message_react": {"kind": "heart"},
        "message_unreact": {"kind": "heart"},
        "message_report": {"reason": "سبب"},
        "offer_report": {"reason": "سبب"},
        "conversation_details": {"name": "اسم", "topic": "موضوع"},
        "conversation_add": {"who": "amina"},
        "conversation_read": {"number": "1"},
        "report_answer": {"outcome": "left"},
        "space_level": {"level": "muted"},
        "notice_preset": {"preset": "least"},
        "notice_snooze": {"until": "hour"},
        "join_kind": {"country": "TN"},
        "application_review": {"outcome": "endorse"},
        "application_leave": {"remark": "سبب"},
        "application_stand": {"outcome": "suspend", "remark": "سبب"},
        "application_report_answer": {"outcome": "confirm"},
        "external_feeds": {"url": "https://www.example.invalid/feed.xml"},
    }.get(place.name, {})


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written is taken back, and the process keeps no rights but those it kept before."""
    before = [(kept, dict(kept)) for kept in RIGHTS]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for kept, was in before:
            kept.clear()
            kept.update(was)


@contextmanager
def read() -> Iterator[None]:
    """The same for what only reads: the rights it was answered by stay kept, as in any process that answers a second time."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def knock(client: Client, verb: str, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """One request, without consequence: neither the database, nor the session, nor the browser's cookies keep anything. `.said`: the body."""
    cookies = deepcopy(client.cookies)
    with undone() if verb in WRITES else read(), translation.override(None):
        response: Any = client.post(path, data or {}, **more) if verb == "POST" else client.generic(verb, path, **more)
        response.said = b"".join(response.streaming_content) if response.streaming else response.content
        for close in response._resource_closers:  # not response.close(): that would end the test's own connection
            close()
    if client.cookies != cookies or verb in WRITES:
        cache.clear()  # the session as it was stands in the database
    client.cookies = cookies
    return response


class Answer:
    """What stays of an answer: enough for every law that only reads."""

    def __init__(self, response: Any) -> None:
        self.status_code: int = response.status_code
        self.headers, self.cookies = response.headers, response.cookies
        self.wsgi_request = SimpleNamespace(path=response.wsgi_request.path)
        self._packed = zlib.compress(response.said, 1)

    @property
    def said(self) -> bytes:
        return zlib.decompress(self._packed)

    def get(self, header: str, otherwise: Any = None) -> Any:
        return self.headers.get(header, otherwise)

    def __getitem__(self, header: str) -> str:
        return self.headers[header]

    def json(self) -> Any:
        return json.loads(self.said)


class Walk:
    """One person before the planted world as it was planted: each thing is asked once a planting, whichever laws read the answer.

    Of a world in which something was done since, the answers are this walk's own.
    """

    def __init__(self, p: Planted, role: str) -> None:
        self._p, self._role = p, role
        self._answers = p.answers if p.is_untouched else {}
        self._client: Client | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, "", headers)

    def post(self, place: Place) -> Answer:
        """With what passes the form, see body_of()."""
        return self._ask("POST", place.path, place.name, {}, place)

    def post_nothing(self, path: str, language: str = "ar") -> Answer:
        return self._ask("POST", path, "", {"referer": f"http://testserver/{language}/topics/"})

    def _ask(self, verb: str, path: str, what: str, headers: dict[str, str], place: Place | None = None) -> Answer:
        key = (self._role, verb, path, what, *sorted(headers.items()))
        if key not in self._answers:
            self._client = self._client or self._p.client(self._role)
            data = body_of(self._p, place) if place else None
            self._answers[key] = Answer(knock(self._client, verb, path, data, headers=headers))
        answer: Answer = self._answers[key]
        return answer


_PROOF = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": ?"\w+"|&quot;X-CSRFToken&quot;: ?&quot;\w+&quot;|content="\w{64}"|value="\w{64}"'
)


def without_proof(html: str) -> str:
    """A page without the form's proof, which is new in every answer."""
    return _PROOF.sub("PROOF", html)


def outcome(response: Any) -> str:
    """in (2xx, 422, a redirect inside), sign (to the sign-in page), or the refusal's number."""
    status = response.status_code
    if status in (301, 302) and "/accounts/login/" in response["Location"] and "accounts" not in response.wsgi_request.path:
        return "sign"
    if status < 400 or status == 422:
        return "in"
    return str(status)
