"""Visitors' pages from memory, everybody else's from Django; neither ever gets the other's."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from network import live
from network.http import Front, Hop, address_of, environ_of

Ask = Callable[..., tuple[int, dict[str, str], bytes]]


class Site:
    """A WSGI application that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.environ: dict[str, Any] = {}
        self.headers: dict[str, str] = {"X-Visitor-Cache": "5", "X-Visitor-Streams": "topic.1 space.2"}
        self.make: Callable[[], Any] = lambda: HttpResponse(f"page {self.asked}")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked += 1
        self.environ = environ
        response = self.make()
        for name, value in self.headers.items():
            response[name] = value
        start_response(
            f"{response.status_code} OK", [*response.items(), *(("Set-Cookie", c.OutputString()) for c in response.cookies.values())]
        )
        return response


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def ask(site: Site) -> Ask:
    front = Front(Hop(site, 2))

    def ask(path: str = "/ar/topics/1/", *, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"localhost"), *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []
        came = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return came.pop(0)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(front(scope, receive, send))
        start = sent[0]
        return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, b"".join(m.get("body", b"") for m in sent[1:])

    return ask


def test_a_visitor_s_page_is_made_once_and_its_marks_never_leave(ask: Ask, site: Site) -> None:
    first, second = ask(), ask()
    assert first == second
    assert (site.asked, second[2]) == (1, b"page 1")
    assert not [name for name in second[1] if name.startswith("x-visitor")]


def test_a_session_never_meets_the_memory(ask: Ask, site: Site) -> None:
    ask()
    cookie = f"{settings.SESSION_COOKIE_NAME}=abc"
    assert ask(cookie=cookie)[2] == b"page 2"
    assert ask(cookie=cookie)[2] == b"page 3"
    assert not [name for name in ask(cookie=cookie)[1] if name.startswith("x-visitor")]
    assert ask()[2] == b"page 1"


def test_an_answer_to_a_stranger_s_cookie_is_not_kept_for_others(ask: Ask, site: Site) -> None:
    ask(cookie=f"{settings.CSRF_COOKIE_NAME}=token")
    assert ask()[2] == b"page 2"


@pytest.mark.parametrize("header", [{"authorization": "x"}, {"range": "bytes=0-1"}, {"hx_request": "true"}])
def test_a_special_request_passes_by(ask: Ask, site: Site, header: dict[str, str]) -> None:
    ask()
    assert ask(**header)[2] == b"page 2"


def test_what_is_not_a_plain_page_is_not_kept(ask: Ask, site: Site) -> None:
    site.make = lambda: HttpResponse("no", status=404)
    ask()
    ask()
    assert site.asked == 2

    def with_cookie() -> HttpResponse:
        response = HttpResponse("cookie")
        response.set_cookie("a", "b")
        return response

    site.make = with_cookie
    assert "set-cookie" in ask()[1]
    ask()
    assert site.asked == 4
    site.make, site.headers = lambda: HttpResponse("unmarked"), {}
    ask()
    ask()
    assert site.asked == 6
    ask(method="POST")
    assert site.asked == 7


def test_a_published_frame_forgets_the_page_at_once(ask: Ask, site: Site) -> None:
    ask()
    live.publish("topic.1/ar", {"op": "append"})
    assert ask()[2] == b"page 2"
    live.publish("topic.1/people", {"type": "typing", "passing": True})
    live.publish("topic.9/ar", {"op": "append"})
    assert ask()[2] == b"page 2"
    live.publish_all([], changed=["space.2"])
    assert ask()[2] == b"page 3"


def test_a_narrowed_place_leaves_no_page_behind(ask: Ask, site: Site) -> None:
    assert ask()[2] == b"page 1"
    live.withdraw(3, 7)  # somebody left: nothing changes for visitors
    assert ask()[2] == b"page 1"
    live.withdraw(space_id=7)
    assert ask()[2] == b"page 2"


def test_a_page_made_while_something_was_published_is_not_kept(ask: Ask, site: Site) -> None:
    def meanwhile() -> HttpResponse:
        live.publish("topic.1/ar", {"op": "append"})
        return HttpResponse("old")

    site.make = meanwhile
    ask()
    site.make = lambda: HttpResponse("new")
    assert ask()[2] == b"new"


def test_an_unchanged_page_is_304(ask: Ask, site: Site) -> None:
    etag = ask()[1]["etag"]
    status, headers, body = ask(if_none_match=etag)
    assert (status, headers["etag"], body) == (304, etag, b"")
    assert ask(if_none_match='"other"')[0] == 200


def test_head_has_the_headers_and_no_body(ask: Ask, site: Site) -> None:
    page = ask()
    head = ask(method="HEAD")
    assert (head[0], head[1], head[2]) == (200, page[1], b"")


def test_the_language_of_a_bare_address_is_part_of_its_key(ask: Ask, site: Site) -> None:
    assert ask("/", accept_language="fr")[2] == b"page 1"
    assert ask("/", accept_language="ar")[2] == b"page 2"
    assert ask("/ar/x/", accept_language="fr")[2] == ask("/ar/x/", accept_language="ar")[2]


def test_streams_and_files_pass_whole(ask: Ask, site: Site, tmp_path: Any) -> None:
    site.make = lambda: StreamingHttpResponse(iter([b"a" * 10, b"", b"b" * 10]))
    assert ask()[2] == b"a" * 10 + b"b" * 10
    file = tmp_path / "file.bin"
    file.write_bytes(bytes(range(256)) * 2_000)
    site.make = lambda: FileResponse(file.open("rb"))
    assert ask()[2] == file.read_bytes()


def test_a_body_past_its_cap_is_413_and_a_form_arrives_whole(ask: Ask, site: Site) -> None:
    assert ask(method="POST", body=b"x" * (settings.BODY_MAX_BYTES + 1))[0] == 413
    assert site.asked == 0
    site.make = lambda: HttpResponse(site.environ["wsgi.input"].read())
    assert ask(method="POST", body=b"a=1")[2] == b"a=1"


def test_the_environment_speaks_wsgi(rf: Any) -> None:
    scope = {
        "type": "http", "method": "GET", "path": "/ar/بحث/", "raw_path": b"", "query_string": b"q=1",
        "headers": [(b"host", b"h"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"proxy", b"evil")], "client": ("10.0.0.1", 5),
    }  # fmt: skip
    import io  # noqa: PLC0415 -- only here

    environ = environ_of(scope, io.BytesIO())
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/ar/بحث/"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert "HTTP_PROXY" not in environ


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [(0, "6.6.6.6", "10.0.0.1"), (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"), (2, "6.6.6.6, 7.7.7.7", "6.6.6.6"), (2, "7.7.7.7", "10.0.0.1")],
)
def test_an_address_is_believed_from_trusted_proxies_only(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    scope = {"client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert address_of(scope) == address
