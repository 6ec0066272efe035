"""Bounces and complaints: believed where they know a secret of the mail, and then the address is paused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from notices.mail.incoming import receive
from notices.mail.reply_address import bounce_address, reply_address
from notices.models import Incoming, Mail, Preferences
from tests.cast import Person
from tests.notices.conftest import mail

pytestmark = pytest.mark.usefixtures("takes_mail")


def sent(who: Person, **fields: Any) -> Mail:
    return Mail.objects.create(key=f"notices:{who.user.pk}", kind="notices", user=who.user, address=who.user.email, state="sent", **fields)


def dsn(to: str, returned: str = "", *, action: str = "failed", status: str = "5.1.1", whom: str = "ezz@example.org") -> bytes:
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}.{action}.{len(returned)}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {whom}
Original-Recipient: rfc822;{whom}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{whom}>: no such user

--B
Content-Type: text/rfc822-headers

{returned or "Subject: Something"}

--B--
""".encode()


def arf(mail_headers: str, *, kind: str = "abuse", fields: str = "") -> bytes:
    return f"""From: <complaints@provider.example>
To: <multaqa@multaqa.example>
Subject: FW: Your digest
Message-ID: <{kind}{len(fields)}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--B
Content-Type: message/rfc822

{mail_headers}

The digest
--B--
""".encode()


def paused(who: Person) -> str | None:
    row = Preferences.objects.filter(user=who.user).first()
    return row.paused_because if row is not None and row.paused_at else None


def test_a_bounce_to_the_envelopes_address_pauses_the_address(world: SimpleNamespace) -> None:
    row = sent(world.ezz)
    raw = dsn(bounce_address(row.pk))
    assert receive(raw).outcome == receive(raw).outcome == "bounce"
    assert "no such user" in (paused(world.ezz) or "")
    row.refresh_from_db()
    assert "5.1.1" in row.last_error
    assert Preferences.objects.get(user=world.ezz.user).bounces == 1


def test_a_bounce_is_known_by_our_message_id_in_what_it_gives_back(world: SimpleNamespace) -> None:
    row = sent(world.ezz)
    returned = f"To: ezz@example.org\nMessage-ID: {row.message_id}\nSubject: Digest"
    assert receive(dsn("multaqa@multaqa.example", returned)).outcome == "bounce"
    assert paused(world.ezz) is not None


def test_a_bounce_that_knows_no_secret_pauses_nobody(world: SimpleNamespace) -> None:
    sent(world.ezz)
    returned = f"To: ezz@example.org\nMessage-ID: <{'0' * 32}@multaqa.example>"
    assert receive(dsn("multaqa@multaqa.example", returned)).outcome == "ignored"
    assert receive(dsn(f"bounce+{'a' * 48}@in.multaqa.example")).outcome == "ignored"
    assert paused(world.ezz) is None


def test_a_mail_that_is_only_late_or_arrived_pauses_nobody(world: SimpleNamespace) -> None:
    address = bounce_address(sent(world.ezz).pk)
    for action, status in (("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.1.9")):
        assert receive(dsn(address, action=action, status=status)).outcome == "ignored"
    assert not Preferences.objects.filter(user=world.ezz.user, bounces__gt=0).exists()


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1", "5.3.4"])
def test_a_full_box_or_a_filter_counts_and_does_not_pause_at_once(world: SimpleNamespace, status: str) -> None:
    address = bounce_address(sent(world.ezz).pk)
    for number in range(4):
        receive(dsn(address, "x" * number, status=status))
    assert (Preferences.objects.get(user=world.ezz.user).bounces, paused(world.ezz)) == (4, None)
    receive(dsn(address, "x" * 9, status=status))
    assert paused(world.ezz) is not None


def test_a_bounce_of_an_address_that_was_left_behind_pauses_nothing(world: SimpleNamespace) -> None:
    address = bounce_address(sent(world.ezz).pk)
    world.ezz.user.email = "ezz.new@example.org"
    world.ezz.user.save()
    assert receive(dsn(address)).outcome == "bounce"
    assert paused(world.ezz) is None


def test_i_am_away_is_no_bounce_though_it_goes_to_the_same_address(world: SimpleNamespace) -> None:
    address = bounce_address(sent(world.ezz).pk)
    away = mail(address, "I am away. My extension is 5.1.1", Auto_Submitted="auto-replied", Return_Path="<>")
    assert receive(away.as_bytes()).outcome == "ignored"
    assert paused(world.ezz) is None


def test_a_bounce_in_prose_counts(world: SimpleNamespace) -> None:
    address = bounce_address(sent(world.ezz).pk)
    words = "Hi. This is the qmail-send program at mx.example.org.\n<ezz@example.org>:\n550 5.1.1 User unknown\n"
    assert receive(mail(address, words, by="MAILER-DAEMON@mx.example.org").as_bytes()).outcome == "bounce"
    assert paused(world.ezz) is not None


@pytest.mark.parametrize("how", ["envelope", "message-id", "reply-to", "returned-envelope"])
def test_a_complaint_stops_all_mail_to_whoever_complained(world: SimpleNamespace, how: str) -> None:
    row = sent(world.ezz)
    headers = {
        "envelope": "Subject: Digest",
        "message-id": f"To: ezz@example.org\nMessage-ID: {row.message_id}",
        "reply-to": f"Reply-To: <{reply_address(world.ezz.user.pk, 'topic.1')}>",
        "returned-envelope": f"Return-Path: <{bounce_address(row.pk)}>",
    }[how]
    fields = f"Original-Mail-From: <{bounce_address(row.pk)}>" if how == "envelope" else ""
    assert receive(arf(headers, fields=fields)).outcome == "complaint"
    assert paused(world.ezz) == "complaint"


def test_what_is_no_complaint_or_knows_no_secret_stops_nothing(world: SimpleNamespace) -> None:
    row = sent(world.ezz)
    known = f"Return-Path: <{bounce_address(row.pk)}>"
    assert receive(arf(known, kind="not-spam")).outcome == "ignored"
    assert receive(arf(known, kind="auth-failure")).outcome == "ignored"
    assert receive(arf("To: ezz@example.org")).outcome == "ignored"
    assert paused(world.ezz) is None
    assert Incoming.objects.exclude(outcome="ignored").count() == 0
