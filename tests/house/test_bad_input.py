"""Whatever is sent, nothing breaks, nothing is lost and nobody gains a right: every text field of every form, found on the pages themselves."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from chat.models import Conversation, Message, Participant, Seat
from forums.models import Post, Topic
from moderation.models import Report
from network.spaces.models import Mandate, Membership, Space
from profiles.models import User
from tests.cast import topic_in
from tests.chat.conftest import talk
from tests.house.addresses import ARGUMENTS, Walk, knock, patterns, places, undone
from tests.house.pages import Page, is_page
from tests.house.planted import ABSENT, Planted, walked
from tests.house.test_urls import DOORS, expected_of, listed
from tests.shape import shape

NAUGHTY = [
    "", " ", "\t\r\n", "\x00", "ا\x00ب", "\ufeff", "\u200b\u200e\u202eabc\u202c", "ﷺ﷽", "مُـــــحَمَّد", "١٢٣٤", "e" + "\u0301" * 300, "\ud800".encode("utf-8", "replace").decode(),
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}{% debug %}", "%s%n%(x)s", "' OR 1=1 --", "\\", "%", "_", "*", "../../etc/passwd",
    "javascript:alert(1)", "//evil.example", "http:evil.example", "data:text/html,x", "-1", "0", "9223372036854775808", "1e309", "NaN", "null", "true", "undefined",
    "@nobody @carmen " * 40, "a" * 70_000, "ا" * 70_000, "<div>" * 2_000, "[" * 5_000, "👩‍👩‍👧‍👦" * 50, "\r\nSet-Cookie: x=1", "=cmd|' /C calc'!A0", "CON", "Robert'); DROP TABLE forums_post;--",
]  # fmt: skip
# What databases differ in: the stricter one is asked with these, and the other with everything.
STRICT = ("\x00", "ا\x00ب", "\ud800".encode("utf-8", "replace").decode(), "9223372036854775808", "1e309", "NaN", "a" * 70_000, "ا" * 70_000, "' OR 1=1 --", "%", "\\")  # fmt: skip
CORPUS = settings.BASE_DIR.parent / "shared" / "corpora" / "naughty_strings.json"
ODD_NUMBERS = (
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "9" * 40,
    "٣",
    "1.5",
    "0x1",
    "1e3",
    "x",
    "%00",
    " 1",
    "1%0a",
    "..%2f1",
    "%F0%9F%98%80",
)


@dataclass
class Form:
    """A form as a page shows it: where it goes, what it would send untouched, and which of it people write."""

    action: str
    page: str
    fields: dict[str, Any]
    texts: list[str]
    files: bool

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        try:
            found = resolve(urlsplit(self.action).path)
        except Resolver404:
            return self.action, tuple(sorted(self.texts))
        return f"{found.namespace}:{found.url_name}", tuple(sorted(self.texts))

    def filled(self, **more: Any) -> dict[str, Any]:
        fresh = {"client_id": str(uuid.uuid4())} if "client_id" in self.fields else {}
        return {**self.fields, **fresh, **more}


def forms_of(html: str, page: str) -> Iterator[Form]:
    parsed = Page(html)
    for form in parsed.all("form"):
        if form.attrs.get("method", "get").lower() != "post":
            continue
        fields: dict[str, Any] = {}
        texts: list[str] = []
        inside = [
            element for element in parsed.elements if form in element.around or element.attrs.get("form") == form.attrs.get("id", "-")
        ]
        for element in inside:
            name, kind = element.attrs.get("name", ""), element.attrs.get("type", "text")
            if not name or name == "csrfmiddlewaretoken" or kind == "file":
                continue
            if element.name == "textarea":
                fields[name] = "".join(element.text)
                texts.append(name)
            elif element.name == "select":
                options = [option for option in parsed.all("option") if element in option.around]
                chosen = [option for option in options if "selected" in option.attrs] or [
                    option for option in options if option.attrs.get("value")
                ]
                fields[name] = chosen[0].attrs.get("value", "") if chosen else ""
            elif element.name == "input" and kind in ("radio", "checkbox"):
                if "checked" in element.attrs:
                    fields[name] = element.attrs.get("value", "on")
            elif element.name == "input" or (element.name == "button" and element.attrs.get("value")):
                fields.setdefault(name, element.attrs.get("value", ""))
                if element.name == "input" and kind in ("text", "search", "url", "email", "tel", "password", "date", "number"):
                    texts.append(name)
        files = form.attrs.get("enctype") == "multipart/form-data"
        yield Form(urljoin(page, form.attrs.get("action") or page), page, fields, texts, files)


def all_forms(p: Planted, role: str) -> list[Form]:
    """One of each kind of form that this person finds on any page."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    walk = Walk(p, role)
    for place in places(p):
        door = DOORS[place.name][0] if place.name in DOORS else None
        if not place.path.startswith("/ar/") or (door is not None and expected_of(place, door, role) != "in"):
            continue
        response = walk.get(place.path)
        if response.status_code == 200 and is_page(response):
            for form in forms_of(response.said.decode(), place.path):
                found.setdefault(form.key, form)
    return list(found.values())


def kept_in(html: str) -> str:
    page = Page(html)
    return "\n".join(
        [element.attrs.get("value", "") for element in page.all("input")] + ["".join(element.text) for element in page.all("textarea")]
    )


def strings(place: int) -> list[str]:
    """What this form is asked with: every third of our own and of a share of the big list where it lies beside the project."""
    if shape() == "production":
        return list(STRICT)
    return (NAUGHTY + (json.loads(CORPUS.read_text("utf-8"))[::60] if CORPUS.exists() else []))[place % 3 :: 3]


@pytest.mark.parametrize("half", [0, 1])  # for two at work
def test_no_text_in_any_field_breaks_anything(half: int, planted: Planted) -> None:
    """Strings stand in each form, in turn in each of its text fields, by each who finds it: never a failure; a refusal says why and keeps
    what was written."""
    found: dict[tuple[str, tuple[str, ...]], list[tuple[str, Client, Form]]] = defaultdict(list)
    for role in ("nobody", "ezz", "carmen", "sami"):
        client = planted.client(role)
        forms = [form for form in all_forms(planted, role) if form.texts]
        assert len(forms) >= (2 if role == "nobody" else 10), role
        for form in forms:
            found[form.key].append((role, client, form))
    wrong, count = [], Counter[str]()
    for place, (_key, finders) in enumerate(sorted(found.items())[half::2]):
        for turn, string in enumerate(strings(place)):
            texts = len(finders[0][2].texts)
            role, client, form = finders[turn // texts % len(finders)]
            name = form.texts[turn % texts]
            response = knock(
                client, "POST", form.action, form.filled(**{name: string}), headers={"referer": f"http://testserver{form.page}"}
            )
            where = f"{role}: {form.key[0]} {name}={string[:30]!r}: {response.status_code}"
            count[role] += 1
            if response.status_code >= 500 or response.status_code not in (200, 204, 302, 403, 404, 409, 422, 429):
                wrong.append(where)
            elif response.status_code == 422 and is_page(response):
                html = response.said.decode()
                if not re.search(r'class="[^"]*(?:error|alert|refus|notice)[^"]*"|role="alert"|aria-invalid|data-dismissable', html):
                    wrong.append(f"{where}: refused without a word")
                lasting = string.strip()
                if 0 < len(lasting) <= 40 and lasting.isprintable() and not re.search(r"[<>&]", lasting) and "password" not in name:
                    kept = kept_in(html)
                    if lasting not in kept and lasting.lower() not in kept.lower():
                        wrong.append(f"{where}: what was written is lost")
    assert not wrong, listed(wrong[:60])
    assert min(count.values()) > 1 and count.total() > 250  # a visitor finds few forms


def test_what_is_accepted_is_shown_again_without_running(planted: Planted) -> None:
    """A title, a name and a text with markup in them stand as text on every page that shows them."""
    client = planted.client("carmen")
    markup = "<img src=x onerror=alert(1)>\"'><script>zq</script>"
    board, group = planted.world.open_board, planted.world.open_group
    sent = {"title": markup, "body": f"<p>{markup}</p>", "body_format": "html", "tags": "<b>zq</b>", "client_id": str(uuid.uuid4())}
    assert client.post(f"/ar/boards/{board.pk}/new/", sent).status_code == 302
    topic = Topic.objects.order_by("-pk").first()
    assert topic is not None
    named = {"name_ar": markup, "about_ar": markup, "join_rule": "open", "audience": "0", "listed": "True"}
    assert client.post(f"/ar/groups/{group.pk}/edit/", named).status_code in (302, 422)
    client.post(f"/topics/{topic.pk}/closure/", {"reason": markup})
    paths = [
        f"/ar/topics/{topic.pk}/",
        f"/ar/boards/{board.pk}/",
        "/ar/",
        "/ar/topics/",
        f"/ar/groups/{group.pk}/",
        "/ar/groups/",
        "/ar/search/?q=onerror",
        "/ar/search/?q=%3Cimg",
    ]
    for path in paths:
        html = client.get(path).content.decode()
        page = Page(html)
        assert not [element for element in page.elements if any(name.startswith("on") for name in element.attrs)], path
        assert not [script for script in page.all("script") if not script.attrs.get("src")], path
        assert [image for image in page.all("img") if image.attrs.get("src") == "x"] == [], path


@pytest.mark.parametrize("role", walked(["nobody", "carmen"], both="carmen"))
def test_odd_numbers_in_addresses_are_absent(role: str, planted: Planted) -> None:
    """What no address takes is asked of one address an argument, since the argument refuses it; what is a number is asked of each."""
    client, wrong, done, arguments = planted.client(role), [], set(), dict(patterns())
    for place in places(planted):
        if place.absent is None or str(ABSENT) not in place.absent or place.name in done:
            continue
        numbers = ("0", "9223372036854775807", "9223372036854775808") if arguments[place.name] in done else ODD_NUMBERS
        done |= {place.name, arguments[place.name]}
        for odd in numbers:
            path = place.absent.replace(str(ABSENT), odd)
            for verb in ("GET", "POST"):
                status = knock(client, verb, path).status_code
                if status not in (302, 400, 403, 404, 405) and not path.startswith("/drafts/") and "/accounts/" not in path:
                    wrong.append(f"{verb} {path}: {status}")
    for path in (
        "/ar/@%00/",
        "/ar/institutions/%00/",
        "/files/%00/",
        "/pictures/%00",
        "/drafts/%00/",
        "/ar/institutions/" + "a" * 5000 + "/",
        "/ar/@" + quote("ا" * 300) + "/",
    ):
        if (status := knock(client, "GET", path).status_code) not in (404, 405):
            wrong.append(f"{path}: {status}")
    assert not wrong, listed(wrong)


def test_odd_words_in_queries_break_nothing(planted: Planted) -> None:
    client, wrong = planted.client("carmen"), []
    names = "q kind page show tag language scope before after around here with country status mine board parent quote reply_to".split()
    names += "institution lang epoch next".split()
    pages = [
        "",
        "feed/new/",
        "topics/",
        "topics/new/",
        "groups/",
        "institutions/",
        "people/",
        "search/",
        "notices/",
        "drafts/",
        "invitations/",
        "conversations/",
        "conversations/rooms/",
        "conversations/new/",
        "reports/",
        "partnerships/",
        "institutions/natcom-jo/ties/new/",
    ]
    room = f"/ar/conversations/{planted.things['several_talk'].pk}/"
    paths = [f"/ar/{page}" for page in pages] + [
        "/live/",
        "/mentions/",
        *(f"{room}{piece}" for piece in ("", "messages/", "details/", "search/")),
        "/conversations/count/",
        f"/ar/topics/{planted.things['open_topic'].pk}/",
        "/ar/institutions/natcom-tn/network/",
    ]
    for path in paths:
        for odd in (
            "%00",
            "x%00y",
            "-1",
            "0",
            "9" * 40,
            "٣",
            "%F0%9F%98%80",
            "%ff",
            "a" * 3000,
            "'",
            "\\",
            "%25",
            "[]",
            "1&1",
            "%0d%0aX:y",
        ):
            response = knock(client, "GET", f"{path}?{'&'.join(f'{name}={odd}' for name in names)}")
            # No reports are there for whoever does not moderate.
            if response.status_code not in (200, 302, 400, 422) and (path, response.status_code) != ("/ar/reports/", 404):
                wrong.append(f"{path} {odd[:20]}: {response.status_code}")
    assert not wrong, listed(wrong)


@pytest.mark.shape("embedded")  # a body is read before database and layer are asked: once is enough
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"body": "x"}'), ("text/plain", b"body=x"), ("multipart/form-data; boundary=x", b"--x\r\nnonsense"), ("multipart/form-data", b""),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfe"), ("application/x-www-form-urlencoded", b"body=%ff%fe%00&title=%ff&name_ar=%00"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(300))), ("application/x-www-form-urlencoded", b"body=" + b"a" * 1_200_000), ("", b"\x00"),
    ],
)  # fmt: skip
def test_odd_bodies_break_nothing(kind: str, body: bytes, planted: Planted) -> None:
    client, wrong, done = planted.client("carmen"), [], set()
    for turn, place in enumerate(places(planted)):
        # Each address in turn for one of three kinds: a body is read in one place for all.
        if turn % 3 != len(body) % 3 or place.name in done or "logout" in place.name or place.name == "sessions_end_all":
            continue
        done.add(place.name)
        cookies = client.cookies.copy()
        with undone():
            response = client.generic("POST", place.path, body, content_type=kind)
        client.cookies = cookies
        if response.status_code >= 500:
            wrong.append(f"{place.name}: {response.status_code}")
    assert not wrong, listed(wrong)


# --- Going elsewhere ----------------------------------------------------------------------------------------------------------
ELSEWHERE = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example", "https:/evil.example",
    "javascript:alert(1)", "data:text/html,x", "\t//evil.example", "/\t/evil.example", "\n//evil.example", "http://testserver@evil.example", "http://testserver.evil.example",
    "//testserver:80@evil.example/", "/%09/evil.example", "https://evil.example/http://testserver/", "ftp://testserver/", "/..//evil.example", "http://[::1]/", "\x00//evil.example",
)  # fmt: skip


def stays(location: str) -> bool:
    """Where a browser would go: it takes backslashes for slashes and leaves out tabs and line ends."""
    seen = re.sub(r"[\t\r\n]", "", location).strip("\x00 ").replace("\\", "/")
    return (
        urlsplit(urljoin("http://testserver/ar/", seen)).netloc == "testserver"
        and urlsplit(urljoin("http://testserver/", seen)).scheme == "http"
    )


@pytest.mark.shape("embedded")  # as above
def test_no_redirect_leaves_the_site(planted: Planted) -> None:
    carmen = planted.client("carmen")
    user = planted.world.ezz.user
    user.set_password("a-long-enough-word")
    user.save()
    apps.get_model("account", "EmailAddress").objects.update_or_create(
        user=user, defaults={"email": "zqmailezzqz@example.org", "verified": True, "primary": True}
    )
    wrong, followed = [], 0
    for there in ELSEWHERE:
        tries = {
            "language": knock(carmen, "POST", "/language/", {"language": "fr", "next": there}),
            "follow": knock(carmen, "POST", f"/spaces/{planted.world.natcom_jo.pk}/follow/", {"next": there}),
            "take back": knock(carmen, "POST", f"/groups/{planted.world.group.pk}/request/end/", {"next": there}),
            "sign in": knock(
                planted.client("nobody"),
                "POST",
                "/ar/accounts/login/",
                {"login": "zqmailezzqz@example.org", "password": "a-long-enough-word", "next": there},
            ),
            "sign in again": knock(carmen, "GET", f"/ar/accounts/login/?next={quote(there)}"),
            "sign out": knock(carmen, "POST", "/ar/accounts/logout/", {"next": there}),
            "path": knock(carmen, "GET", f"/{there}"),
        }
        for what, response in tries.items():
            location = response.headers.get("Location", "")
            followed += bool(location)
            if response.status_code >= 500 or (location and not stays(location)):
                wrong.append(f"{what} {there!r}: {response.status_code} {location!r}")
    assert not wrong, listed(wrong)
    assert followed > 80
    assert [stays(there) for there in ("//evil.example", "/\\evil.example", "/\t/evil.example")] == [False] * 3, "the control"


# --- Rights through the back of a form -------------------------------------------------------------------------------------------
def rights() -> set[tuple[Any, ...]]:
    """All that gives somebody power, as rows: what a form adds to it must be meant by the form."""
    rows: set[tuple[Any, ...]] = {
        ("user", *row) for row in User.objects.values_list("pk", "email", "is_staff", "is_superuser", "is_active")
    }
    rows |= {("in", *row) for row in Membership.objects.values_list("space", "user", "entity", "role", "approved_by")}
    rows |= {("mandate", *row) for row in Mandate.objects.values_list("entity", "user", "is_head", "from_day", "until_day", "title")}
    rows |= {
        ("space", *row)
        for row in Space.objects.values_list("pk", "kind", "user", "handle", "verified", "sees_all", "overseer", "listed", "audience")
    }
    rows |= {
        ("topic", *row) for row in Topic.objects.values_list("pk", "space", "author", "on_behalf_of", "audience", "reach", "deleted_at")
    }
    rows |= {("post", *row) for row in Post.objects.values_list("pk", "topic", "author", "on_behalf_of", "deleted_at")}
    rows |= {("takes part", *row) for row in Participant.objects.values_list("conversation", "user", "entity", "from_number", "convenes")}
    rows |= {("talk", *row) for row in Conversation.objects.values_list("pk", "kind", "key", "space", "created_by")}
    rows |= {
        ("message", *row)
        for row in Message.objects.values_list(
            "conversation", "pk", "author", "on_behalf_of", "kind", "deleted_by", "reported_at", "pinned_by"
        )
    }
    rows |= {("report", *row) for row in Report.objects.values_list("message", "by", "settled_by", "outcome")}
    return rows


def loot(p: Planted, user: User) -> dict[str, str]:
    """Every field of every model, with what an intruder would like to have in it."""
    wanted: dict[str, str] = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if getattr(field, "concrete", False):
                wanted[field.name] = wanted[getattr(field, "attname", field.name)] = "1"
    wanted |= dict.fromkeys(("is_staff", "is_superuser", "is_active", "sees_all", "verified", "is_head"), "on")
    wanted |= {
        "role": "owner",
        "user": str(user.pk),
        "user_id": str(user.pk),
        "author": str(p.world.sami.user.pk),
        "entity": str(p.world.natcom_tn.pk),
    }
    wanted |= {
        "on_behalf_of": str(p.world.natcom_jo.pk),
        "as": str(p.world.natcom_jo.pk),
        "space": str(p.world.hidden_group.pk),
        "audience": "0",
        "listed": "True",
    }
    wanted |= {
        "email": "taken@example.org",
        "overseer": str(p.world.natcom_jo.pk),
        "approved_by": str(user.pk),
        "from_day": "2020-01-01",
        "title": "zq",
    }
    return wanted


def meant(p: Planted, user: User, form: Form, row: tuple[Any, ...], spaces: set[int]) -> bool:
    """Whether this form is there to make this very row for this very person."""
    kind, name = row[0], form.key[0]
    if kind in ("topic", "post"):
        return row[3] == user.pk and row[4] in (None, *_mine(user))
    if kind in ("takes part", "talk", "message", "report"):
        return _meant_in_talks(user, name, row)
    if kind == "in":
        own_group = row[1] not in spaces and row[2] in (user.pk, None)
        open_door = row == ("in", p.world.open_group.pk, user.pk, None, "member", None)
        return own_group or open_door or (name == ":invitation_accept" and row[2] == user.pk and row[4] == "member")
    if kind == "space":
        _kind, pk, _what, whose, _handle, verified, sees_all, overseer, _listed, _audience = row
        if pk not in spaces:
            return not verified and not sees_all and overseer in (None, *_over(user))
        return (whose == user.pk and name in (":profile_edit", ":welcome")) or (
            pk in _mine(user) and name == ":entity_edit" and not sees_all
        )
    return False


def _meant_in_talks(user: User, name: str, row: tuple[Any, ...]) -> bool:
    """What a form of conversations is there for: one begins, adds, says, takes back, pins or reports in one's own name."""
    begins = name in (":conversation_new", ":conversation_with")
    if row[0] == "talk":
        return (begins or name == ":conversation_add") and (row[5] == user.pk or row[2] == "several" or row[2] == "group")
    if row[0] == "takes part":
        _kind, talk, whose, _entity, _first, leads = row
        return (begins and (leads is (whose == user.pk) or not leads)) or (
            name == ":conversation_add" and Participant.objects.filter(conversation=talk, user=user).exists()
        )
    if row[0] == "report":
        return name in (":message_report", ":offer_report") and row[2:] == (user.pk, None, "")
    _kind, talk, _pk, author, voice, _what, taken_back, _reported, pinned = row
    return Participant.objects.filter(conversation=talk, user=user).exists() or (
        author == user.pk and voice in (None, *_mine(user)) and taken_back in (None, user.pk) and pinned in (None, user.pk)
    )


@pytest.mark.parametrize("role", walked(["dara", "ezz", "amina"], both="dara ezz amina"))
def test_no_field_beyond_the_form_gives_a_right(role: str, planted: Planted) -> None:
    client, user = planted.client(role), planted.who[role].user  # type: ignore[union-attr]
    forms, wrong = all_forms(planted, role), []
    assert len(forms) > 8
    before = rights()
    spaces = {row[1] for row in before if row[0] == "space"}
    for form in forms:
        if form.key[0].startswith((":account", ":mfa", ":users", ":sessions")):
            continue
        extra = {name: value for name, value in loot(planted, user).items() if name not in form.fields}
        for data in (
            form.filled(**extra),
            form.filled(**{name: value for name, value in extra.items() if name not in ("on_behalf_of", "as")}),
        ):
            kept = client.cookies.copy()
            with undone():
                some = dict(list(data.items())[:190])
                response = client.post(form.action, some)
                gained = rights() - before
            client.cookies = kept
            wrong += [f"{form.key[0]} ({response.status_code}) gave {row}" for row in gained if not meant(planted, user, form, row, spaces)]
    assert not wrong, listed(wrong)


def _mine(user: User) -> list[int]:
    return list(Mandate.objects.current().filter(user=user).values_list("entity", flat=True))


def _over(user: User) -> list[int | None]:
    return list(Space.objects.filter(pk__in=_mine(user)).values_list("overseer", flat=True))


# --- Messages ------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        ({"body": ""}, 422, None),
        ({"body": " \u200b\u200e "}, 422, None),  # nothing that anybody sees
        ({"body": "ا" * 4_000}, 200, "ا" * 4_000),
        ({"body": "ا" * 4_001}, 422, None),
        ({"body": "ا\0ب"}, 422, None),
        ({"body": "<b>x</b> <script>alert(1)</script>"}, 200, "<b>x</b> <script>alert(1)</script>"),  # plain words: they stand as text
        ({"body": "سلام", "client_id": "x"}, 200, "سلام"),
        ({"body": "سلام", "client_id": ""}, 200, "سلام"),
        ({"body": "سلام", "client_id": "\0"}, 200, "سلام"),
        ({"body": "سلام", "reply_to": str(2**63)}, 200, "سلام"),
        ({"body": "سلام", "reply_to": "9" * 40}, 200, "سلام"),
        ({"body": "سلام", "reply_to": "-1"}, 422, None),
        ({"body": "سلام", "reply_to": "x"}, 422, None),
        ({"body": "سلام", "on_behalf_of": str(2**63)}, 403, None),
        ({"body": "سلام", "on_behalf_of": "٣"}, 403, None),
        ({"body": "سلام", "on_behalf_of": "\0"}, 422, None),
        ({"body": "سلام", "number": "1", "version": "9", "kind": "event", "author": "1", "data": "{}", "pinned_at": "x"}, 200, "سلام"),
    ],
)
def test_a_message_takes_odd_words_and_numbers_without_harm(
    sent: dict[str, str], status: int, text: str | None, world: SimpleNamespace
) -> None:
    """By script and by plain form alike; what is refused says why, and the plain page has the words in its box."""
    conversation, client = talk(world.basel, world.carmen), Client(raise_request_exception=False)
    client.force_login(world.basel.user)
    path = f"/conversations/{conversation.pk}/messages/"
    script = client.post(path, sent, headers={"accept": "application/json"})
    assert (script.status_code, "error" in script.json()) == (status, status != 200)
    plain = client.post(path, {**sent, **({"client_id": str(uuid.uuid4())} if "client_id" in sent else {})})
    assert plain.status_code == (302 if status == 200 else status)
    messages = list(conversation.messages.values_list("text", "kind", "author", "number", "reply_to", "pinned_at"))
    assert messages == ([(text, "text", world.basel.user.pk, number, None, None) for number in (1, 2)] if status == 200 else [])
    if status != 200 and sent["body"].strip() and "\0" not in sent["body"]:
        [box] = [one for one in Page(plain.content.decode()).all("textarea") if one.attrs.get("name") == "body"]
        assert "".join(box.text) == sent["body"]


@pytest.mark.parametrize("path", ["/ar/conversations/", "/ar/conversations/{}/", "/ar/conversations/{}/search/?q=abc"])
def test_what_turns_the_direction_of_a_text_does_not_reach_beyond_it(path: str, world: SimpleNamespace) -> None:
    """An override in a message ends with the element it stands in: each is <bdi>, or has a direction of its own."""
    conversation, client = talk(world.basel, world.carmen), Client()
    client.force_login(world.basel.user)
    client.post(f"/conversations/{conversation.pk}/messages/", {"body": "\u202eabc عربي", "client_id": str(uuid.uuid4())})
    client.force_login(world.carmen.user)
    page = Page(client.get(path.format(conversation.pk)).content.decode())
    holding = [element for element in page.elements if "abc عربي" in "".join(element.text)]
    assert holding
    for element in holding:
        if "\u202e" in "".join(element.text) and not any(element in inner.around for inner in holding):
            assert element.name == "bdi" or any("dir" in one.attrs and one.name != "html" for one in (element, *element.around)), str(
                element
            )


def test_a_session_that_ended_answers_a_script_in_words_and_a_form_with_the_door(world: SimpleNamespace) -> None:
    """Never a page of ours in place of an answer, and never a silent success."""
    conversation, client = talk(world.basel, world.carmen), Client()
    client.force_login(world.basel.user)
    sent = {"body": "كُتب قبل الخروج", "client_id": str(uuid.uuid4())}
    world.basel.user.set_password("another long word")
    world.basel.user.save()
    paths = {f"/conversations/{conversation.pk}/messages/": sent, f"/conversations/{conversation.pk}/read/": {"number": "1"}}
    for path, data in paths.items():
        script = client.post(path, data, headers={"accept": "application/json"})
        assert (script.status_code, script["Content-Type"], sorted(script.json())) == (401, "application/json", ["error"])
        plain = client.post(path, data)
        assert (plain.status_code, "/accounts/login/" in plain["Location"]) == (302, True)
    assert (conversation.messages.count(), Seat.objects.count()) == (0, 0)


def test_fifty_at_once_with_one_number_make_one_message_and_one_answer(
    transactional_db: None, world: SimpleNamespace, settings: Any
) -> None:
    settings.RATES = dict.fromkeys(settings.RATES, (1_000_000, 60))
    conversation, client = talk(world.basel, world.carmen), Client()
    client.force_login(world.basel.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    sent, said, gate = {"body": "مرة واحدة", "client_id": str(uuid.uuid4())}, [], threading.Barrier(50)

    def send() -> None:
        one = Client(raise_request_exception=False)
        one.cookies[settings.SESSION_COOKIE_NAME] = session
        try:
            gate.wait(30)
            response = one.post(f"/conversations/{conversation.pk}/messages/", sent, headers={"accept": "application/json"})
            said.append((response.status_code, response.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(said), len(set(said)), said[0][0]) == (50, 1, 200)
    assert list(conversation.messages.values_list("number", "version")) == [(1, 1)]


# --- The same thing sent many times at once ----------------------------------------------------------------------------------------
def test_fifty_at_once_with_one_number_make_one_post(transactional_db: None, world: SimpleNamespace, settings: Any) -> None:
    settings.RATES = dict.fromkeys(settings.RATES, (1_000_000, 60))
    topic = topic_in(world, world.board)
    client = Client()
    client.force_login(world.ezz.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    sent = {"body": "<p>مرة واحدة</p>", "body_format": "html", "client_id": str(uuid.uuid4())}
    said: list[tuple[int, str]] = []
    gate = threading.Barrier(50)

    def send() -> None:
        one = Client(raise_request_exception=False)
        one.cookies[settings.SESSION_COOKIE_NAME] = session
        try:
            gate.wait(30)
            response = one.post(f"/topics/{topic.pk}/posts/", sent)
            said.append((response.status_code, response.headers.get("Location", "")))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Post.objects.filter(client_id=sent["client_id"]).count() == 1
    assert (len(said), len(set(said)), said[0][0]) == (50, 1, 302)
    topic.refresh_from_db()
    assert topic.posts_count == Post.objects.filter(topic=topic).count() == 2


def test_every_argument_of_an_address_has_something_to_stand_before() -> None:
    assert {wanted for name, wanted in patterns() if not name.startswith("admin:")} <= set(ARGUMENTS)
