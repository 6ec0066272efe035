"""Signing up, in and out; everything that opens and closes an account's doors."""

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from network.content import Audience
from profiles import actions
from profiles.models import User
from tests.profiles.mail import code_in, last_letter

PASSWORD = "ثلاث نخلات عالية"
pytestmark = pytest.mark.django_db


def sign_up(client: Client, **fields: Any) -> Any:
    language = fields.pop("language", "ar")
    data = {"name": "ليلى بن سالم", "email": "leila@example.org", "password1": PASSWORD, "adult": "on", **fields}
    return client.post(f"/{language}/accounts/signup/", {key: value for key, value in data.items() if value})


def with_password(user: User) -> User:
    """Someone of the cast who can sign in by password."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD, **data: str) -> Any:
    return client.post("/ar/accounts/login/", {"login": user.email, "password": password, **data})


def is_in(client: Client) -> bool:
    return client.get("/ar/settings/").status_code == 200


@pytest.fixture
def withdrawn(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[int]:
    """The people whose sockets were told to ask again."""
    heard: list[int] = []
    monkeypatch.setattr("network.live.withdraw", lambda user_id=None, space_id=None, stream=None: heard.append(user_id))
    return heard


# --- Signing up ---------------------------------------------------------------------------------------------------------------


def test_a_newcomer_signs_up_with_a_mailed_code_and_is_led_to_the_first_page(client: Client, db: None) -> None:
    answer = sign_up(client)
    assert answer.status_code == 302 and answer["Location"] == "/ar/accounts/confirm-email/"
    assert not is_in(client)
    page = client.get("/ar/accounts/confirm-email/")
    assert page.status_code == 200 and "leila@example.org" in page.content.decode()
    answer = client.post("/ar/accounts/confirm-email/", {"code": code_in(last_letter("leila@example.org"))})
    assert answer["Location"] == "/ar/welcome/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ar"
    user = User.objects.get(email="leila@example.org")
    assert (user.name, user.page.audience, user.language) == ("ليلى بن سالم", Audience.NETWORK, "ar")
    assert EmailAddress.objects.get(user=user).verified
    assert is_in(client)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"adult": ""}, "Accounts are for adults only"),
        ({"name": "\u202e\u200b"}, ""),
        ({"name": "..."}, "Write a name with letters."),
        ({"email": "no address"}, ""),
        ({"password1": "short"}, ""),
    ],
)
def test_a_wrong_sign_up_comes_back_filled_and_opens_no_account(client: Client, db: None, fields: dict[str, str], sentence: str) -> None:
    answer = sign_up(client, language="en", **fields)
    assert answer.status_code == 200 and answer.context["form"].errors
    text = answer.content.decode()
    assert sentence in text
    assert ("leila@example.org" in text) == ("email" not in fields)
    assert not User.objects.exists()


def test_nobody_signs_up_under_the_name_of_an_institution(client: Client, world: SimpleNamespace) -> None:
    world.natcom_tn.skeleton = actions.skeleton(world.natcom_tn.name_ar)
    world.natcom_tn.save()
    answer = sign_up(client, name="اللجنة  الوطنيّة التونسيه")
    assert answer.status_code == 200 and "name" in answer.context["form"].errors


def test_signing_up_twice_says_nothing_to_the_screen_and_writes_to_the_owner(client: Client, db: None) -> None:
    first = sign_up(client)
    mail.outbox.clear()
    cache.clear()  # one letter in ten seconds to an address
    second = sign_up(Client(), name="آخر")
    assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
    assert User.objects.count() == 1
    assert len(mail.outbox) == 1


# --- Signing in -----------------------------------------------------------------------------------------------------------------


def test_a_member_signs_in_by_password_and_reads_in_their_language(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    User.objects.filter(pk=user.pk).update(language="fr")
    before = client.session.session_key
    answer = sign_in(client, user)
    assert answer["Location"] == "/fr/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    assert client.session.session_key != before
    assert client.session["born"] and client.session["seen"]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    wrong = sign_in(client, user, "not this one")
    unknown = client.post("/ar/accounts/login/", {"login": "nobody@example.org", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert user.email in wrong.content.decode()


def test_a_member_signs_in_by_a_mailed_code(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    assert client.post("/ar/accounts/login/code/", {"email": user.email})["Location"] == "/ar/accounts/login/code/confirm/"
    assert client.get("/ar/accounts/login/code/confirm/").status_code == 200
    assert client.post("/ar/accounts/login/code/confirm/", {"code": "WRNG-CODE"}).status_code == 200
    client.post("/ar/accounts/login/code/confirm/", {"code": code_in(last_letter(user.email))})
    assert is_in(client)


def test_a_code_for_an_unknown_address_looks_the_same(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    known = Client().post("/ar/accounts/login/code/", {"email": user.email})
    unknown = client.post("/ar/accounts/login/code/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 2


def test_the_sixth_wrong_password_is_refused_even_when_it_is_right(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    for _turn in range(5):
        sign_in(client, user, "wrong wrong wrong")
    assert sign_in(client, user).status_code == 200
    assert not is_in(client)


def test_signing_up_too_often_is_answered_by_429_in_our_look(client: Client, db: None) -> None:
    for turn in range(5):
        sign_up(Client(), email=f"p{turn}@example.org")
    answer = sign_up(client, email="sixth@example.org")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert b"empty-state" in answer.content


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)", "http://localhost:99@evil.example/"]
)
def test_signing_in_never_leads_to_another_site(client: Client, world: SimpleNamespace, to: str) -> None:
    assert sign_in(client, with_password(world.carmen.user), next=to)["Location"] == "/ar/"


def test_signing_in_leads_back_to_where_one_was(client: Client, world: SimpleNamespace) -> None:
    assert sign_in(client, with_password(world.carmen.user), next="/ar/people/")["Location"] == "/ar/people/"


def test_a_suspended_person_is_told_so_and_stays_outside(client: Client, world: SimpleNamespace) -> None:
    answer = sign_in(client, with_password(world.suspended.user))
    assert answer["Location"] == "/ar/accounts/inactive/"
    assert client.get(answer["Location"]).status_code == 200
    assert not is_in(client)


# --- Second step ------------------------------------------------------------------------------------------------------------------


def totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_second_step_asks_for_the_code_of_the_app(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    sign_in(client, user)
    assert client.get("/ar/accounts/2fa/totp/activate/").status_code == 302  # asks for the password again
    client.post("/ar/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/ar/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/ar/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert client.post("/ar/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    codes = client.get("/ar/accounts/2fa/recovery-codes/")
    assert codes.status_code == 200 and len(codes.context["unused_codes"]) == 10

    other = Client()
    assert sign_in(other, user)["Location"] == "/ar/accounts/2fa/authenticate/"
    assert other.get("/ar/accounts/2fa/authenticate/").status_code == 200
    assert not is_in(other)
    assert other.post("/ar/accounts/2fa/authenticate/", {"code": "111111"}).status_code == 200
    other.post("/ar/accounts/2fa/authenticate/", {"code": codes.context["unused_codes"][0]})
    assert is_in(other)


def test_passkeys_offer_their_options_without_inline_script(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    door = client.get("/ar/accounts/login/").content.decode()
    assert 'data-behaviour="passkey"' in door and "<script>" not in door
    options = client.get("/ar/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]
    sign_in(client, user)
    client.post("/ar/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/ar/accounts/2fa/webauthn/add/")
    assert page.status_code == 200
    assert b'id="passkey-options" type="application/json"' in page.content
    assert b"data-allauth-onload" not in page.content
    assert client.post("/ar/accounts/2fa/webauthn/add/", {"name": "x", "credential": '{"bad": 1}'}).status_code == 200


# --- Password and address -----------------------------------------------------------------------------------------------------------


def test_a_forgotten_password_gets_the_same_answer_for_known_and_unknown(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    known = client.post("/ar/accounts/password/reset/", {"email": user.email})
    unknown = client.post("/ar/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert client.get(known["Location"]).status_code == 200
    link = next(word for word in last_letter(user.email).split() if "/password/reset/key/" in word)
    path = link.partition("testserver")[2]
    form = client.get(path, follow=True)
    assert form.status_code == 200
    new = "نخلتان وبئر قديمة"
    assert client.post(form.request["PATH_INFO"], {"password1": new, "password2": new}).status_code == 302
    assert not is_in(client)
    sign_in(client, user, new)
    assert is_in(client)
    assert Client().get(path, follow=True).context.get("token_fail") is True


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    client: Client, world: SimpleNamespace, withdrawn: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    user, other = with_password(world.carmen.user), Client()
    sign_in(client, user)
    sign_in(other, user)
    withdrawn.clear()
    new = "نخلتان وبئر قديمة"
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/ar/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert is_in(client) and not is_in(other)
    assert user.pk in withdrawn


def test_a_new_address_counts_only_after_its_code(client: Client, world: SimpleNamespace) -> None:
    user = with_password(world.carmen.user)
    sign_in(client, user)
    client.post("/ar/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/ar/accounts/email/", {"action_add": "1", "email": "new@example.org"})
    user.refresh_from_db()
    assert user.email == "carmen@example.org"
    client.post("/ar/accounts/confirm-email/", {"code": code_in(last_letter("new@example.org"))})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "primary", "verified")) == [("new@example.org", True, True)]


# --- Signing out -----------------------------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_before_the_sockets_are_told(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    user = with_password(world.carmen.user)
    sign_in(client, user)
    key, left = client.session.session_key, []
    monkeypatch.setattr("network.live.withdraw", lambda *args, **kwargs: left.append(client.session.exists(key)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/ar/accounts/logout/")
    assert left == [False]
    assert not is_in(client)


def test_signing_out_elsewhere_keeps_only_this_device(
    client: Client, world: SimpleNamespace, withdrawn: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    user, other = with_password(world.carmen.user), Client()
    sign_in(other, user)
    sign_in(client, user)
    assert client.get("/ar/accounts/sessions/").context["session_count"] == 2
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/ar/accounts/sessions/")
    assert is_in(client) and not is_in(other)
    assert user.pk in withdrawn


def test_signing_out_everywhere_means_here_too(client: Client, world: SimpleNamespace) -> None:
    user, other = with_password(world.carmen.user), Client()
    sign_in(other, user)
    sign_in(client, user)
    assert client.get("/settings/sessions/end/").status_code == 405
    assert client.post("/settings/sessions/end/").status_code == 302
    assert not is_in(client) and not is_in(other)
    assert not UserSession.objects.exists()


def test_suspending_closes_sessions_and_sockets_and_reinstating_does_not_open_them(
    client: Client, world: SimpleNamespace, withdrawn: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    user = with_password(world.carmen.user)
    sign_in(client, user)
    with django_capture_on_commit_callbacks(execute=True):
        actions.suspend(world.sami.actor, user)
    assert not is_in(client) and user.pk in withdrawn
    actions.reinstate(world.sami.actor, user)
    assert not is_in(client)
    sign_in(client, user)
    assert is_in(client)


# --- Every page of the library is in our look --------------------------------------------------------------------------------------------

DOORS = ["login/", "signup/", "login/code/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "inactive/"]
ROOMS = [
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "logout/",
]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("path", DOORS)
def test_every_door_is_in_our_look(client: Client, db: None, path: str, language: str) -> None:
    page = client.get(f"/{language}/accounts/{path}")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="door"' in text and f'lang="{language}"' in text
    assert " style=" not in text and "onclick" not in text


@pytest.mark.parametrize("path", ROOMS)
def test_every_page_of_the_account_is_in_our_look(client: Client, world: SimpleNamespace, path: str) -> None:
    sign_in(client, with_password(world.carmen.user))
    client.post("/ar/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(f"/ar/accounts/{path}")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="tabs"' in text and " style=" not in text and "data-allauth-onload" not in text


def test_an_administrator_has_a_page_like_everybody(client: Client, db: None) -> None:
    user = User.objects.create_superuser("root@example.org", PASSWORD)
    assert (user.name, user.page.handle, user.is_staff) == ("root", "root", True)
    client.force_login(user)
    assert client.get("/ar/profile/").status_code == 200


def test_a_handle_never_looks_like_an_institution_s(db: None) -> None:
    user = actions.open_account(User(email="x@example.org"), name="Natcom TN")
    assert user.page.handle == f"natcom-tn-{user.pk}"
    assert not user.has_usable_password()
