"""The inbox under people's hands: it stays where one is, each deed has its way back, and what comes rings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from forums import actions as forums
from network.groups import actions as groups
from notices.models import Notice
from tests.cast import topic_in
from tests.journeys.support import SOON, Browse, World, looks, said


def told_of(w: World, *titles: str) -> None:
    """Topics of Carmen's, each answered by Ezz."""
    for title in titles:
        topic = topic_in(w, w.board, by=w.carmen, title=title)
        forums.reply(w.ezz.actor, topic, body="<p>أوافق</p>")


def inbox(page: Page, language: str, lines: int) -> None:
    """The inbox, once the workers have told of everything."""
    for _each in range(SOON // 250):
        if Notice.objects.filter(reason="reply").count() >= lines:
            break
        page.wait_for_timeout(250)
    page.goto(f"/{language}/notices/")
    expect(page.locator("[data-behaviour=inbox] .notice")).to_have_count(lines)


@pytest.mark.parametrize(("language", "width"), looks(("ar", 1280), ("en", 390)))
def test_lines_are_put_away_without_losing_ones_place_and_come_back(browse: Browse, w: World, language: str, width: int) -> None:
    told_of(w, "الأول", "الثاني", "الثالث")
    carmen = browse(w.carmen, language=language, width=width)
    inbox(carmen, language, 3)
    lines = carmen.locator("[data-behaviour=inbox] .notice")

    def menu(number: int) -> None:
        lines.nth(number).locator(".menu > summary").press("Enter")

    # Done with the second, by keyboard: the third takes its place, and the cursor stands on it.
    if width > 600:
        lines.nth(1).get_by_role("button", name=said("Done", language)).press("Enter")
    else:
        menu(1)
        lines.nth(1).locator(".menu-item", has_text=said("Done", language)).click()
    expect(lines).to_have_count(2)
    expect(lines.nth(1).locator(".notice-link")).to_be_focused()
    expect(lines.nth(1)).to_contain_text("الأول")
    expect(carmen.locator(".toast")).to_contain_text(said("Done.", language))

    # Not after all.
    carmen.locator(".toast").get_by_role("button", name=said("Undo", language)).click()
    expect(lines).to_have_count(3)
    expect(lines.nth(1)).to_contain_text("الثاني")

    # For later: it waits under its own filter until then.
    menu(0)
    lines.nth(0).locator(".menu-item", has_text=said("In an hour", language)).click()
    expect(lines).to_have_count(2)
    carmen.locator("a[href='?show=later']").click()
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("الثالث")
    assert carmen.url.endswith("?show=later")

    # Mute: told no more, and the topic's own page says so.
    carmen.goto(f"/{language}/notices/")
    menu(0)
    lines.nth(0).locator(".menu-item", has_text=said("Mute this: hear no more of it", language)).click()
    expect(carmen.locator(".toast")).to_contain_text(said("Muted: you hear no more of it.", language))
    expect(lines.nth(0)).not_to_have_class(re.compile("is-unread"))


def test_what_waits_is_answered_from_the_inbox_and_what_comes_rings(browse: Browse, w: World) -> None:
    groups.request(w.dara.actor, w.group, message="أعلّم في مدرسة منتسبة")
    carmen = browse(w.carmen)
    carmen.goto("/ar/notices/")
    waiting = carmen.locator(".is-waiting", has_text="دارا")
    expect(waiting).to_contain_text("أعلّم في مدرسة منتسبة")
    told_of(w, "سؤال جديد")
    expect(carmen.locator(".new-pill")).to_be_visible(timeout=SOON)  # said above the list, which does not move under the reader's eyes
    waiting.get_by_role("button", name=said("Let in", "ar")).click()
    expect(waiting).to_have_count(0)
    assert w.group.memberships.filter(user=w.dara.user).exists()
    expect(carmen.locator("[data-behaviour=inbox] .notice", has_text="سؤال جديد")).to_have_count(1)
    # Seen where it stands, it is read in the inbox and at the bell.
    carmen.locator(".notice-link", has_text="سؤال جديد").click()
    expect(carmen.locator("article.post").last).to_be_in_viewport()
    carmen.goto("/ar/notices/")
    expect(carmen.locator("[data-behaviour=inbox] .is-unread", has_text="سؤال جديد")).to_have_count(0)


def test_the_inbox_is_for_whoever_has_no_script_too(browse: Browse, w: World) -> None:
    told_of(w, "الأول")
    carmen = browse(w.carmen, language="fr", script=False)
    inbox(carmen, "fr", 1)
    carmen.locator("[data-behaviour=inbox] .notice").get_by_role("button", name=said("Done", "fr")).click()
    expect(carmen.locator(".toast")).to_contain_text(said("Done.", "fr"))
    expect(carmen.locator("[data-behaviour=inbox] .notice")).to_have_count(0)
    carmen.locator(".toast").get_by_role("button", name=said("Undo", "fr")).click()
    expect(carmen.locator("[data-behaviour=inbox] .notice")).to_have_count(1)
