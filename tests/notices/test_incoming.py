"""Mail that comes in: an answer lands in its place once, in the name of whoever wrote it, and nothing else in a mail opens a door."""

from __future__ import annotations

import io
import smtplib
import sys
import time
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail as sent
from django.core.management import call_command
from PIL import Image

from chat.models import Message
from forums import actions as forums
from forums.models import Post, Topic
from network.management.commands.receive import listening
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices.actions.incoming import receive
from notices.mail.reply_address import bounce_address, post_address, read, reply_address
from notices.mail.stripping import answer_of
from notices.models import Incoming, Mail, Notice, Preferences, SpaceMail
from profiles.models import User
from tests.cast import topic_in
from tests.chat.conftest import talk
from tests.notices.support import tell, work


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


PNG = _png()


@pytest.fixture(autouse=True)
def _takes_mail(settings: object) -> None:
    settings.MAIL_IN_DOMAIN = "in.multaqa.example"  # type: ignore[attr-defined]


def letter(sender: str, to: str, text: str = "أوافق على ما قلتم.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, headers.pop("subject", "Re: سؤال")
    message["Message-ID"] = headers.pop("message_id", f"<{time.monotonic_ns()}@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def come(message: EmailMessage) -> Incoming:
    return receive(message.as_bytes())


# --- Answers ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("أوافق.\n\nفي الأحد، 22 نوفمبر 2026 في 10:03 ص تمت كتابة ما يلي بواسطة عز <a@b>:\n\n> قديم", "أوافق."),
        ("D'accord.\n\nLe dim. 22 nov. 2026 à 10:03, Ezz <a@b> a écrit :\n\n> ancien", "D'accord."),
        ("Agreed.\n\nOn Sun, Nov 22, 2026 at 10:03 AM Ezz <a@b> wrote:\n> old", "Agreed."),
    ],
    ids=["ar", "fr", "en"],
)
def test_an_answer_stands_in_the_topic_once_under_its_writer(world: SimpleNamespace, topic: Topic, text: str, said: str) -> None:
    message = letter("Basel <BASEL@example.org>", reply_address(world.basel.user.pk, topic.stream), text)
    first, second = come(message), come(message)
    post = topic.posts.last()
    assert (post.author, post.text) == (world.basel.user, said)
    assert topic.posts.count() == 3
    assert (first.pk, first.outcome, first.path) == (second.pk, Incoming.Outcome.POSTED, post.path)
    tell()
    assert Notice.objects.filter(recipient=world.carmen.user, action_object_object_id=str(post.pk)).count() == 1


def test_an_answer_to_a_conversation_is_said_in_it(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    row = come(letter("ezz@example.org", reply_address(world.ezz.user.pk, several.stream), "نعم"))
    message = Message.objects.get(conversation=several, kind="text")
    assert (message.author, message.text, row.path) == (world.ezz.user, "نعم", message.path)


def test_a_mail_to_a_groups_address_opens_a_topic_where_the_group_allows_it(world: SimpleNamespace) -> None:
    address = post_address(world.ezz.user.pk, world.group.pk)
    refused = come(letter("ezz@example.org", address, "نص الموضوع", subject="Fwd: خطة العام"))
    assert (refused.outcome, Topic.objects.count()) == (Incoming.Outcome.REFUSED, 0)
    SpaceMail.objects.create(space=world.group, board=world.board)
    row = come(letter("ezz@example.org", address, "نص الموضوع", subject="Fwd: خطة العام"))
    topic = Topic.objects.get()
    assert (topic.title, topic.author, topic.board, row.outcome) == ("خطة العام", world.ezz.user, world.board, Incoming.Outcome.POSTED)
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    assert come(letter("ezz@example.org", address, "نص آخر")).outcome == Incoming.Outcome.REFUSED


def test_files_come_along_through_the_usual_guards(world: SimpleNamespace, topic: Topic) -> None:
    message = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream), "الصورة مرفقة")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="صورة.png")
    assert come(message).outcome == Incoming.Outcome.POSTED
    assert [file["name"] for file in topic.posts.last().files] == ["صورة.png"]
    bad = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream), "برنامج")
    bad.add_attachment(b"MZ\x90\x00" + b"x" * 100, maintype="application", subtype="octet-stream", filename="run.exe")
    row = come(bad)
    assert row.outcome == Incoming.Outcome.REFUSED
    assert row.why.startswith("run.exe:")
    assert topic.posts.count() == 3


def test_a_picture_of_a_signature_is_left_out(world: SimpleNamespace, topic: Topic) -> None:
    message = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream), "شكرًا")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<logo>")
    come(message)
    assert topic.posts.last().files == []


@pytest.mark.parametrize("charset", ["windows-1256", "iso-8859-6", "utf-8"])
def test_arabic_is_read_in_whatever_letters_it_came(world: SimpleNamespace, topic: Topic, charset: str) -> None:
    head = f"From: basel@example.org\r\nTo: {reply_address(world.basel.user.pk, topic.stream)}\r\nMessage-ID: <{charset}@x>\r\n"
    raw = head.encode() + f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    assert receive(raw + "نعم نوافق".encode(charset)).outcome == Incoming.Outcome.POSTED
    assert topic.posts.last().text == "نعم نوافق"


def test_only_html_is_read_too_and_cannot_run(world: SimpleNamespace, topic: Topic) -> None:
    message = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream))
    message.set_content("<style>p{}</style><p>نعم <b>أوافق</b></p><script>alert(1)</script><img src=x onerror=alert(1)>", subtype="html")
    come(message)
    assert topic.posts.last().text == "نعم أوافق"
    assert "script" not in topic.posts.last().html


# --- What is not posted ----------------------------------------------------------------------------------------------------
def refusal(row: Incoming) -> str:
    assert row.outcome == Incoming.Outcome.REFUSED
    work()
    (message,) = sent.outbox
    return message.to[0] + " " + message.body


def test_from_another_address_it_is_refused_politely_once_an_hour(world: SimpleNamespace, topic: Topic) -> None:
    address = reply_address(world.basel.user.pk, topic.stream)
    said = refusal(come(letter("somebody@example.net", address, "كلام مهم لا يضيع")))
    assert said.startswith("somebody@example.net")
    assert "كلام مهم لا يضيع" in said
    come(letter("somebody@example.net", address, "ثانية"))
    work()
    assert len(sent.outbox) == 1
    assert topic.posts.count() == 2


@pytest.mark.parametrize("what", ["closed", "left", "suspended", "empty", "late"])
def test_what_cannot_be_posted_comes_back_with_its_reason(world: SimpleNamespace, topic: Topic, what: str) -> None:
    address, text = reply_address(world.basel.user.pk, topic.stream), "كلام مهم لا يضيع"
    if what == "closed":
        forums.close(world.carmen.actor, topic)
    elif what == "left":
        spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.basel.user))
    elif what == "suspended":
        User.objects.filter(pk=world.basel.user.pk).update(is_active=False)
    elif what == "empty":
        text = "\n\nOn Sun, Nov 22, 2026 at 10:03 AM Ezz <a@b> wrote:\n> old"
    message = letter("basel@example.org", address, text)
    with time_machine.travel(time.time() + (31 * 86_400 if what == "late" else 0), tick=True):
        said = refusal(come(message))
    assert said.startswith("basel@example.org")
    assert (text in said) is (what != "empty")
    assert topic.posts.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<list.example.org>"},
        {"Return_Path": "<>"},
    ],
)
def test_a_machine_is_neither_posted_nor_answered(world: SimpleNamespace, topic: Topic, headers: dict[str, str]) -> None:
    row = come(letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream), **headers))
    assert (row.outcome, topic.posts.count(), Mail.objects.count()) == (Incoming.Outcome.IGNORED, 2, 0)


def test_our_own_mail_that_comes_back_is_not_answered(world: SimpleNamespace, topic: Topic) -> None:
    address = reply_address(world.basel.user.pk, topic.stream)
    assert come(letter("mailer-daemon@example.net", address)).outcome == Incoming.Outcome.IGNORED
    assert come(letter("reply+x@in.multaqa.example", address)).outcome == Incoming.Outcome.IGNORED
    assert Mail.objects.count() == 0


def test_an_address_is_good_for_one_person_one_thing_and_one_purpose(world: SimpleNamespace, topic: Topic, settings: object) -> None:
    address = reply_address(world.basel.user.pk, topic.stream)
    local, _at, domain = address.partition("@")
    assert len(local) <= 64
    assert read(address.upper()) == read(address)
    for other in (
        address.replace("reply+", "post+"),
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        f"{local}@elsewhere.example",
        "reply+@in.multaqa.example",
        "reply+é@in.multaqa.example",
        f"reply+{'a' * 58}@in.multaqa.example",
    ):
        assert read(other) is None, other
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 10  # type: ignore[attr-defined]
    assert read(address) is not None
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert read(address) is None


def test_where_no_mail_is_taken_no_address_is_made(world: SimpleNamespace, settings: object) -> None:
    settings.MAIL_IN_DOMAIN = ""  # type: ignore[attr-defined]
    assert (reply_address(1, "topic.1"), post_address(1, 1), bounce_address(1)) == ("", "", "")


@pytest.mark.parametrize("shape", ["parts", "deep", "line", "nul", "header", "bomb", "garbage", "charset"])
def test_hostile_mails_are_read_and_do_no_harm(world: SimpleNamespace, topic: Topic, shape: str) -> None:
    address = reply_address(world.basel.user.pk, topic.stream)
    head = f"From: basel@example.org\r\nTo: {address}\r\nMessage-ID: <{shape}@x>\r\n"
    raw = {
        "parts": head
        + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 10_000
        + "--b--",
        "deep": head + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(300)) + "\r\nx",
        "line": head + "\r\n" + "On " * 350_000,
        "nul": head + "\r\nنعم\x00 أوافق\x00",
        "header": head + "Subject: x\r\n\tBcc: victim@example.net\r\nCc: =?utf-8?q?a=0D=0ABcc:_v=40x?=\r\n\r\nنعم",
        "bomb": head
        + 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename="a.zip"\r\n\r\nPK\x03\x04\r\n--b--',
        "garbage": "\x00\x01\x02" * 500,
        "charset": head + "Content-Type: text/plain; charset=nothing-like-it\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%",
    }[shape].encode("utf-8", "surrogateescape")
    began = time.monotonic()
    row = receive(raw)
    assert time.monotonic() - began < 20
    assert topic.posts.count() == (3 if row.outcome == Incoming.Outcome.POSTED else 2)
    assert "\x00" not in topic.posts.last().text
    work()
    assert all("victim" not in str(message.recipients()) for message in sent.outbox)


# --- Bounces -----------------------------------------------------------------------------------------------------------------
def report(mail: Mail, status: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@example.net\r\nTo: {bounce_address(mail.pk)}\r\nMessage-ID: <{status}@d>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n"
    ).encode()


def test_a_mail_that_did_not_arrive_pauses_the_address_and_tells_inside(world: SimpleNamespace) -> None:
    mail = Mail.objects.create(key="x", kind=Mail.Kind.DIGEST, user=world.carmen.user, state=Mail.State.SENT)
    assert receive(report(mail, "4.2.2")).outcome == Incoming.Outcome.BOUNCE
    assert Preferences.objects.get(user=world.carmen.user).paused_at is None  # a full mailbox passes
    receive(report(mail, "5.1.1"))
    assert Preferences.objects.get(user=world.carmen.user).paused_at is not None
    tell()
    assert dict(Notice.objects.values_list("recipient__email", "reason")) == {
        "carmen@example.org": "mail_paused",
        "haytham@example.org": "colleague_paused",
    }


def test_a_complaint_stops_mail_at_once(world: SimpleNamespace) -> None:
    mail = Mail.objects.create(key="x", kind=Mail.Kind.DIGEST, user=world.ezz.user, state=Mail.State.SENT)
    raw = (
        f"From: abuse@example.net\r\nTo: {bounce_address(mail.pk)}\r\nMessage-ID: <c@d>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b--\r\n"
    ).encode()
    assert receive(raw).outcome == Incoming.Outcome.COMPLAINT
    assert Preferences.objects.get(user=world.ezz.user).paused_because == "complaint"


# --- Doors -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lmtp", [False, True], ids=["SMTP", "LMTP"])
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hands_over_and_only_for_addresses_of_ours(world: SimpleNamespace, lmtp: bool) -> None:
    from tests.notices.support import _free_port  # noqa: PLC0415 -- only here

    topic = topic_in(world, world.board)
    listener = listening("127.0.0.1", _free_port(), lmtp=lmtp)
    listener.start()
    try:
        line = (smtplib.LMTP if lmtp else smtplib.SMTP)("127.0.0.1", listener.port)
        message = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream))
        line.sendmail("basel@example.org", [message["To"]], message.as_bytes())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail("basel@example.org", ["anybody@in.multaqa.example"], message.as_bytes())
        line.quit()
    finally:
        listener.stop()
    assert Post.objects.get(number=2).author == world.basel.user


def test_one_mail_may_come_from_a_pipe(world: SimpleNamespace, topic: Topic, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
    raw = letter("basel@example.org", reply_address(world.basel.user.pk, topic.stream)).as_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("receive")
    assert topic.posts.count() == 3


def test_long_texts_are_stripped_in_good_time() -> None:
    for text in ("\n" * 100_000, "On " * 100_000, "في " * 100_000, ("De :\n") * 20_000, "> x\n" * 50_000, ("Le x a écrit\n") * 9_000):
        began = time.monotonic()
        answer_of(text)
        assert time.monotonic() - began < 10
