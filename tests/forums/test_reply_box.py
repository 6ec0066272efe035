"""Answering from a line of the home page, in the small box below it; what a post's menu gives."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from forums import actions
from forums.models import Topic

pytestmark = pytest.mark.django_db
PART = {"HTTP_HX_REQUEST": "true"}


def test_a_member_gets_a_box_and_what_they_publish_stands_in_its_place(world: SimpleNamespace, client: Client, topic: Topic) -> None:
    client.force_login(world.ezz.user)
    box = client.get(f"/en/topics/{topic.pk}/reply/", **PART)
    assert b'name="client_id"' in box.content
    sent = client.post(f"/topics/{topic.pk}/posts/", {"body": "We were there", "client_id": uuid4(), "box": "1"}, **PART)
    assert sent.status_code == 200 and b"We were there" in sent.content and b'class="post"' in sent.content


def test_refused_words_come_back_in_the_same_box(world: SimpleNamespace, client: Client, topic: Topic) -> None:
    client.force_login(world.ezz.user)
    sent = client.post(f"/topics/{topic.pk}/posts/", {"body": " ", "client_id": uuid4(), "box": "1"}, **PART)
    assert sent.status_code == 422 and b'name="box"' in sent.content and "HX-Retarget" not in sent.headers


def test_without_script_the_way_leads_to_the_topics_own_box(world: SimpleNamespace, client: Client, topic: Topic) -> None:
    client.force_login(world.ezz.user)
    assert client.get(f"/en/topics/{topic.pk}/reply/").url == f"/en/topics/{topic.pk}/#reply"


def test_the_menu_of_a_post_shows_given_reactions_as_buttons(world: SimpleNamespace, client: Client, topic: Topic) -> None:
    client.force_login(world.ezz.user)
    post = topic.posts.get(number=1)
    actions.react(world.ezz.actor, post, "heart")
    menu = client.get(f"/en/posts/{post.pk}/menu/", **PART).content
    assert b'aria-pressed="true"' in menu and b"&lt;button" not in menu
