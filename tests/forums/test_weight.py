"""What a page asks of the database and of the line: counted here, never timed (time is `make bench`'s)."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums import actions
from network.groups.actions import create
from network.templatetags import parts
from tests.forums.test_writing import as_

WORDS = ("قهوة الصباح morning coffee " * 20)[:416]


@pytest.fixture
def long_topic(world: SimpleNamespace):  # type: ignore[no-untyped-def]
    for number in range(9):
        create(world.carmen.actor, name_ar=f"مجموعة التراث والمخطوطات {number}")
    topic = actions.open_topic(world.carmen.actor, world.open_board, title="موضوع طويل", body=f"<p>{WORDS}</p>")
    for _ in range(19):
        actions.reply(world.carmen.actor, topic, body=f"<p>{WORDS}</p>")
    return topic


def test_a_page_of_twenty_posts_weighs_sixty_kilobytes_at_most(world: SimpleNamespace, client: Client, long_topic) -> None:  # type: ignore[no-untyped-def]
    answer = as_(client, world.carmen).get(long_topic.get_absolute_url())
    assert answer.content.count(b"<article") == 20
    assert len(answer.content) <= 60_000


def test_a_warm_page_asks_little_and_is_each_reader_s_own(world: SimpleNamespace, client: Client, long_topic) -> None:  # type: ignore[no-untyped-def]
    pages = []
    for who in (world.carmen, world.mona):
        as_(client, who).get(long_topic.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            pages.append(client.get(long_topic.get_absolute_url()).content.decode())
        assert len(queries) <= 8, [query["sql"][:120] for query in queries]
    hers, others = pages
    assert f'data-user="{world.carmen.user.pk}"' in hers
    assert f'data-user="{world.mona.user.pk}"' in others
    assert world.carmen.user.page.name in hers.partition('<main id="main"')[0]
    assert world.carmen.user.page.name not in others.partition('<main id="main"')[0]


def test_no_mark_of_a_kept_part_is_left_and_each_answer_has_its_own_numbers(world: SimpleNamespace, client: Client, long_topic) -> None:  # type: ignore[no-untyped-def]
    one, two = (as_(client, world.carmen).get(long_topic.get_absolute_url()).content.decode() for _ in range(2))
    for page in (one, two):
        assert not any(mark in page for mark in (parts._HERE, parts._TOKEN, *parts._MARKS))
    assert _id(one) != _id(two)


def _id(page: str) -> str:
    return page.partition('name="client_id" value="')[2][:36]
