"""The home page and the public: what is new waits until it is asked for, and a visitor hears what everyone may read."""

import pytest
from playwright.sync_api import expect

from forums import actions as forums
from tests.cast import topic_in
from tests.journeys.support import SOON, Browse, Line, World, counted, looks, newest, open_topic, post, said, send, write


@pytest.mark.parametrize(("language", "width"), looks(("ar", 1280), ("en", 390)))
def test_news_waits_in_the_pill_and_moves_nothing(browse: Browse, w: World, language: str, width: int) -> None:
    for number in range(8):
        topic_in(w, w.board, title=f"موضوع {number}", body="<p>سطر</p>" * 8)
    mona = browse(w.mona, language=language, width=width)
    line = Line(mona)
    mona.goto(f"/{language}/")
    line.until('"subscribed"', '"feed"')
    mona.mouse.wheel(0, 900)
    mona.mouse.move(width / 2, 420)
    under = "() => document.elementsFromPoint(innerWidth / 2, 420).map((one) => one.closest('article, section')?.innerText ?? one.tagName).join('|')"
    mona.wait_for_timeout(400)
    before = (mona.evaluate("scrollY"), mona.evaluate(under))
    assert before[0] > 300
    forums.reply(w.carmen.actor, w.topic, body="<p>خبر جديد</p>")
    topic_in(w, w.board, title="موضوع آخر")
    pill = mona.locator(".new-pill")
    expect(pill.locator("span")).to_have_text(counted("%(count)s new post", "%(count)s new posts", 2, language), timeout=SOON)
    expect(pill).to_be_in_viewport()
    assert (mona.evaluate("scrollY"), mona.evaluate(under)) == before
    expect(mona.locator("#feed")).not_to_contain_text("خبر جديد")
    pill.click()
    expect(mona.locator("#feed")).to_contain_text("خبر جديد")
    expect(mona.locator("#feed > *").first).to_contain_text("موضوع آخر")
    expect(mona.locator(".new-pill")).to_be_hidden()


@pytest.mark.parametrize(("language", "width"), looks(("en", 1280), ("ar", 390)))
def test_a_visitor_hears_a_public_topic(browse: Browse, w: World, language: str, width: int) -> None:
    visitor = browse(language=language, width=width)
    line = open_topic(visitor, w.public_topic, language)
    assert [cookie["name"] for cookie in visitor.context.cookies() if "session" in cookie["name"]] == []
    carmen = browse(w.carmen)
    open_topic(carmen, w.public_topic, "ar")
    write(carmen, "للجميع")
    send(carmen)
    row = newest(w.public_topic, "للجميع", visitor)
    expect(post(visitor, row)).to_be_visible()
    # What is not public does not even make a sound on their line.
    heard = len(line.heard)
    forums.reply(w.carmen.actor, w.topic, body="<p>للأعضاء</p>")
    forums.reply(w.carmen.actor, w.public_topic, body="<p>للجميع ثانية</p>")
    newest(w.public_topic, "للجميع ثانية", visitor)
    assert [frame for frame in line.heard[heard:] if "للأعضاء" in frame or f"topic.{w.topic.pk}" in frame] == []


def test_a_topic_that_is_closed_pinned_or_renamed_says_so_on_open_pages(browse: Browse, w: World) -> None:
    ezz, mona = browse(w.ezz, language="en"), browse(w.mona)
    open_topic(ezz, w.topic, "en")
    open_topic(mona, w.topic, "ar")
    write(mona, "نصف جملة")
    forums.close(w.carmen.actor, w.topic, reason="تم الجواب")
    expect(ezz.locator("#topic-closed")).to_contain_text("تم الجواب", timeout=SOON)
    expect(ezz.locator("#topic-head .tag-due")).to_have_text(said("Closed", "en"))
    expect(ezz.locator("#reply")).to_have_count(0)
    # Whoever is writing learns it and keeps every word.
    expect(mona.locator("#topic-closed")).to_contain_text("تم الجواب", timeout=SOON)
    expect(mona.locator("#reply .ProseMirror")).to_have_text("نصف جملة")
    forums.reopen(w.carmen.actor, w.topic)
    forums.edit_topic(w.carmen.actor, w.topic, title="اسم جديد")
    expect(ezz.locator("#topic-head h1")).to_have_text("اسم جديد", timeout=SOON)
    expect(ezz.locator("#topic-closed")).to_be_empty()
    expect(ezz.locator("#reply")).to_be_visible()
    answer = forums.reply(w.ezz.actor, w.topic, body="<p>هذا هو الجواب</p>")
    forums.accept_answer(w.carmen.actor, w.topic, answer)
    expect(ezz.locator("#topic-head .tag-done")).to_have_text(said("Answered", "en"), timeout=SOON)
    expect(post(ezz, answer).locator(".tag-done")).to_be_visible()
