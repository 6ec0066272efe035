"""The walls stand around every kind of answer, and no page carries code of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory

from network import rates
from tests.house.addresses import Walk, knock, places
from tests.house.pages import Page, is_page, live_code
from tests.house.planted import ROLES, Planted, walked
from tests.house.test_urls import listed

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}
# A mail is shown in a frame of its own, which may load and run nothing; its page may frame our own addresses, and nothing else may.
MAIL = re.compile(r"^/\w\w/(notices/digest|newsletters/\d+)/mail/$")
FRAMING = re.compile(r"^/\w\w/(notices/digest|newsletters/(\d+|new))/$")
FRAMED = {
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
}
OF_MAIL = re.compile(r"^<base target='_blank'>$|^<style >$|: style$")  # styles stand in the elements, as mail programs want them
OWN_FRAME = re.compile(
    r"^<iframe class='mail-frame' src='/[^/'][^']*/mail/(\?language=\w\w)?' title='[^']*' sandbox='allow-popups allow-popups-to-escape-sandbox'>$"
)
# The latest news in the frames of other websites: anybody's, for this page alone, which runs nothing.
WIDGET = re.compile(r"^/\w\w/institutions/[^/]+/widget/$")
WIDGET_CODE = re.compile(r"^/\w\w/institutions/[^/]+/widget/code/$")
EVERYBODYS = {name: ["'self'"] for name in ("style-src", "font-src", "img-src")} | {
    **{name: ["'none'"] for name in ("default-src", "base-uri", "form-action")},
    "frame-ancestors": ["*"],
}
WIDGET_FRAME = re.compile(
    r"^<iframe class='widget-frame [^']*' src='/[^/'][^']*/widget/[^']*' title='[^']*' sandbox='allow-same-origin allow-popups allow-popups-to-escape-sandbox'>$"
)
SHUT = {"default-src": ["'none'"], "sandbox": []}  # what people uploaded


def policy_of(response: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers.get("Content-Security-Policy", "").split(";"))
    return {part[0]: part[1:] for part in parts if part}


def the_policy() -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()}


def wrong_with(response: Any, where: str) -> list[str]:
    path = response.wsgi_request.path
    shut = path.startswith(("/files/", "/pictures/", "/conversations/files/", "/applications/files/")) or path.endswith("/picture/")
    shut = shut and response.status_code == 200
    is_mail = MAIL.match(path) and response.status_code == 200
    is_widget = WIDGET.match(path) and response.status_code == 200
    everywhere: dict[str, str | None] = EVERYWHERE | ({"X-Frame-Options": None} if is_widget else {})
    everywhere |= {"X-Frame-Options": "SAMEORIGIN"} if is_mail else {}
    wrong = [
        f"{where}: {name} is {response.headers.get(name)!r}" for name, value in everywhere.items() if response.headers.get(name) != value
    ]
    policy = SHUT if shut else FRAMED if is_mail else EVERYBODYS if is_widget else the_policy()
    if (FRAMING.match(path) or WIDGET_CODE.match(path)) and "frame-src" in policy_of(response):
        policy = policy | {"frame-src": ["'self'"]}
    if policy_of(response) != policy:
        wrong.append(f"{where}: policy {response.headers.get('Content-Security-Policy')!r}")
    if "Cookie" not in response.headers.get("Vary", "") and not path.startswith(("/static/", "/pictures/")):
        wrong.append(f"{where}: Vary {response.headers.get('Vary')!r}")
    if "Server" in response.headers or "X-Powered-By" in response.headers:
        wrong.append(f"{where}: says what it runs on")
    return wrong


def test_the_policy_itself_lets_nothing_in() -> None:
    policy = the_policy()
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert policy["form-action"] == policy["style-src"] == ["'self'"]
    assert all(source.endswith("/static/") for source in policy["script-src"]), "never 'self': people's files are served on this host"
    # One worker, and one manifest a language: no file of anybody's becomes either.
    assert {source.partition("//")[2].partition("/")[2] for source in policy["worker-src"]} == {"sw.js"}
    assert {source.partition("//")[2].partition("/")[2] for source in policy["manifest-src"]} == {
        f"{code}/manifest.webmanifest" for code, _name in settings.LANGUAGES
    }
    everything = " ".join(source for sources in policy.values() for source in sources)
    assert not re.search(r"unsafe-|nonce-|(?:^| )https?://\*|https:\s|https:$|strict-dynamic|http://(?!localhost|127)", everything)


# Of all answers the layer keeps the visitors' alone: what somebody signed in is given depends on neither layer nor database.
@pytest.mark.parametrize("role", walked(["nobody", "suspended", "dara", "carmen", "sami"], both="nobody"))
def test_every_answer_carries_the_walls_and_no_code_of_its_own(role: str, planted: Planted) -> None:
    walk, wrong, kinds = Walk(planted, role), [], set()
    for place in places(planted):
        for verb in ("GET", "POST"):
            response = walk.post(place) if verb == "POST" else walk.get(place.path)
            where = f"{verb} {place.path} ({response.status_code})"
            kinds.add(response.status_code)
            wrong += wrong_with(response, where)
            kept = response.headers.get("Cache-Control", "")
            if role not in ("nobody",) and not place.path.startswith("/pictures/") and kept != "private, no-store":
                wrong.append(f"{where}: Cache-Control {kept!r} for somebody with a session")
            if "X-Visitor-Cache" in response.headers:
                if role != "nobody":
                    wrong.append(f"{where}: kept for visitors, but asked with a session")
                if response.cookies or b"csrfmiddlewaretoken" in response.said or b"X-CSRFToken" in response.said:
                    wrong.append(f"{where}: kept for all visitors with one visitor's proof or cookie in it")
            for cookie in filter(lambda one: one["max-age"] != 0, response.cookies.values()):
                if not (cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]):
                    wrong.append(f"{where}: cookie {cookie.OutputString()}")
            if is_page(response):
                found = live_code(Page(response.said.decode()))
                if MAIL.match(place.path):
                    found = [code for code in found if not OF_MAIL.search(code)]
                elif WIDGET_CODE.match(place.path):
                    found = [code for code in found if not WIDGET_FRAME.match(code)]
                elif FRAMING.match(place.path):
                    found = [code for code in found if not OWN_FRAME.match(code)]
                wrong += [f"{where}: {code}" for code in found]
    assert not wrong, listed(wrong)
    assert {200, 302, 404, 405} <= kinds


def test_the_pages_for_visitors_are_really_kept(planted: Planted) -> None:
    """The control of the test above: what it says of kept pages is said of some."""
    walk = Walk(planted, "nobody")
    kept = [place.name for place in places(planted) if "X-Visitor-Cache" in walk.get(place.path).headers]
    assert {"home", "topics", "topic", "board", "groups", "group", "entities", "entity"} <= set(kept)


def test_admin_pages_keep_to_the_same_policy(planted: Planted) -> None:
    client = planted.client("staff")
    wrong = []
    for path in (
        "/ar/admin/",
        "/ar/admin/forums/post/",
        "/ar/admin/entities/kind/add/",
        "/ar/admin/password_change/",
        "/ar/admin/spaces/country/TN/change/",
    ):
        response = knock(client, "GET", path)
        assert response.status_code in (200, 302), path
        wrong += wrong_with(response, path)
        if is_page(response):
            # Django's own catalogue of words for its scripts stands outside /static/: browsers refuse it, and its pages work without.
            wrong += [f"{path}: {code}" for code in live_code(Page(response.said.decode()))]
    assert not wrong, listed(wrong)


def test_files_pictures_and_static_answers(planted: Planted) -> None:
    client = planted.client("carmen")
    file = knock(client, "GET", f"/files/{planted.things['open_file'].key}/")
    assert file.status_code == 200
    assert file["Content-Disposition"].startswith("attachment;")
    assert (policy_of(file), file["Cache-Control"]) == (SHUT, "private, no-store")
    assert wrong_with(file, "file") == []
    for role, path in (
        ("ezz", f"/conversations/files/{planted.things['direct_file'].key}/"),
        ("ezz", f"/conversations/files/{planted.things['lost_file'].key}/"),
    ):
        paper = knock(planted.client(role), "GET", path)
        assert (paper.status_code, policy_of(paper), paper["Cache-Control"]) == (200, SHUT, "private, no-store")
        assert paper["Content-Disposition"].startswith("attachment;")
        assert wrong_with(paper, path) == []
    face = knock(planted.client("basel"), "GET", f"/conversations/{planted.things['several_talk'].pk}/picture/")
    assert (face.status_code, face["Content-Type"], policy_of(face), face["Cache-Control"]) == (
        200,
        "image/webp",
        SHUT,
        "private, no-store",
    )
    static = knock(client, "GET", "/static/icons.svg")
    assert static.status_code == 200
    assert static["X-Content-Type-Options"] == "nosniff"
    assert static["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not static.cookies


def test_a_failure_a_refusal_and_a_wait_carry_the_walls_too(planted: Planted, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError(f"zqsecretofthefailureqz /{'home'}/somebody")

    client = planted.client("carmen")
    with monkeypatch.context() as broken:
        broken.setattr("realtime.pages.feed.page_of", fail)
        failed = knock(client, "GET", "/ar/")
    assert failed.status_code == 500
    assert b"zqsecret" not in failed.said
    assert b"Traceback" not in failed.said
    refused = knock(client, "GET", "/ar/institutions/new/")
    assert refused.status_code == 403
    settings.RATES = {**settings.RATES, "search": (0, 60)}
    wait = knock(client, "GET", "/ar/search/?q=x")
    assert wait.status_code == 429
    assert 0 < int(wait["Retry-After"]) <= 60
    unreadable = knock(client, "GET", "/ar/search/?q=%00")
    assert unreadable.status_code == 422
    wrong = [line for response in (failed, refused, wait, unreadable) for line in wrong_with(response, str(response.status_code))]
    wrong += [str(code) for response in (failed, refused, wait, unreadable) for code in live_code(Page(response.said.decode()))]
    assert not wrong, listed(wrong)
    assert all(response["Cache-Control"] == "private, no-store" for response in (failed, refused, wait, unreadable))


def test_production_marks_its_cookies_and_its_transport() -> None:
    ask = (
        "import json;from network import settings as s;print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper() and "
        "(('COOKIE' in n) or n.startswith('SECURE_') or n in ('DEBUG','DEMO'))}, default=str))"
    )
    given = {
        "PRODUCTION": "1", "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ALLOWED_HOSTS": "multaqa.example", "SITE_ORIGIN": "https://multaqa.example",
        "DATABASE_URL": "postgres://u@localhost/x", "REDIS_URL": "redis://localhost/0", "VAR_DIR": os.environ["VAR_DIR"],
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run([sys.executable, "-c", ask], env=kept | given, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert (found[f"{kind}_COOKIE_SECURE"], found[f"{kind}_COOKIE_HTTPONLY"], found[f"{kind}_COOKIE_SAMESITE"]) == (True, True, "Lax")
        assert not found.get(f"{kind}_COOKIE_DOMAIN")
    assert found["SECURE_HSTS_SECONDS"] >= 63_072_000
    assert found["SECURE_SSL_REDIRECT"] is True
    assert (found["DEBUG"], found["DEMO"]) == (False, False)


def test_the_address_is_that_of_the_line_not_of_a_header(settings: Any) -> None:
    """X-Forwarded-For changes no rate's key while no proxy is trusted; with one, only its own word counts."""
    factory = RequestFactory()
    forged = [
        factory.get("/", headers={"x-forwarded-for": chain}, REMOTE_ADDR="192.0.2.1")
        for chain in ("", "1.2.3.4", "1.2.3.4, 5.6.7.8", "x" * 9000)
    ]
    settings.TRUSTED_PROXIES = 0
    assert {rates.address_of(request) for request in forged} == {"192.0.2.1"}
    settings.TRUSTED_PROXIES = 1
    assert rates.address_of(forged[2]) == "5.6.7.8"
    assert rates.address_of(forged[0]) == "192.0.2.1"


def test_a_forged_header_does_not_open_a_spent_door(planted: Planted, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "search": (2, 60)}
    client = planted.client("nobody")
    said = [
        client.get("/ar/search/?q=x", headers={"x-forwarded-for": f"203.0.113.{n}", "forwarded": f"for=203.0.113.{n}"}).status_code
        for n in range(4)
    ]
    assert said == [200, 200, 429, 429]


def test_everybody_was_asked() -> None:
    assert len(ROLES) >= 10
