"""The inbox with hands: what is new is announced, a line is done, put off, muted and taken back without the page jumping."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from forums.models import Topic, Watch
from network.groups import actions as groups
from tests.cast import reply_to, topic_in
from tests.journeys.support import SOON, Browse, Line, World, looks, said

LOOKS = looks(("ar", 390), ("en", 1280))


def listen(page: Page, language: str) -> None:
    """The inbox, its own stream heard."""
    line = Line(page)
    page.goto(f"/{language}/notices/")
    line.until('"subscribed"', '"user.')


def line_of(page: Page, topic: Topic) -> Locator:
    return page.locator(".notice:has(.notice-link)", has_text=topic.title)


def menu(line: Locator) -> Locator:
    line.locator(".menu summary").click()
    panel = line.locator(".menu-panel")
    expect(panel).to_be_visible()
    return panel


def choose(line: Locator, words: str) -> None:
    menu(line).get_by_role("button", name=words).click()


def bell(page: Page) -> Locator:
    return page.locator("[data-count=notices]:visible").first


def tell(w: World, topic: Topic, page: Page, expected: str) -> None:
    """A reply, and the bell that rings for it."""
    reply_to(w, topic, by=w.ezz)
    expect(bell(page)).to_have_text(expected, timeout=SOON)


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_replies_arrive_group_and_go_without_the_page_jumping(
    browse: Browse, w: World, language: str, width: int, accessible: object
) -> None:
    other = topic_in(w, w.board, title="موضوع آخر")
    page = browse(w.carmen, language=language, width=width)
    listen(page, language)
    expect(page.locator(".empty-state")).to_be_visible()
    tell(w, w.topic, page, "1")
    pill = page.locator(".new-pill")
    expect(pill).to_be_visible(timeout=SOON)
    pill.click()
    expect(line_of(page, w.topic)).to_have_class(re.compile("is-unread"))
    reply_to(w, w.topic, by=w.mona)
    tell(w, other, page, "2")
    expect(pill).to_be_visible(timeout=SOON)
    expect(line_of(page, other)).to_have_count(0)  # nothing moves under the reader's eyes
    pill.click()
    expect(line_of(page, w.topic)).to_have_count(1)
    expect(line_of(page, w.topic).locator(".notice-faces .avatar")).to_have_count(2, timeout=SOON)
    accessible(page)  # type: ignore[operator]
    # Done, and back by the word that says so.
    address, marked = page.url, "document.body.dataset.kept = 'yes'"
    page.evaluate(marked)
    choose(line_of(page, w.topic), said("Mark as read", language))
    expect(line_of(page, w.topic)).not_to_have_class(re.compile("is-unread"))
    expect(bell(page)).to_have_text("1", timeout=SOON)
    if width < 960:
        choose(line_of(page, w.topic), said("Done", language))
    else:
        line_of(page, w.topic).get_by_role("button", name=said("Done", language), exact=True).click()
    expect(line_of(page, w.topic)).to_have_count(0)
    expect(line_of(page, other).locator(".notice-link")).to_be_focused()
    page.locator(".toast").get_by_role("button", name=said("Undo", language)).click()
    expect(line_of(page, w.topic)).to_have_count(1)
    # Later.
    choose(line_of(page, other), said("In an hour", language))
    expect(line_of(page, other)).to_have_count(0)
    expect(bell(page)).to_have_count(0, timeout=SOON)
    # No more of it.
    choose(line_of(page, w.topic), said("Mute this: hear no more of it", language))
    expect(page.locator(".toast", has_text=said("Muted: you hear no more of it.", language))).to_be_visible()
    assert Watch.objects.get(user=w.carmen.user, topic=w.topic).level == "muted"
    page.locator(".toast", has_text=said("Muted: you hear no more of it.", language)).get_by_role(
        "button", name=said("Undo", language)
    ).click()
    expect(page.locator(".toast", has_text=said("You hear of it again.", language))).to_be_visible()
    assert Watch.objects.get(user=w.carmen.user, topic=w.topic).level == "watching"
    # All of it in the same page, which did not load again.
    assert (page.url, page.evaluate("document.body.dataset.kept")) == (address, "yes")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"/{language}/notices/?show=later")
    choose(line_of(page, other), said("Bring it back now", language))
    expect(line_of(page, other)).to_have_count(0)


def test_by_keyboard_alone(browse: Browse, w: World) -> None:
    page = browse(w.carmen, language="en")
    listen(page, "en")
    tell(w, w.topic, page, "1")
    page.reload()
    line = line_of(page, w.topic)
    line.locator(".notice-link").focus()
    page.keyboard.press("Tab")
    expect(line.get_by_role("button", name="Done", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(line.locator(".menu-panel")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(line.get_by_role("button", name=said("Mark as read", "en"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(line.locator(".menu-panel")).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(line).to_have_count(0)
    expect(page.locator(".empty-state")).to_be_visible()


def test_every_target_of_a_line_is_large_enough_for_a_thumb(browse: Browse, w: World) -> None:
    page = browse(w.carmen, width=390)
    listen(page, "ar")
    groups.request(w.dara.actor, w.group)
    tell(w, w.topic, page, "2")
    page.reload()
    menu(line_of(page, w.topic))
    sizes = page.eval_on_selector_all(
        ".notice :is(button, summary, a.menu-item)",
        "all => all.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))",
    )
    assert len(sizes) > 8
    assert min(sizes) >= 44
