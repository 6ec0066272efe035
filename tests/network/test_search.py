"""The search box finds what one may see, however it is spelt, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from network.names import fold
from network.spaces.models import Space
from search.queries import Query, highlighted, posts, spaces, topics
from tests.cast import reply_to, topic_in


@pytest.fixture
def library(world: SimpleNamespace) -> SimpleNamespace:
    for space in Space.objects.all():
        Space.objects.filter(pk=space.pk).update(folded=fold(f"{space.name_ar} {space.name_fr} {space.handle or ''}"))
    world.secret = topic_in(world, world.hidden_board, title="الخطة السرّية", body="<p>كلمة فريدة: زمردة</p>")
    world.open = topic_in(world, world.open_board, title="أسبوع القراءة في المدرسة", body="<p>نقرأ معًا في المكتبة</p>")
    return world


@pytest.mark.parametrize("asked", ["القراءة", "القراءه", "القِراءة", "أسبوع المدرسه", "اسبوع"])
def test_a_title_is_found_however_it_is_spelt(asked: str, library: SimpleNamespace) -> None:
    assert list(topics(library.dara.actor, Query.of(asked))) == [library.open]


def test_what_is_hidden_is_not_found_by_word_name_or_place(library: SimpleNamespace, client: Client) -> None:
    reply_to(library, library.secret, by=library.rania, body="<p>زمردة أخرى</p>")
    for who in (library.dara, library.basel, library.ezz):
        actor = who.actor
        assert not topics(actor, Query.of("السرية")).exists()
        assert not posts(actor, Query.of("زمردة")).exists()
        assert not spaces(actor, Query.of("سرّي"), "group").exists()
        client.force_login(who.user)
        assert "زمردة" not in client.get("/ar/search/", {"q": "زمرد"}).content.decode().replace('value="زمرد"', "")
    assert posts(library.rania.actor, Query.of("زمردة")).count() == 2


def test_a_person_is_found_by_the_network_only(library: SimpleNamespace) -> None:
    assert not spaces(library.dara.actor, Query.of("باسل"), "person").exists()
    assert [space.user_id for space in spaces(library.carmen.actor, Query.of("باسل"), "person")] == [library.basel.user.pk]


def test_nobody_is_led_to_a_suspended_person(library: SimpleNamespace, client: Client) -> None:
    assert not spaces(library.carmen.actor, Query.of("موقوف"), "person").exists()
    client.force_login(library.carmen.user)
    assert client.get("/mentions/", {"q": "suspended"}).json() == []


def test_the_match_is_marked_in_its_own_spelling() -> None:
    assert highlighted("في المَدارس المنتسبة <b>", Query.of("مدارس")) == "في <mark>المَدارس</mark> المنتسبة &lt;b&gt;"


@pytest.mark.parametrize("asked", ["", "   ", "%", "'; DROP TABLE", "a" * 5000, "_", "\\"])
def test_odd_words_break_nothing(asked: str, library: SimpleNamespace, client: Client) -> None:
    client.force_login(library.carmen.user)
    assert client.get("/ar/search/", {"q": asked}).status_code == 200
    assert client.get("/mentions/", {"q": asked}).status_code == 200


def test_mentions_suggest_whom_the_writer_may_see(library: SimpleNamespace, client: Client) -> None:
    assert client.get("/mentions/", {"q": "bas"}).json() == []
    client.force_login(library.carmen.user)
    assert [row["handle"] for row in client.get("/mentions/", {"q": "bas"}).json()] == ["basel"]
    client.force_login(library.dara.user)
    assert client.get("/mentions/", {"q": "bas"}).json() == []


@pytest.mark.parametrize("kind", ["", "topics", "posts", "guides", "entity", "person", "group"])
def test_a_search_costs_at_most_ten_queries(
    kind: str, library: SimpleNamespace, client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        topic_in(library, library.open_board, title=f"قراءة {number}", body="<p>قراءة</p>")
    client.force_login(library.carmen.user)
    client.get("/ar/search/", {"q": "قراءة", "kind": kind})
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        page = client.get("/ar/search/", {"q": "قراءة", "kind": kind})
    assert page.status_code == 200


@pytest.mark.parametrize("page", ["/ar/people/", "/ar/groups/", "/ar/institutions/"])
def test_looking_up_has_a_limit_everywhere(page: str, library: SimpleNamespace, client: Client, settings: object) -> None:
    settings.RATES = {**settings.RATES, "lookup": (1, 60)}  # type: ignore[attr-defined]
    assert [client.get(page, {"q": "a"}).status_code for _each in range(2)] == [200, 429]
    assert client.get(page).status_code == 200
