"""Bad lines: broken, blocked, pressed twice, gone back, signed out in the middle. Nothing is lost and nothing is said twice."""

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from forums import actions as forums
from forums.models import Post, Topic
from tests.browser import CUT
from tests.cast import member
from tests.journeys.support import SOON, Browse, World, looks, newest, numbers, open_topic, post, said, send, write
from tests.profiles.test_accounts import PASSWORD, with_password

BODY = "new MutationObserver(() => { if (document.body) document.body.dataset.poll = '400' }).observe(document, { childList: true, subtree: true })"
NO_SOCKETS = (
    "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5) } close() {} }; WebSocket.OPEN = 1"
)


def strip(page: Page, state: str) -> None:
    """The strip over the page stands in this state, in its reader's words."""
    expect(page.locator(f"#connection[data-state={state}]")).to_be_visible(timeout=SOON)
    expect(page.locator(f"#connection [data-when={state}]")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), looks(("ar", 390), ("en", 1280)))
def test_a_broken_line_says_so_and_comes_back_whole(browse: Browse, w: World, language: str, width: int) -> None:
    ezz = browse(w.ezz, language=language, width=width, expected=CUT)
    open_topic(ezz, w.topic, language)
    mine = forums.reply(w.carmen.actor, w.topic, body="<p>قبل الانقطاع</p>")
    expect(post(ezz, mine)).to_be_visible(timeout=SOON)
    ezz.context.set_offline(True)
    strip(ezz, "offline")
    for number in range(4):
        forums.reply(w.carmen.actor, w.topic, body=f"<p>أثناء الانقطاع {number}</p>")
    forums.edit(w.carmen.actor, mine, body="<p>صححته أثناء الانقطاع</p>")
    ezz.context.set_offline(False)
    expect(ezz.locator("#posts [data-number]")).to_have_count(6, timeout=SOON)
    expect(post(ezz, mine)).to_contain_text("صححته أثناء الانقطاع", timeout=SOON)
    assert numbers(ezz) == [1, 2, 3, 4, 5, 6]
    expect(ezz.locator("#connection")).to_be_hidden(timeout=SOON)
    forums.reply(w.carmen.actor, w.topic, body="<p>بعد العودة</p>")
    expect(ezz.locator("#posts .prose", has_text="بعد العودة")).to_have_count(1, timeout=SOON)
    assert numbers(ezz) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("language", "width"), looks(("en", 390), ("ar", 1280)))
def test_where_sockets_are_blocked_the_page_asks_by_itself(browse: Browse, w: World, language: str, width: int) -> None:
    ezz = browse(w.ezz, language=language, width=width)
    ezz.add_init_script(NO_SOCKETS + ";" + BODY)
    ezz.goto(f"/{language}/topics/{w.topic.pk}/")
    strip(ezz, "paused")
    for words in ("الأول", "الثاني"):
        row = forums.reply(w.carmen.actor, w.topic, body=f"<p>{words}</p>")
        expect(post(ezz, row)).to_contain_text(words, timeout=SOON)
    assert numbers(ezz) == [1, 2, 3]
    # The bell is asked for in the same rounds.
    forums.reply(w.carmen.actor, w.topic, body="<p>@ezz انظر</p>")
    expect(ezz.locator("[data-count=notices]:visible").first).to_have_text("1", timeout=SOON)


def test_one_press_too_many_makes_one_post(browse: Browse, w: World) -> None:
    ezz = browse(w.ezz)
    sent: list[str] = []
    ezz.on("request", lambda request: request.method == "POST" and "/posts/" in request.url and sent.append(request.url))
    open_topic(ezz, w.topic, "ar")
    write(ezz, "مرة واحدة")
    button = ezz.locator("#reply .editor-foot .button-primary")
    button.dblclick()
    newest(w.topic, "مرة واحدة", ezz)
    ezz.wait_for_timeout(500)
    assert Post.objects.filter(topic=w.topic, text__contains="مرة واحدة").count() == 1
    assert numbers(ezz) == [1, 2]
    assert len(sent) == 1


def test_an_answer_lost_on_its_way_makes_no_second_post(browse: Browse, w: World) -> None:
    """The server has the reply, the browser does not know: it says so, keeps the words, and "Retry" finds the first post."""
    ezz = browse(w.ezz, language="en", width=390, expected=CUT)
    open_topic(ezz, w.topic, "en")
    ezz.route(f"**/topics/{w.topic.pk}/posts/", _lose_the_answer, times=1)
    write(ezz, "وصلت أم لم تصل")
    send(ezz)
    failed = ezz.locator("#reply [data-send-failed]")
    expect(failed).to_contain_text(said("This was not sent. Your words are kept here.", "en"))
    expect(ezz.locator("#reply .ProseMirror")).to_have_text("وصلت أم لم تصل")
    failed.locator("[data-retry]").click()
    expect(failed).to_be_hidden()
    expect(ezz.locator("#reply .ProseMirror")).to_have_text("")
    newest(w.topic, "وصلت أم لم تصل", ezz)
    assert numbers(ezz) == [1, 2]
    assert Post.objects.filter(topic=w.topic).count() == 2


def test_back_and_send_again_is_the_same_topic(browse: Browse, w: World) -> None:
    ezz = browse(w.ezz, expected=CUT)
    ezz.goto(f"/ar/boards/{w.board.pk}/new/")
    ezz.fill("form.editor [name=title]", "موضوع واحد")
    write(ezz, "نص الموضوع الواحد", form="form.editor")
    ezz.route(f"**/boards/{w.board.pk}/new/", _lose_the_answer, times=1)
    send(ezz, form="form.editor")
    ezz.wait_for_url("chrome-error://**")
    ezz.goto(f"/ar/boards/{w.board.pk}/new/")  # whoever finds the browser's own page of failure comes back
    expect(ezz.locator("form.editor [name=title]")).to_have_value("موضوع واحد")
    expect(ezz.locator("form.editor")).to_contain_text("نص الموضوع الواحد")
    send(ezz, form="form.editor")
    ezz.wait_for_url(re.compile(r"/ar/topics/\d+/"))
    assert Topic.objects.filter(title="موضوع واحد").count() == 1


def _lose_the_answer(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


@pytest.mark.parametrize(("language", "width", "script"), [("ar", 390, True), ("en", 1280, False)])
def test_a_session_that_expires_keeps_the_draft(browse: Browse, w: World, language: str, width: int, script: bool) -> None:
    with_password(w.ezz.user)
    member(w.ezz, w.open_group)
    ezz = browse(w.ezz, language=language, width=width, script=script)
    ezz.goto(f"/{language}/topics/{w.public_topic.pk}/")
    words = "كلام لم يرسل بعد"
    write(ezz, words) if script else ezz.fill("#reply textarea[name=body]", words)
    Session.objects.all().delete()
    _forget_sessions()
    send(ezz)
    ezz.wait_for_url(f"**/{language}/accounts/login/**")
    ezz.fill("[name=login]", w.ezz.user.email)
    ezz.fill("[name=password]", PASSWORD)
    ezz.locator("main form .button-primary").first.click()
    ezz.wait_for_url(f"**/{language}/topics/{w.public_topic.pk}/**")
    expect(ezz.locator("#reply")).to_contain_text(words) if script else expect(ezz.locator("#reply textarea[name=body]")).to_have_value(
        words
    )
    send(ezz)
    newest(w.public_topic, words, ezz)
    assert Post.objects.filter(topic=w.public_topic, text__contains=words).count() == 1


def _forget_sessions() -> None:
    from django.core.cache import caches  # noqa: PLC0415 -- after the settings of the shape

    caches[getattr(settings, "SESSION_CACHE_ALIAS", "default")].clear()
