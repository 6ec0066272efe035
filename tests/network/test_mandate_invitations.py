"""A mandate offered by mail: one link, one use, fourteen days, one address; and nobody learns whose address has an account."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from network.permissions import can
from network.spaces import actions
from network.spaces.actions.invitations import invitation_of
from network.spaces.models import Mandate, MandateInvitation
from notices.models import Mail, Notice
from notices.subscribers import notify
from tests.cast import mandate

PAGE = "/en/institutions/natcom-tn/mandates/"
FORM = {
    "address": "Ezz@Example.org",
    "title": "Liaison officer",
    "network": "platform",
    "scope": "",
    "until_day": "",
    "message": "",
    "language": "en",
}


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    """Mail waits in its own rows, as it does outside of tests."""
    settings.EMAIL_BACKEND = "notices.mail.outbox.Backend"


def link_in(mail: Mail) -> str:
    found = re.search(r"https?://[^/\s]+(/\w\w/invitations/mandates/\S+/)", mail.about["text"])
    assert found is not None
    return found[1]


def offered(w: SimpleNamespace, **fields: Any) -> tuple[MandateInvitation, str]:
    """An invitation by haytham, and the path in its mail."""
    given = {"address": "ezz@example.org", "title": "Liaison officer", "language": "en", **fields}
    made = actions.invite_by_mail(w.haytham.actor, w.natcom_tn, given.pop("address"), **given)
    return made, link_in(Mail.objects.latest("pk"))


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_from_the_form_to_the_mandate(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.haytham.user)
    assert client.get(f"{PAGE}invitation/").status_code == 200
    assert client.post(f"{PAGE}invitation/", FORM | {"message": "Welcome <b>"}).headers["Location"] == PAGE
    assert "ezz@example.org" in client.get(PAGE).content.decode()
    mail = Mail.objects.get()
    assert (mail.address, "Liaison officer" in mail.about["text"], "Welcome <b>" in mail.about["text"]) == ("ezz@example.org", True, True)
    link = link_in(mail)
    ezz = Client()
    assert "Sign in with the address this mail came to" in words(ezz.get(link))
    assert "/accounts/login/" in ezz.post(link).headers["Location"]
    ezz.force_login(world.ezz.user)
    assert "Accept the mandate" in words(ezz.get(link))
    assert ezz.post(link).headers["Location"] == "/en/institutions/natcom-tn/"
    made = Mandate.objects.get(user=world.ezz.user)
    assert (made.entity_id, made.title, made.scope, made.from_day, made.named_by_id) == (
        world.natcom_tn.pk, "Liaison officer", "country", made.local_day(timezone.now()), world.haytham.user.pk,
    )  # fmt: skip
    assert can(world.ezz.actor, "entity.speak", world.natcom_tn)
    assert "You accepted this invitation." in words(ezz.get(link))
    assert ezz.post(link).status_code == 422  # used
    assert Mandate.objects.filter(user=world.ezz.user).count() == 1
    from network.activity.models import Activity  # noqa: PLC0415 -- only here

    notify(Activity.objects.get(verb="accepted_mandate"))
    assert list(Notice.objects.filter(reason="taken_up").values_list("recipient", flat=True)) == [world.haytham.user.pk]


def test_only_a_hash_of_the_link_is_kept(world: SimpleNamespace) -> None:
    made, link = offered(world)
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(MandateInvitation.objects.filter(pk=made.pk).values())
    from network.activity.models import Activity  # noqa: PLC0415 -- only here

    assert all(token not in str(data) for data in Activity.objects.values_list("data", flat=True))
    found = invitation_of(token)
    assert found is not None
    assert found.pk == made.pk
    assert invitation_of(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert invitation_of("x") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "This invitation has expired"),
        ({"revoked_at": timezone.now()}, "This invitation was taken back"),
    ],
)
def test_a_dead_link_says_why_and_what_to_do(world: SimpleNamespace, client: Client, change: dict[str, Any], sentence: str) -> None:
    made, link = offered(world)
    MandateInvitation.objects.filter(pk=made.pk).update(**change)
    for person in (None, world.ezz):
        if person is not None:
            client.force_login(person.user)
        page = words(client.get(link))
        assert sentence in page
        assert "Ask whoever sent it" in page
    assert client.post(link).status_code == 422
    assert not Mandate.objects.filter(user=world.ezz.user).exists()


def test_it_is_valid_for_fourteen_days(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _link = offered(world)
    assert made.expires_at - made.sent_at == timedelta(days=14)
    moment = made.expires_at
    monkeypatch.setattr(timezone, "now", lambda: moment - timedelta(seconds=1))
    assert made.is_open
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert made.state == "expired"


def test_another_account_is_told_in_words_and_learns_no_address(world: SimpleNamespace, client: Client) -> None:
    _made, link = offered(world)
    client.force_login(world.rania.user)
    page = words(client.get(link))
    assert "You are signed in as" in page
    assert "e…@example.org" in page
    assert "ezz@example.org" not in page
    assert "Accept the mandate" not in page
    assert client.post(link).status_code == 403
    assert not Mandate.objects.filter(user=world.rania.user).exists()


def test_an_unknown_or_cut_link_is_told_in_words(world: SimpleNamespace, client: Client) -> None:
    _made, link = offered(world)
    for path in (link[:-5] + "/", "/en/invitations/mandates/nothing/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This link opens nothing" in words(answer)


def test_nobody_learns_whether_an_address_has_an_account(world: SimpleNamespace, client: Client) -> None:
    """The inviter's answers and the mail are the same for a colleague, a stranger and a suspended account, but for the address."""
    client.force_login(world.haytham.user)
    pages, mails = [], []
    for address in ("ezz@example.org", "stranger@example.net", "suspended@example.org"):
        answer = client.post(f"{PAGE}invitation/", FORM | {"address": address})
        assert answer.status_code == 302
        page = client.get(PAGE).content.decode()
        pages.append(
            re.sub(
                r"invitations/\d+|csrf\w+. value=.\w+|<time.*?</time>", "", page.split('id="invitations"')[1].split("</table>")[0]
            ).replace(address, "X")
        )
        mail = Mail.objects.latest("pk")
        mails.append((mail.user_id, mail.about["text"].replace(link_in(mail), "LINK"), mail.about["subject"]))
        visitor = Client().get(link_in(mail))
        assert ("Sign in" in words(visitor), "Sign up" in words(visitor)) == (True, True)
        MandateInvitation.objects.all().delete()
    assert pages[0] == pages[1] == pages[2]
    assert mails[0] == mails[1] == mails[2]


def test_sent_again_the_old_link_dies(world: SimpleNamespace, client: Client) -> None:
    made, old = offered(world)
    MandateInvitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    client.force_login(world.haytham.user)
    assert client.post(f"{PAGE}invitations/{made.pk}/again/").status_code == 302
    new = link_in(Mail.objects.latest("pk"))
    ezz = Client()
    ezz.force_login(world.ezz.user)
    assert (ezz.post(old).status_code, ezz.post(new).status_code) == (404, 302)
    with pytest.raises(ValidationError):
        actions.resend_invitation(world.haytham.actor, made)


def test_asked_for_twice_it_is_one(world: SimpleNamespace) -> None:
    first, old = offered(world)
    second, _new = offered(world, title="Coordinator")
    assert (first.pk, second.sent_count, second.title) == (second.pk, 2, "Coordinator")
    assert MandateInvitation.objects.count() == 1
    other, _link = offered(world, network="schools")
    assert other.pk != first.pk
    assert invitation_of(old.rstrip("/").rsplit("/", 1)[1]) is None


def test_taken_back_it_opens_nothing(world: SimpleNamespace, client: Client) -> None:
    made, link = offered(world)
    client.force_login(world.haytham.user)
    assert client.post(f"{PAGE}invitations/{made.pk}/end/").status_code == 302
    assert client.post(f"{PAGE}invitations/{made.pk}/end/").status_code == 302  # quiet
    assert "ezz@example.org" not in client.get(PAGE).content.decode()
    client.force_login(world.ezz.user)
    assert client.post(link).status_code == 422


def test_what_was_accepted_is_ended_not_taken_back(world: SimpleNamespace) -> None:
    made, _link = offered(world)
    actions.accept_mandate(world.ezz.actor, made)
    with pytest.raises(ValidationError):
        actions.revoke_invitation(world.haytham.actor, made)


def test_an_inviter_who_left_gives_nothing_away(world: SimpleNamespace, client: Client) -> None:
    _made, link = offered(world)
    actions.end_mandate(world.sami.actor, Mandate.objects.get(user=world.haytham.user))
    client.force_login(world.ezz.user)
    answer = client.post(link)
    assert answer.status_code == 422
    assert "may no longer name representatives there" in words(answer)
    assert not Mandate.objects.filter(user=world.ezz.user).exists()
    new_head = mandate(world.mona, world.natcom_tn, head=True)
    actions.rights_changed([new_head.user_id])
    actions.resend_invitation(world.mona.actor, MandateInvitation.objects.get())
    assert client.post(link_in(Mail.objects.latest("pk"))).status_code == 302


def test_a_head_offers_no_headship_and_no_field(world: SimpleNamespace) -> None:
    for fields in ({"is_head": True}, {"scope": "field"}):
        with pytest.raises(PermissionDenied):
            actions.invite_by_mail(world.haytham.actor, world.natcom_tn, "x@example.org", title="x", **fields)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        actions.invite_by_mail(world.carmen.actor, world.natcom_tn, "x@example.org", title="x")
    made = actions.invite_by_mail(world.carmen.actor, world.school, "ezz@example.org", title="Director", is_head=True)
    assert actions.accept_mandate(world.ezz.actor, made).is_head


def test_a_suspended_account_accepts_nothing(world: SimpleNamespace) -> None:
    made, _link = offered(world, address="suspended@example.org")
    with pytest.raises(PermissionDenied):
        actions.accept_mandate(world.suspended.actor, made)


def test_invitations_and_links_are_counted(world: SimpleNamespace, client: Client, settings: Any) -> None:
    _made, link = offered(world)
    settings.RATES = settings.RATES | {"invite": (1, 86_400), "invitation": (2, 3_600)}
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 429]
    client.force_login(world.haytham.user)
    assert [client.post(f"{PAGE}invitation/", FORM | {"address": f"{n}@example.org"}).status_code for n in range(2)] == [302, 429]


def test_who_sees_pending_invitations(world: SimpleNamespace, client: Client) -> None:
    offered(world, address="somebody@example.net")
    client.force_login(world.carmen.user)  # works there, names nobody
    assert "somebody@example.net" not in client.get(PAGE).content.decode()
    client.force_login(world.sami.user)
    assert "somebody@example.net" in client.get(PAGE).content.decode()
