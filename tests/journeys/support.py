"""What the journeys' people do with their hands, and what a page hears on its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext, ngettext, override
from playwright.sync_api import Locator, Page, WebSocket, expect

from forums.models import Post, Topic
from network.spaces.models import Space

SOON = 15_000  # generous: these tests say that something arrives, the bench says how fast


def looks(first: tuple[Any, ...], *others: tuple[Any, ...]) -> list[Any]:
    """A journey's languages and widths, which depend on neither database nor layer: the first is walked on one shape, the others on the other."""
    shapes = ["production", *("embedded" for _look in others)] if others else [None]
    return [
        pytest.param(*look, marks=pytest.mark.shape(shape) if shape else ()) for look, shape in zip((first, *others), shapes, strict=True)
    ]


def said(sentence: str, language: str) -> str:
    """The sentence of the house in that language, whatever its translators made of it."""
    with override(language):
        return gettext(sentence)


def counted(one: str, many: str, count: int, language: str) -> str:
    """The sentence about so many, in the language's own plural."""
    with override(language):
        return ngettext(one, many, count) % {"count": count}


def in_language(space: Space, language: str) -> str:
    """The name that this place bears for readers of the language."""
    with override(language):
        return space.name


class Line:
    """Every frame on every socket of a page, as it came over the wire."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        self.opened = 0
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        self.opened += 1
        socket.on("framereceived", lambda payload: self.heard.append(payload if isinstance(payload, str) else payload.decode()))

    def until(self, *parts: str, after: int = 0, seconds: float = SOON / 1000) -> None:
        """Wait for a frame, later than the first `after`, in which all of these stand."""
        for _ in range(int(seconds * 20)):
            if any(all(part in frame for part in parts) for frame in self.heard[after:]):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"No frame with {parts}; heard {self.heard[after:]}")

    def hears(self, topic: Topic) -> None:
        """Wait until the page's subscription to the topic has been answered."""
        self.until('"subscribed"', f'"topic.{topic.pk}/')


def open_topic(page: Page, topic: Topic, language: str) -> Line:
    """The topic's page in the reader's language, subscribed."""
    line = Line(page)
    page.goto(f"/{language}/topics/{topic.pk}/")
    line.hears(topic)
    return line


def write(page: Page, words: str, form: str = "#reply") -> Locator:
    """Put the cursor into the box, wait for the rich editor and type at its end."""
    box = page.locator(f"{form} .ProseMirror")
    if not box.is_visible():
        page.locator(f"{form} textarea").focus()
    expect(box).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.type(words)
    return box


def mention(page: Page, letters: str, name: str) -> None:
    """Where the cursor stands: "@" and a few letters, then the line of the list that bears the name, by keyboard."""
    page.keyboard.type(f"@{letters}")
    expect(page.locator(".suggestions [role=option]", has_text=name)).to_be_visible()
    for _ in range(10):
        if page.locator(".suggestions [aria-selected=true]", has_text=name).count():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror .mention", has_text=name)).to_be_visible()


def speak_as(page: Page, number: int | str, form: str = "#reply") -> None:
    """Choose in whose name: an institution's number, or "" for oneself."""
    page.locator(f"{form} .as-menu summary").click()
    page.locator(f"{form} .as-menu label:has(input[value='{number}'])").click()
    expect(page.locator(f"{form} .as-menu")).not_to_have_attribute("open", "")


def send(page: Page, form: str = "#reply") -> None:
    page.locator(f"{form} .editor-foot .button-primary").click()


def post(page: Page, row: Post | int) -> Locator:
    return page.locator(f"#post-{row if isinstance(row, int) else row.pk}")


def open_menu(page: Page, row: Post) -> Locator:
    """The post's menu, floating beside its button."""
    post(page, row).locator("a[data-menu]").click()
    menu = page.locator(".post-float")
    expect(menu).to_be_visible()
    return menu


def numbers(page: Page) -> list[int]:
    """The numbers of the posts that the page shows, in its order."""
    return [int(found) for found in page.eval_on_selector_all("#posts [data-number]", "all => all.map((one) => one.dataset.number)")]


def newest(topic: Topic, words: str, page: Page) -> Post:
    """The post with these words, waited for as a reader waits for it: it stands in the database once it is seen."""
    expect(page.locator("#posts .prose", has_text=words)).to_have_count(1, timeout=SOON)
    return Post.objects.get(topic=topic, text__contains=words)


def path(url: str) -> str:
    """The address without origin, query and place in the page."""
    return re.split("[?#]", re.sub(r"^https?://[^/]+", "", url))[0]


Browse = Callable[..., Page]
World = Any
