"""What is told while a page asks, and who asks when: nothing is forgotten, and not everybody comes at once."""
# ruff: noqa: F811 -- the page of test_script is ours too

import asyncio
import time
from typing import Any

from django.db import connection
from playwright.sync_api import Page, Route, expect

from chat import actions as chat
from chat.fragments import message_html
from chat.models import Conversation, Message
from forums.models import Post, Topic
from network import live
from realtime.consumers import CHECK_SECONDS, Consumer
from tests.chat.conftest import say, talk
from tests.realtime.test_script import show, w  # noqa: F401 -- fixtures


def _mend(w: Any, words: str) -> None:
    """A change of the first post that is told as a head alone."""
    version = w.topic.version = w.topic.version + 1
    Topic.objects.filter(pk=w.topic.pk).update(version=version)
    Post.objects.filter(topic=w.topic, number=1).update(text=words, html=f"<p>{words}</p>", version=version)
    live.publish(w.topic.stream, {"type": "head", "version": version})


def test_a_head_told_while_the_page_asks_is_asked_for_too(show: Any, w: Any) -> None:
    page: Page = show(w.ezz)
    asked = []

    def answer(route: Route) -> None:
        response = route.fetch()
        asked.append(response.status)
        if len(asked) == 1:  # the answer is written, and on its way
            _mend(w, "mended twice")
            connection.close()  # a route's own: it runs beside the test
            time.sleep(0.2)
        route.fulfill(response=response)

    page.route("**/live/?*", answer)
    _mend(w, "mended once")
    expect(page.locator("main article")).to_have_text(["mended twice"])
    assert asked == [200, 200]


def test_an_edit_is_not_lost_on_a_page_of_the_past_that_is_on_its_way(browse: Any, w: Any) -> None:
    room = talk(w.carmen, w.basel)
    first = [say(w.carmen, room, f"message {number}") for number in range(1, 51)][5]
    chat.mark_read(w.basel.actor, Conversation.objects.get(pk=room.pk), 50)
    page: Page = browse(w.basel)

    def answer(route: Route) -> None:
        response = route.fetch()
        chat.edit(w.carmen.actor, first, body="mended")
        connection.close()
        time.sleep(0.2)
        route.fulfill(response=response)

    page.route("**/messages/?before=*", answer, times=1)
    page.goto(f"/ar/conversations/{room.pk}/")
    expect(page.locator("#messages [data-number='50']")).to_be_visible()
    page.wait_for_timeout(300)  # subscribed
    page.locator("#messages").evaluate("list => { list.scrollTop = 0 }")
    expect(page.locator(f"#message-{first.pk}")).to_contain_text("mended")


def test_a_quote_shows_what_was_changed_while_it_was_being_sent(w: Any) -> None:
    room = talk(w.carmen, w.basel)
    first = say(w.carmen, room, "as it was")
    read = Message.objects.with_author().get(pk=first.pk)  # by the answer's request, before the lock
    chat.edit(w.carmen.actor, first, body="as it is")
    answer = say(w.basel, room, "an answer", reply_to=read)
    assert "as it is" in message_html(answer, "ar")
    assert "as it was" not in message_html(answer, "ar")
    read = Message.objects.with_author().get(pk=first.pk)
    chat.delete(w.carmen.actor, first)
    assert "as it is" not in message_html(say(w.basel, room, "another", reply_to=read), "ar")


def test_sockets_that_came_together_are_not_asked_together() -> None:
    async def checks() -> list[float]:
        now, found = asyncio.get_running_loop().time(), []
        for _ in range(200):
            consumer = Consumer()
            consumer._check_later()
            found.append(consumer._timers[0].when() - now)
            consumer._timers[0].cancel()
        return sorted(found)

    waits = asyncio.run(checks())
    assert waits[-1] <= CHECK_SECONDS + 1
    assert waits[50] < CHECK_SECONDS / 2 < waits[150]  # the middle hundred lies on both sides of the middle
