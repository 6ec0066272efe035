"""The account in real Chromium: passkeys under our content policy, without script too, and within reach of everybody."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests.profiles.test_accounts import PASSWORD, with_password

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_passkey_is_made_and_opens_the_account_again(world: SimpleNamespace, browse: Callable[..., Page], server: str) -> None:
    user = with_password(world.carmen.user)
    here = server.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    page = browse(language="en")
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}}
    )
    page.goto(f"{here}/en/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button.button-primary")
    page.wait_for_url(f"{here}/ar/")
    page.goto(f"{here}/en/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button.button-primary")
    page.check("input[name=passwordless]")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/2fa/recovery-codes/")
    assert {row.type for row in Authenticator.objects.filter(user=user)} == {"webauthn", "recovery_codes"}
    page.goto(f"{here}/en/accounts/logout/")
    page.click("main form button")
    page.wait_for_url(f"{here}/*/")
    page.goto(f"{here}/en/accounts/login/")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{here}/ar/")
    page.goto(f"{here}/en/settings/")
    expect(page.locator("h1")).to_have_text("Settings")


@pytest.mark.shape("embedded")  # the browser alone refuses: once is enough
def test_a_refused_passkey_says_so_and_leaves_the_other_ways_open(world: SimpleNamespace, browse: Callable[..., Page], server: str) -> None:
    page = browse(language="en")
    page.goto(f"{server.replace('127.0.0.1', 'localhost')}/en/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }")
    page.click("form[data-passkey] button")
    expect(page.locator("[data-passkey-error]")).to_contain_text("The passkey was not used.")


def test_without_script_one_signs_up_and_in_all_the_same(world: SimpleNamespace, browse: Callable[..., Page]) -> None:
    user = with_password(world.carmen.user)
    page = browse(script=False, width=390)
    page.goto("/ar/accounts/login/")
    assert page.locator("form[data-passkey]").is_hidden()
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button.button-primary")
    page.wait_for_url("**/ar/")
    page.goto("/ar/settings/")
    page.click(".save-bar button")
    page.wait_for_url("**/ar/settings/")


@pytest.mark.shape("embedded")  # how pages look depends on neither database nor layer: once is enough
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_the_account_are_accessible(
    world: SimpleNamespace, browse: Callable[..., Page], accessible: Callable[[Page], Any], dark: bool
) -> None:
    visitor = browse(dark=dark)
    for path in ("accounts/login/", "accounts/signup/", "accounts/password/reset/", "people/"):
        visitor.goto(f"/ar/{path}")
        accessible(visitor)
    member = browse(world.carmen, dark=dark, width=390)
    own = world.carmen.user.pk
    for path in (
        "people/",
        f"people/{own}/",
        "profile/",
        "settings/",
        "settings/blocked/",
        "accounts/2fa/",
        "accounts/sessions/",
        "welcome/",
        "welcome/groups/",
    ):
        member.goto(f"/ar/{path}")
        accessible(member)
        assert member.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path
