"""A device is told for whoever is signed in there, and for nobody else after them: every door by which a session ends or changes."""

from __future__ import annotations

import base64
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from notices.actions import devices as actions
from notices.models import Device
from profiles import actions as profiles
from tests.cast import Person
from tests.profiles.test_accounts import PASSWORD, sign_in, with_password


def address(name: str = "one") -> dict[str, str]:
    point = (
        ec.derive_private_key(7, ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    keys = (base64.urlsafe_b64encode(raw).rstrip(b"=").decode() for raw in (point, b"0123456789abcdef"))
    return {"endpoint": f"https://fcm.googleapis.com/fcm/send/{name}", **dict(zip(("p256dh", "auth"), keys, strict=True))}


@pytest.fixture
def browser(world: SimpleNamespace) -> Client:
    """Basel's, signed in by the real door, which shows notices."""
    client = Client()
    sign_in(client, with_password(world.basel.user))
    assert client.post("/devices/", {**address(), "label": "Firefox, Linux"}).status_code == 200
    return client


def shown() -> dict[str, str]:
    """address → whose, where a session is alive."""
    alive = set(Session.objects.values_list("pk", flat=True))
    return {held.endpoint.rsplit("/", 1)[1]: held.user.page.handle or "" for held in Device.objects.all() if held.session in alive}


def sign_out(client: Client, who: Person) -> None:
    client.post("/ar/accounts/logout/")


def sign_out_everywhere(client: Client, who: Person) -> None:
    other = Client()
    sign_in(other, who.user)
    other.post("/settings/sessions/end/")


def sign_out_elsewhere(client: Client, who: Person) -> None:
    other = Client()
    sign_in(other, who.user)
    other.post("/ar/accounts/sessions/")


def suspend(client: Client, who: Person) -> None:
    sami = next(user for user in type(who.user).objects.all() if user.email.startswith("sami"))
    profiles.suspend(Person(user=sami).actor, who.user)


def change_the_password_elsewhere(client: Client, who: Person) -> None:
    other, new = Client(), "نخلتان وبئر قديمة"
    sign_in(other, who.user)
    assert other.post("/ar/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302


@pytest.mark.parametrize("how", [sign_out, sign_out_everywhere, sign_out_elsewhere, suspend, change_the_password_elsewhere])
def test_whoever_is_signed_out_is_told_there_no_more(world: SimpleNamespace, browser: Client, how: Any) -> None:
    assert shown() == {"one": "basel"}
    how(browser, world.basel)
    assert not Device.objects.exists()


def test_signing_out_elsewhere_keeps_the_browser_one_does_it_in(world: SimpleNamespace, browser: Client) -> None:
    sign_in(Client(), world.basel.user)
    browser.post("/ar/accounts/sessions/")
    assert shown() == {"one": "basel"}


def test_who_chooses_a_new_password_goes_on_being_told_where_it_was_chosen(world: SimpleNamespace, browser: Client) -> None:
    other, new = Client(), "نخلتان وبئر قديمة"
    sign_in(other, world.basel.user)
    other.post("/devices/", address("other"))
    before = browser.session.session_key
    browser.post("/ar/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert browser.session.session_key != before
    assert shown() == {"one": "basel"}


def test_the_next_person_in_the_same_browser_ends_what_the_first_was_told(world: SimpleNamespace, browser: Client) -> None:
    """Also where the first one did not sign out: their session ended by itself."""
    SessionStore(browser.session.session_key).delete()
    sign_in(browser, with_password(world.carmen.user))
    assert not Device.objects.exists()


def test_who_comes_back_to_the_same_browser_is_told_again(world: SimpleNamespace, browser: Client) -> None:
    """Their session ended by itself meanwhile; nobody signed out."""
    before = browser.session.session_key
    SessionStore(before).delete()
    assert shown() == {}
    sign_in(browser, world.basel.user)
    assert browser.session.session_key != before
    assert shown() == {"one": "basel"}


def test_a_browser_that_goes_on_says_so_but_does_not_come_back_by_itself(world: SimpleNamespace, browser: Client) -> None:
    again = {**address("two"), "before": address()["endpoint"], "again": "1"}
    assert browser.post("/devices/", again).status_code == 200  # its push service gave it another address
    assert shown() == {"two": "basel"}
    stranger = Client()
    stranger.force_login(world.carmen.user)
    assert stranger.post("/devices/", again).status_code == 410
    assert shown() == {"two": "basel"}
    browser.post(f"/devices/{Device.objects.get().pk}/end/")
    assert browser.post("/devices/", again).status_code == 410
    assert not Device.objects.exists()


def test_a_browser_has_one_address(world: SimpleNamespace, browser: Client) -> None:
    browser.post("/devices/", address("two"))
    assert shown() == {"two": "basel"}


def test_the_twenty_first_device_ends_the_oldest(world: SimpleNamespace) -> None:
    for number in range(21):
        given = address(str(number))
        actions.subscribe(world.basel.actor, session=f"s{number}", **given)
        Device.objects.filter(endpoint=given["endpoint"]).update(since=timezone.now() + timedelta(minutes=number - 60))
    assert sorted(held.endpoint.rsplit("/", 1)[1] for held in Device.objects.all()) == sorted(map(str, range(1, 21)))


def test_a_browser_to_which_nobody_came_back_is_forgotten(world: SimpleNamespace, browser: Client) -> None:
    asleep = actions.subscribe(world.carmen.actor, session="ended", **address("asleep"))
    gone = actions.subscribe(world.ezz.actor, session="ended too", **address("gone"))
    long_ago = timezone.now() - timedelta(days=61)
    Device.objects.exclude(pk=asleep.pk).update(since=long_ago)
    actions.sweep()
    assert not Device.objects.filter(pk=gone.pk).exists()
    assert Device.objects.count() == 2


def test_a_worker_is_given_the_key_and_the_proof_and_a_stranger_nothing(world: SimpleNamespace, browser: Client) -> None:
    told = browser.get("/devices/").json()
    assert sorted(told) == ["key", "token"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    token = strict.get("/devices/").json()["token"]
    assert strict.post("/devices/", address()).status_code == 403
    assert strict.post("/devices/", address(), headers={"x-csrftoken": token}).status_code == 200
    assert Client().get("/devices/").status_code == 302
