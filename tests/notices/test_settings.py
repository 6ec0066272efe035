"""What a member chooses about notices is kept, holds at once, and what may not be chosen is not."""

from __future__ import annotations

from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from notices import wishes
from notices.actions import preferences as actions
from notices.kinds import FIXED, KINDS, role_of
from notices.models import Notice, Preferences
from tests.cast import reply_to, topic_in
from tests.house.test_bad_input import forms_of
from tests.notices.support import tell

PATH = "/ar/settings/notices/"


def sent(client: Client, **more: Any) -> dict[str, Any]:
    """The page's form as it would be sent untouched, with these fields otherwise; None takes one out, as an empty box does."""
    [form] = [form for form in forms_of(client.get(PATH).content.decode(), PATH) if "digest_at" in form.fields]
    return {name: value for name, value in {**form.fields, **more}.items() if value is not None}


@pytest.fixture
def ezz(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.ezz.user)
    return client


def kept(world: SimpleNamespace) -> Preferences:
    return Preferences.objects.get(user=world.ezz.user)


def test_saved_untouched_nothing_is_chosen(world: SimpleNamespace, ezz: Client) -> None:
    assert ezz.post(PATH, sent(ezz)).status_code == 302
    assert kept(world).choices == {}
    assert wishes.mine(world.ezz.actor, kept(world)) == {code: kind.usual(role_of(world.ezz.actor)) for code, kind in KINDS.items()}


def test_what_is_chosen_is_kept_and_shown_again(world: SimpleNamespace, ezz: Client) -> None:
    chosen = {"mentions-mail": "weekly", "replies-shown": None, "places-push": "on", "digest_at": "06:15", "weekend": "6,7", "quiet": None}
    assert ezz.post(PATH, sent(ezz, **chosen)).status_code == 302
    assert kept(world).choices == {"mentions": {"mail": "weekly"}, "replies": {"shown": False}, "places": {"push": True}}
    assert (kept(world).digest_at, kept(world).weekend, kept(world).quiet) == (time(6, 15), "6,7", False)
    again = sent(ezz)
    assert (again["mentions-mail"], "replies-shown" in again, again["places-push"], again["digest_at"]) == ("weekly", False, "on", "06:15")


def test_what_is_fixed_stays_whatever_is_sent(world: SimpleNamespace, ezz: Client) -> None:
    page = ezz.get(PATH).content.decode()
    names = {f"{code}-{channel}" for code, kind in KINDS.items() for channel in kind.fixed}
    assert names
    assert [name for name in names if f'name="{name}"' in page] == []
    assert set(FIXED) == {code for code, kind in KINDS.items() if kind.fixed}
    english = ezz.get("/en/settings/notices/").content.decode()
    with override("en"):
        assert [str(why) for why in FIXED.values() if str(why) not in english] == []
    assert ezz.post(PATH, sent(ezz, **dict.fromkeys(names, "now"))).status_code == 302
    assert kept(world).choices == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("newsletter-mail", "weekly"),
        ("mentions-mail", "hourly "),
        ("mentions-mail", "x"),
        ("digest_at", "25:00"),
        ("digest_at", ""),
        ("weekend", "1,2"),
    ],
)
def test_what_is_not_offered_comes_back_with_the_same_form(name: str, value: str, world: SimpleNamespace, ezz: Client) -> None:
    answer = ezz.post(PATH, sent(ezz, **{name: value, "replies-mail": "weekly"}))
    html = answer.content.decode()
    assert (answer.status_code, "data-errors" in html) == (422, True)
    [form] = [form for form in forms_of(html, PATH) if "digest_at" in form.fields]
    assert form.fields["replies-mail"] == "weekly"
    assert not Preferences.objects.filter(user=world.ezz.user).exclude(choices={}).exists()


@pytest.mark.parametrize("name", list(wishes.PRESETS))
def test_a_preset_fills_the_grid_and_the_usual_forgets_every_choice(name: str, world: SimpleNamespace, ezz: Client) -> None:
    ezz.post(PATH, sent(ezz, **{"mentions-mail": "weekly"}))
    assert 'aria-pressed="true"' not in ezz.get(PATH).content.decode()
    assert ezz.post("/settings/notices/preset/", {"preset": name}).status_code == 302
    assert kept(world).choices == wishes.preset(name, role_of(world.ezz.actor))
    assert ezz.get(PATH).content.decode().count('aria-pressed="true"') == 1
    for odd in ("", "x", "__class__"):
        assert ezz.post("/settings/notices/preset/", {"preset": odd}).status_code == 302
    assert kept(world).choices == wishes.preset(name, role_of(world.ezz.actor))


def test_what_is_switched_off_leaves_inbox_and_bell_at_once(world: SimpleNamespace, client: Client) -> None:
    topic = topic_in(world, world.board)
    reply_to(world, topic)
    tell()
    client.force_login(world.carmen.user)
    assert client.get("/notices/count/").json() == {"count": 1}
    client.post(PATH, sent(client, **{"replies-shown": None}))
    assert client.get("/notices/count/").json() == {"count": 0}
    reply_to(world, topic)
    tell()
    assert set(Notice.objects.filter(recipient=world.carmen.user).values_list("shown", flat=True)) == {False}


def test_a_paused_address_is_said_with_its_reason_and_the_way_back(world: SimpleNamespace, ezz: Client) -> None:
    row = actions.preferences_of(world.ezz.user)
    Preferences.objects.filter(pk=row.pk).update(paused_at=timezone.now(), paused_because="550 <b>no such box", bounces=5)
    page = ezz.get(PATH).content.decode()
    assert ("550 &lt;b&gt;no such box" in page, 'action="/settings/notices/resume/"' in page) == (True, True)
    ezz.post("/settings/notices/resume/")
    assert (kept(world).paused_at, kept(world).paused_because, kept(world).bounces) == (None, "", 0)
    assert 'action="/settings/notices/resume/"' not in ezz.get(PATH).content.decode()


def test_each_frequency_says_what_it_will_do_and_the_page_when_the_next_digest_comes(ezz: Client) -> None:
    with_words = ezz.get("/en/settings/notices/").content.decode()
    assert with_words.count("<dt>") == 5
    assert "The next one comes" in with_words
    assert "/en/notices/digest/" in with_words
