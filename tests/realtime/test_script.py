"""static/js/live.js in real Chromium, on a bare page of a topic: applied, caught up, silenced, polled."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forums import actions as forums
from network.spaces import actions as spaces
from network.spaces.models import Membership
from tests.cast import topic_in

PAGE = """<head><title>t</title></head>
<body data-user="{user}" data-live="/live/socket/" data-epoch="">
<main data-stream="topic.{topic}" data-version="{version}" {tail}>{posts}</main>
<div id="sentences" hidden><span data-say="withdrawn">no longer yours</span><span data-say="new-replies">new replies</span>
<span data-say="reload">reload</span><span data-say="reload-restored">restored</span></div></body>"""

BEGIN = """(html) => {
  document.documentElement.lang = "ar";
  document.documentElement.innerHTML = html;
  const script = document.createElement("script");
  script.type = "module";
  script.src = "/static/js/live.js";
  document.body.append(script);
}"""

EARS = """
  window.states = []; window.hints = [];
  document.addEventListener("multaqa:connection", (e) => states.push(e.detail.state));
  document.addEventListener("live:hint", (e) => hints.push(e.detail));
"""


@pytest.fixture
def w(server: str, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    for module in ("broadcast", "views"):
        monkeypatch.setattr(f"realtime.{module}.FRAGMENT", "tests.realtime.support.post_html")
    world.topic = topic_in(world, world.board)
    return world


@pytest.fixture
def show(browse: Callable[..., Page], w: SimpleNamespace) -> Callable[..., Page]:
    """The topic's page as it stands, for a person; `version` and `posts` make it an older one."""

    def show(
        who: Any, *, tail: bool = True, connected: bool = True, version: int | None = None, before: Callable[[Page], None] | None = None
    ) -> Page:
        page = browse(who)
        w.topic.refresh_from_db()
        posts = "".join(f'<article id="post-{p.pk}" data-number="{p.number}">{p.text}</article>' for p in w.topic.posts.order_by("number"))
        html = PAGE.format(
            user=who.user.pk,
            topic=w.topic.pk,
            version=w.topic.version if version is None else version,
            posts=posts,
            tail="data-tail" if tail else "",
        )
        if before:
            before(page)
        page.goto("/healthz")  # any answer of the server: its origin and its policy
        page.evaluate(EARS)
        page.evaluate(BEGIN, html)
        if connected:
            until(page, "states.includes('live')")
            page.wait_for_timeout(300)  # subscribed
        return page

    return show


def until(page: Page, truth: str) -> None:
    """Wait for a sentence of script; the page's policy forbids the driver's own way of waiting."""
    for _ in range(200):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {truth}; {page.evaluate('states')}")


def words(page: Page) -> list[str]:
    return page.locator("main article").all_inner_texts()


def test_posts_appear_change_and_stay_in_order(show: Any, w: SimpleNamespace) -> None:
    page = show(w.ezz)
    first = forums.reply(w.carmen.actor, w.topic, body="one")
    second = forums.reply(w.mona.actor, w.topic, body="two")
    expect(page.locator("main article")).to_have_count(3)
    forums.edit(w.carmen.actor, first, body="one, mended")
    forums.delete(w.mona.actor, second)
    expect(page.locator(f"#post-{second.pk}")).to_have_text("removed")
    expect(page.locator(f"#post-{first.pk}")).to_have_text("one, mended")
    assert words(page)[1:] == ["one, mended", "removed"]
    expect(page.locator("#live-announcer")).to_have_text("new replies")


def test_a_page_that_is_behind_catches_up_on_subscribing(show: Any, w: SimpleNamespace) -> None:
    page = show(w.ezz, version=w.topic.version)
    page.evaluate("document.querySelector('main').replaceChildren()")
    page.close()
    reply = forums.reply(w.carmen.actor, w.topic, body="while you were away")
    page = show(w.ezz, version=1)
    expect(page.locator(f"#post-{reply.pk}")).to_have_count(1)


def test_a_middle_page_takes_changes_but_no_new_posts(show: Any, w: SimpleNamespace) -> None:
    page = show(w.ezz, tail=False)
    forums.reply(w.carmen.actor, w.topic, body="on the last page")
    forums.edit(w.carmen.actor, w.topic.posts.get(number=1), body="the question, mended")
    expect(page.locator("main article")).to_have_text(["the question, mended"])


def test_a_removed_member_s_page_is_cleared(show: Any, w: SimpleNamespace) -> None:
    page = show(w.ezz)
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    expect(page.locator("main")).to_have_text("no longer yours", timeout=1_500)
    forums.reply(w.carmen.actor, w.topic, body="canary-after")
    page.wait_for_timeout(600)
    assert "canary-after" not in page.content()


def test_the_line_breaks_and_the_page_comes_back_whole(show: Any, w: SimpleNamespace) -> None:
    page = show(w.ezz)
    page.context.set_offline(True)
    until(page, "states.at(-1) === 'offline'")
    for number in range(5):
        forums.reply(w.carmen.actor, w.topic, body=f"reply {number}")
    page.context.set_offline(False)
    expect(page.locator("main article")).to_have_count(6, timeout=10_000)
    assert words(page)[1:] == [f"reply {number}" for number in range(5)]
    until(page, "states.at(-1) === 'live'")


def test_where_sockets_are_blocked_the_page_asks(show: Any, w: SimpleNamespace) -> None:
    def block(page: Page) -> None:
        page.add_init_script(
            "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5) } close() {} }; WebSocket.OPEN = 1"
        )

    reply = forums.reply(w.carmen.actor, w.topic, body="asked for")
    page = show(w.ezz, connected=False, version=1, before=block)
    until(page, "states.at(-1) === 'paused'")
    expect(page.locator(f"#post-{reply.pk}")).to_have_text("asked for")
