"""Mail that means harm: it never fails, and never posts what it should not."""

from __future__ import annotations

import base64
import io
import time
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chat.models import Message
from forums.models import Attachment, Post, Topic
from notices.mail import outbox
from notices.mail.html_words import words_of
from notices.mail.incoming import receive
from notices.mail.quotes import own_words
from notices.mail.reply_address import read, reply_address
from notices.models import Incoming, Mail
from tests.cast import topic_in
from tests.chat.conftest import between
from tests.notices.conftest import mail

pytestmark = pytest.mark.usefixtures("takes_mail")
SLOWEST = 10.0  # seconds, on a busy machine; most take milliseconds


@pytest.fixture
def address(world: SimpleNamespace, topic: Topic) -> str:
    return reply_address(world.ezz.user.pk, topic.stream)


def count() -> int:
    return Post.objects.count() + Message.objects.count()


def raw(address: str, rest: bytes, *, by: str = "ezz@example.org") -> bytes:
    return f"From: {by}\nTo: {address}\nMessage-ID: <{time.monotonic_ns()}@example.org>\n".encode() + rest


def nested(depth: int) -> bytes:
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return head + b"Content-Type: text/plain\n\ndeep\n" + b"".join(b"--b%d--\n" % n for n in reversed(range(depth)))


def many(parts: int) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\nContent-Type: text/plain\n\nx\n" * parts + b"--b--\n"


HARMFUL = {
    "ten thousand parts": many(10_000),
    "a thousand levels": nested(1_000),
    "two hundred levels": nested(200),
    "a header of ten thousand parameters": b"Content-Type: multipart/mixed; " + b"; ".join(b"a%d=b" % n for n in range(10_000)) + b"\n\nx",
    "a part with three hundred thousand parameters": b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; '
    + b"; ".join(b"a%d=b" % n for n in range(300_000))
    + b"\n\n\n--b--\n",
    "a header of a megabyte": b"X-Long: " + b"a" * 10**6 + b"\n\nx",
    "ten thousand headers": b"X-More: a\n" * 10_000 + b"\nx",
    "a boundary that never comes": b'Content-Type: multipart/mixed; boundary="never"\n\nx\n--other\n',
    "attached mails in attached mails": b"".join(b"Content-Type: message/rfc822\n\n" for _n in range(2_000)) + b"Subject: x\n\nx",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_is_made_to_break_a_parser_is_left_alone(world: SimpleNamespace, address: str, name: str) -> None:
    before, began = count(), time.monotonic()
    assert receive(raw(address, HARMFUL[name])).outcome in ("ignored", "refused")
    assert (count(), time.monotonic() - began < SLOWEST) == (before, True)


def test_strange_headers_of_an_honest_mail_do_not_stop_it(world: SimpleNamespace, address: str) -> None:
    strange = (
        b"Sender: "
        + b"(" * 50_000
        + b"\nReferences: "
        + b"<a@b> " * 1_000
        + b"\nDate: yesterday\nContent-Type: text/plain; charset=klingon"
    )
    assert receive(raw(address, strange + b"\n\nStill here")).outcome == "posted"


def test_a_line_of_a_megabyte_is_too_long_to_post(world: SimpleNamespace, address: str) -> None:
    before, began = count(), time.monotonic()
    assert receive(raw(address, b"\n" + b"a" * 10**6)).outcome == "refused"
    assert receive(raw(address, b"\n" + b"a " * 10**6)).outcome == "refused"
    assert (count(), time.monotonic() - began < SLOWEST) == (before, True)


def test_nothing_that_was_read_is_so_slow_that_others_wait() -> None:
    evil = ["On x\n" * 60_000, "في 2 كتب\n" * 30_000, "- a\n" * 30_000, "From: a\nSent: b\n" * 9_000, ("On " + "wrote " * 38 + "\n") * 300]
    evil += [
        ("Le " + "1 " * 110 + "\n") * 300,
        "> " * 200_000,
        "\n" * 10**6,
        "_" * 10**6,
        ("Sent from " + "a " * 60 + "\n") * 1_000,
        " " * 10**6,
    ]
    evil += ["On " + "a " * 11_000 + "\n", "On " + "On a wrote " * 2_000 + "\n", "في " + "كتب " * 5_000 + "\n"]
    for text in evil:
        began = time.monotonic()
        own_words(text)
        assert time.monotonic() - began < SLOWEST, text[:20]
    for html in (
        "<div>" * 200_000,
        "<p>" * 200_000,
        "<b>" * 250 + "<p>x" * 20_000,
        "<!--" * 200_000,
        "<![CDATA[" * 90_000,
        "&#x" * 300_000,
    ):
        began = time.monotonic()
        words_of(html)
        assert time.monotonic() - began < SLOWEST, html[:20]


def test_headers_cannot_be_smuggled_into_the_answer(world: SimpleNamespace, topic: Topic, address: str) -> None:
    Topic.objects.filter(pk=topic.pk).update(closed_at=timezone.now())
    subject = "=?utf-8?b?" + base64.b64encode(b"A\r\nBcc: victim@example.net\r\n\r\n<script>x</script>").decode() + "?="
    assert receive(raw(address, f"Subject: {subject}\n\nhello\n".encode())).outcome == "refused"
    [no] = Mail.objects.filter(kind=Mail.Kind.REFUSAL)
    letter = outbox.compose(no)
    assert letter is not None
    message = letter.message(no).message()
    assert message["Bcc"] is None and message["To"] == "ezz@example.org"
    assert "<script>" not in letter.html


def test_a_forged_sender_and_somebody_elses_address_post_nothing(world: SimpleNamespace, topic: Topic, address: str) -> None:
    before = count()
    for by in (
        "basel@example.org",
        '"ezz@example.org" <evil@example.net>',
        "ezz@example.org.evil.net",
        "ezz@example.org <evil@example.net>",
    ):
        assert receive(raw(address, b"\nI am Ezz", by=by)).outcome in ("refused", "ignored")
    twice = b"From: evil@example.net\n\nI am Ezz"
    assert receive(raw(address, twice)).outcome == "ignored"
    assert count() == before


def test_an_address_with_another_person_topic_or_day_in_it_is_none(world: SimpleNamespace, topic: Topic, address: str) -> None:
    sign = address.partition("+")[2].partition("@")[0]
    packed = bytearray(base64.b32decode(sign.upper()))
    before = count()
    for at in range(19):  # what, whose, which, until
        changed = bytes([*packed[:at], packed[at] ^ 1, *packed[at + 1 :]])
        forged = f"reply+{base64.b32encode(changed).decode().lower()}@in.multaqa.example"
        assert read(forged) is None
        assert receive(raw(forged, b"\nx", by="basel@example.org")).outcome == "ignored"
    assert count() == before


def test_a_mail_sent_again_after_the_address_expired_posts_nothing_more(world: SimpleNamespace, address: str) -> None:
    again = raw(address, b"\nOnce")
    assert receive(again).outcome == "posted"
    before = count()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert receive(again).outcome == "posted"  # the first row answers
        assert receive(again.replace(b"Message-ID: <", b"Message-ID: <x")).outcome == "refused"
    assert count() == before


@pytest.mark.parametrize(
    "rest", [b"\nbefore\0after", b"Subject: a\0b\n\nbefore\0after", b"Content-Type: text/plain; charset=utf-7\n\nbefore+2AA-after"]
)
def test_signs_that_no_database_keeps_are_left_out(world: SimpleNamespace, topic: Topic, address: str, rest: bytes) -> None:
    assert receive(raw(address, rest)).outcome == "posted"
    said = Post.objects.filter(topic=topic).latest("number").text
    assert said.startswith("before") and "\0" not in said


def test_script_in_html_is_no_script_in_the_post(world: SimpleNamespace, topic: Topic, address: str) -> None:
    html = b'<p onclick="x()">Hello<script>alert(1)</script><img src=x onerror=y><a href="javascript:z">there</a><style>p{}</style>&lt;script&gt;w&lt;/script&gt;</p>'
    assert receive(raw(address, b"Content-Type: text/html\n\n" + html)).outcome == "posted"
    post = Post.objects.filter(topic=topic).latest("number")
    assert [bad for bad in ("<script", "onclick", "onerror", "javascript:", "<style", "alert(1)") if bad in post.html] == []
    assert "Hello" in post.text and "there" in post.text


def test_signs_that_turn_a_line_round_are_treated_as_on_the_pages(world: SimpleNamespace, topic: Topic, address: str) -> None:
    assert receive(raw(address, "\nThis \u202eis\u202c turned".encode())).outcome == "posted"
    assert Post.objects.filter(topic=topic).latest("number").text == "This is turned"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"{number}.txt", b"0" * 10**7)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"), [("bomb.zip", bomb), ("bomb.docx", bomb), ("a.png", lambda: b"GIF89a<script>"), ("../../x.pdf", lambda: b"%PDF-")]
)
def test_bombs_and_false_files_refuse_the_mail(world: SimpleNamespace, address: str, name: str, data: Any) -> None:
    message = mail(address, "Look")
    message.add_attachment(data(), maintype="application", subtype="octet-stream", filename=name)
    before, began = count(), time.monotonic()
    assert receive(message.as_bytes()).outcome == "refused"
    assert (count(), Attachment.objects.count(), time.monotonic() - began < SLOWEST) == (before, 0, True)


def test_a_name_of_a_file_cannot_leave_its_folder_nor_turn_round(world: SimpleNamespace, topic: Topic, address: str) -> None:
    message = mail(address, "Look")
    message.add_attachment(b"text", maintype="text", subtype="plain", filename="../../etc/\u202etxt.a\0b.txt")
    assert receive(message.as_bytes()).outcome == "posted"
    [file] = Post.objects.filter(topic=topic).latest("number").files
    assert "/" not in file["name"] and "\u202e" not in file["name"] and "\0" not in file["name"]


def test_rubbish_is_left_alone(world: SimpleNamespace, address: str) -> None:
    rubbish = [
        b"",
        b"\0" * 1000,
        bytes(range(256)) * 50,
        b"From:\nTo:\n\n",
        b"\n\n\n",
        b"From: \xff\xfe <@>\nTo: " + address.encode() + b"\n\n\xff",
    ]
    rubbish += [
        f"From: ezz@example.org\nTo: {address}\nContent-Type: {kind}\n\nx".encode()
        for kind in ("", "x", "/", "multipart/", "text", ";;;", "multipart/mixed")
    ]
    before = Incoming.objects.count()
    for one in rubbish:
        receive(one)
    assert Incoming.objects.count() > before


def test_one_person_cannot_flood_by_mail_what_they_could_not_on_the_page(world: SimpleNamespace, address: str, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "post": (3, 3_600)}
    before = count()
    outcomes = [receive(raw(address, b"\nflood %d" % number)).outcome for number in range(6)]
    assert (outcomes.count("posted"), count() - before) == (3, 3)


@pytest.mark.parametrize("noun", ["topic", "conversation"])
def test_what_one_cannot_see_is_not_told_from_what_is_not_there(world: SimpleNamespace, noun: str) -> None:
    hidden = topic_in(world, world.hidden_board) if noun == "topic" else between(world)
    whys = set()
    for number in (hidden.pk, 999_999):
        row = receive(raw(reply_address(world.ezz.user.pk, f"{noun}.{number}"), b"\nx"))
        whys.add((row.outcome, row.why))
    assert len(whys) == 1
