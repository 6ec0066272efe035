"""The doors of mail: a mail server that hands over, a pipe, a mailbox that is asked, and a mail service that tells. All lead to one place."""

from __future__ import annotations

import base64
import io
import json
import smtplib
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from forums.models import Post, Topic
from notices.mail import fetching, hooks
from notices.mail.listening import Listener
from notices.mail.reply_address import reply_address
from notices.models import Incoming, Preferences
from tests.cast import topic_in
from tests.notices.conftest import mail
from tests.notices.support import free_port

pytestmark = pytest.mark.usefixtures("takes_mail")


# --- A mail server -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lmtp", [False, True], ids=["SMTP", "LMTP"])
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hands_over_and_only_for_addresses_of_ours(world: SimpleNamespace, lmtp: bool) -> None:
    topic = topic_in(world, world.board)
    listener = Listener("127.0.0.1", free_port(), lmtp=lmtp)
    listener.start()
    try:
        line = (smtplib.LMTP if lmtp else smtplib.SMTP)("127.0.0.1", listener.port)
        message = mail(reply_address(world.basel.user.pk, topic.stream), by="basel@example.org")
        line.sendmail("basel@example.org", [message["To"]], message.as_bytes())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail("basel@example.org", ["anybody@in.multaqa.example"], message.as_bytes())
        line.quit()
    finally:
        listener.stop()
    assert Post.objects.get(number=2).author == world.basel.user


@pytest.mark.django_db(transaction=True)
def test_one_mail_may_come_from_a_pipe(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = topic_in(world, world.board)
    raw = mail(reply_address(world.basel.user.pk, topic.stream), by="basel@example.org").as_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("receive")
    assert Post.objects.get(number=2).author == world.basel.user


@pytest.mark.django_db(transaction=True)
def test_lmtp_answers_once_for_each_recipient(world: SimpleNamespace) -> None:
    """A mail server waits for so many answers; with fewer it hangs, and brings the mail again and again."""
    topic = topic_in(world, world.board)
    listener = Listener("127.0.0.1", free_port(), lmtp=True)
    listener.start()
    try:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as line:
            said = line.makefile("rwb")

            def ask(words: str, answers: int = 1) -> list[str]:
                said.write(f"{words}\r\n".encode())
                said.flush()
                heard: list[str] = []
                while len(heard) < answers:
                    answer = said.readline().decode()
                    heard += [answer[:3]] if answer[3:4] == " " else []
                return heard

            said.readline()
            ask("LHLO mx")
            ask("MAIL FROM:<basel@example.org>")
            address = reply_address(world.basel.user.pk, topic.stream)
            assert [ask(f"RCPT TO:<{one}>") for one in (address, address.upper())] == [["250"], ["250"]]
            assert ask("DATA") == ["354"]
            raw = mail(address, by="basel@example.org").as_string().replace("\n", "\r\n")
            assert ask(f"{raw}\r\n.", answers=2) == ["250", "250"]
            assert ask("QUIT") == ["221"]
    finally:
        listener.stop()
    assert Post.objects.filter(number=2).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("a mistake of ours")])
def test_what_cannot_be_taken_in_comes_again(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(raw: bytes, recipients: object = ()) -> Incoming:
        raise error

    topic = topic_in(world, world.board)
    message = mail(reply_address(world.basel.user.pk, topic.stream), by="basel@example.org")
    listener = Listener("127.0.0.1", free_port())
    listener.start()
    try:
        line = smtplib.SMTP("127.0.0.1", listener.port)
        with monkeypatch.context() as patched:
            patched.setattr("notices.mail.listening.receive", fails)
            with pytest.raises(smtplib.SMTPDataError) as refused:
                line.sendmail("basel@example.org", [message["To"]], message.as_bytes())
        assert (refused.value.smtp_code, Post.objects.filter(number=2).count()) == (451, 0)
        line.sendmail("basel@example.org", [message["To"]], message.as_bytes())
        line.quit()
    finally:
        listener.stop()
    assert Post.objects.filter(number=2).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_is_too_large_is_not_taken_to_its_end(world: SimpleNamespace, settings: Any) -> None:
    settings.MAIL_IN_MAX_BYTES = 20_000
    message = mail(reply_address(world.basel.user.pk, topic_in(world, world.board).stream), "word\n" * 10_000, by="basel@example.org")
    listener = Listener("127.0.0.1", free_port())
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port) as line, pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) as refused:
            line.sendmail("basel@example.org", [message["To"]], message.as_bytes())
        assert refused.value.smtp_code == 552
    finally:
        listener.stop()
    assert Post.objects.filter(number=2).count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_pipe_ends_with_what_its_mail_server_understands(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    address = reply_address(world.basel.user.pk, topic_in(world, world.board).stream)
    raw = mail("somebody@example.org", by="basel@example.org").as_bytes()

    def pipe(*recipients: str) -> object:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            call_command("receive", *recipients)
        except SystemExit as end:
            return end.code
        return 0

    assert pipe("anybody@in.multaqa.example") == 67
    with monkeypatch.context() as patched:
        patched.setattr("notices.mail.listening.receive", lambda *a, **k: 1 / 0)
        assert pipe(address) == 75
    assert (pipe(address), Post.objects.filter(number=2).count()) == (0, 1)


# --- A mailbox ---------------------------------------------------------------------------------------------------------------


class Box(socketserver.ThreadingTCPServer):
    """As much of an IMAP server as a mailbox needs: mails by number, their flags, and a folder to put them in."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, mails: list[bytes]) -> None:
        self.mails = dict(enumerate(mails, 1))
        self.seen: set[int] = set()
        self.moved: list[bytes] = []
        self.folders = {"INBOX"}
        super().__init__(("127.0.0.1", 0), _Line)


class _Line(socketserver.StreamRequestHandler):
    server: Box

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, rest = line.partition(" ")
            command = rest.upper()
            if command.startswith("LIST"):
                for folder in sorted(self.server.folders):
                    if folder in rest or "*" in rest:
                        self.say(f'* LIST () "/" "{folder}"')
            elif command.startswith("CREATE"):
                self.server.folders.add(rest.split()[-1].strip('"'))
            elif command.startswith("SELECT"):
                self.say(f"* {len(self.server.mails)} EXISTS")
            elif command.startswith("UID SEARCH"):
                self.say("* SEARCH " + " ".join(str(uid) for uid in self.server.mails if uid not in self.server.seen))
            elif command.startswith("UID FETCH"):
                uid = int(rest.split()[2])
                raw = self.server.mails[uid]
                self.wfile.write(
                    f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
                )
            elif command.startswith("UID STORE"):
                self.server.seen.add(int(rest.split()[2]))
            elif command.startswith("UID MOVE") or command.startswith("UID COPY"):
                self.server.moved.append(self.server.mails[int(rest.split()[2])])
            elif command.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4REV1")
            elif command.startswith("LOGOUT"):
                self.say("* BYE")
                self.say(f"{tag} OK")
                return
            self.say(f"{tag} OK done")


@pytest.fixture
def box(world: SimpleNamespace, topic: Topic, settings: Any) -> Iterator[Box]:
    settings.MAIL_IN_DOMAIN = "in.multaqa.example"
    address = reply_address(world.basel.user.pk, topic.stream)
    server = Box([mail(address, f"جواب {n}", by="basel@example.org").as_bytes() for n in (1, 2)])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_TLS = "127.0.0.1", server.server_address[1], False
    settings.IMAP_USER = settings.IMAP_PASSWORD = "multaqa"
    yield server
    server.shutdown()
    server.server_close()


def test_a_mailbox_is_emptied_into_the_topic_once(world: SimpleNamespace, topic: Topic, box: Box) -> None:
    assert fetching.fetch() == 2
    assert fetching.fetch() == 0
    assert list(topic.posts.filter(number__gt=2).values_list("text", flat=True)) == ["جواب 1", "جواب 2"]
    assert len(box.moved) == 2
    assert fetching.DONE in box.folders


def test_a_mail_at_which_we_fail_does_not_stand_before_the_others(
    world: SimpleNamespace, topic: Topic, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first = fetching.receive, box.mails[1]

    def fails_once(raw: bytes) -> Incoming:
        if raw == first:
            raise RuntimeError("a mistake of ours")
        return real(raw)

    monkeypatch.setattr(fetching, "receive", fails_once)
    assert fetching.fetch() == 1
    assert fetching.fetch() == 0
    assert topic.posts.filter(number__gt=2).count() == 1


def test_while_the_database_is_away_the_mail_stays_in_the_mailbox(
    world: SimpleNamespace, topic: Topic, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(raw: bytes) -> Incoming:
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "receive", away)
        with pytest.raises(OperationalError):
            fetching.fetch()
    assert (box.seen, box.moved) == (set(), [])
    assert fetching.fetch() == 2


# --- Webhooks ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def service(settings: Any, client: Client) -> Client:
    settings.ROOT_URLCONF, settings.MAIL_IN_DOMAIN = "tests.notices.urls_anymail", "in.multaqa.example"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "multaqa:secret"}
    hooks.connect()
    return client


def proof(words: str = "multaqa:secret") -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(words.encode()).decode()}"}


def test_a_mail_service_hands_on_what_came(world: SimpleNamespace, topic: Topic, service: Client) -> None:
    message = mail(reply_address(world.basel.user.pk, topic.stream), "من خدمة البريد", by="basel@example.org")
    body = json.dumps(
        {"FromFull": {"Email": "basel@example.org"}, "RawEmail": message.as_string(), "OriginalRecipient": message["To"], "Headers": []}
    )
    path = "/anymail/postmark/inbound/"
    assert service.post(path, body, content_type="application/json").status_code >= 400  # without the secret
    assert service.post(path, body, content_type="application/json", **proof("multaqa:guess")).status_code >= 400
    assert Incoming.objects.count() == 0
    assert service.post(path, body, content_type="application/json", **proof()).status_code == 200
    assert topic.posts.last().text == "من خدمة البريد"


def test_a_report_handed_on_is_not_answered(world: SimpleNamespace, topic: Topic, service: Client) -> None:
    message = mail(reply_address(world.basel.user.pk, topic.stream), "Out of office", by="somebody@example.net")
    headers = [{"Name": "Return-Path", "Value": "<>"}]
    body = json.dumps({"FromFull": {}, "RawEmail": message.as_string(), "OriginalRecipient": message["To"], "Headers": headers})
    service.post("/anymail/postmark/inbound/", body, content_type="application/json", **proof())
    assert Incoming.objects.get().outcome == Incoming.Outcome.IGNORED


def test_a_mail_service_tells_what_did_not_arrive(world: SimpleNamespace, service: Client) -> None:
    def tell(record: str, kind: str, email: str) -> None:
        said = {"RecordType": record, "Type": kind, "Email": email, "BouncedAt": "2026-11-25T10:00:00Z", "MessageID": "x", "ID": 1}
        answer = service.post("/anymail/postmark/tracking/", json.dumps(said), content_type="application/json", **proof())
        assert answer.status_code == 200

    tell("Bounce", "HardBounce", "EZZ@example.org")
    tell("SpamComplaint", "SpamComplaint", "basel@example.org")
    tell("Bounce", "Transient", "carmen@example.org")
    tell("Bounce", "HardBounce", "nobody@example.org")
    paused = Preferences.objects.filter(paused_at__isnull=False).values_list("user__email", flat=True)
    assert sorted(paused) == ["basel@example.org", "ezz@example.org"]
