"""The administrator sees how digests look and stand, and never what is in somebody else's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from notices.actions import preferences as chosen
from notices.models import Preferences
from tests.cast import reply_to, topic_in
from tests.notices.test_notices import deliver

PAGE = "/en/admin/notices/preferences/digests/"


@pytest.fixture
def staff(world: SimpleNamespace, client: Client) -> Client:
    world.sami.user.is_staff = world.sami.user.is_superuser = True
    world.sami.user.save()
    client.force_login(world.sami.user)
    return client


def test_of_a_persons_digest_the_administrator_sees_figures_and_no_words(world: SimpleNamespace, staff: Client) -> None:
    topic = topic_in(world, world.hidden_board, by=world.carmen, title="سؤال لا يراه غيرنا")
    reply_to(world, topic, by=world.rania, body="<p>كلام بيننا</p>")
    deliver()
    row = chosen.preferences_of(world.carmen.user)
    page = staff.get(PAGE, {"person": "CARMEN@example.org"}).content.decode()
    assert "The next one is sent." in page
    assert "سؤال لا يراه" not in page
    assert "كلام بيننا" not in page
    assert world.hidden_group.name not in page
    Preferences.objects.filter(pk=row.pk).update(paused_at=row.next_digest_at, paused_because="550 5.1.1 no such user")
    assert "550 5.1.1 no such user" in staff.get(PAGE, {"person": "carmen@example.org"}).content.decode()


@pytest.mark.parametrize(("code", "way"), [("ar", "rtl"), ("fr", "ltr"), ("en", "ltr")])
def test_how_a_digest_looks_in_each_language(world: SimpleNamespace, staff: Client, code: str, way: str) -> None:
    answer = staff.get(f"{PAGE}{code}/mail/")
    assert f'dir="{way}"' in answer.content.decode()
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert f'src="/en/admin/notices/preferences/digests/{code}/mail/"' in staff.get(PAGE).content.decode()


def test_an_address_that_nobody_has_is_said_and_a_language_that_is_none_is_not_there(world: SimpleNamespace, staff: Client) -> None:
    assert "Nobody has this address." in staff.get(PAGE, {"person": "nobody@example.org"}).content.decode()
    assert staff.get(f"{PAGE}de/mail/").status_code == 404


@pytest.mark.parametrize("path", ["", "ar/mail/"])
def test_it_is_for_whoever_may_see_preferences(world: SimpleNamespace, client: Client, path: str) -> None:
    world.carmen.user.is_staff = True
    world.carmen.user.save()
    client.force_login(world.carmen.user)
    assert client.get(f"{PAGE}{path}").status_code == 403
    client.force_login(world.ezz.user)
    assert client.get(f"{PAGE}{path}").status_code == 302
