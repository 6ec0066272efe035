"""What a member chooses about notices is kept, holds at once, and what may not be chosen is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from notices import wishes
from notices.actions import preferences as actions
from notices.kinds import FIXED, KINDS, role_of
from notices.models import Preferences
from tests.house.test_bad_input import forms_of

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


def test_a_paused_address_is_said_with_its_reason_and_the_way_back(world: SimpleNamespace, ezz: Client) -> None:
    row = actions.preferences_of(world.ezz.user)
    Preferences.objects.filter(pk=row.pk).update(paused_at=timezone.now(), paused_because="550 <b>no such box", bounces=5)
    page = ezz.get(PATH).content.decode()
    assert ("550 &lt;b&gt;no such box" in page, 'action="/settings/notices/resume/"' in page) == (True, True)
    ezz.post("/settings/notices/resume/")
    assert (kept(world).paused_at, kept(world).paused_because, kept(world).bounces) == (None, "", 0)
    assert 'action="/settings/notices/resume/"' not in ezz.get(PATH).content.decode()
