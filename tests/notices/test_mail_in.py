"""Answering by mail: as the person whose address it is, once, with the same rights as on the page; and a polite no where that may not be."""

from __future__ import annotations

import random
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image

from chat.models import Conversation, Message
from forums import actions as forums
from forums.models import Attachment, Post, Topic
from network.spaces import actions as spaces
from network.spaces.models import Space
from notices.actions import preferences
from notices.mail import outbox
from notices.mail.incoming import receive
from notices.mail.reply_address import post_address, reply_address
from notices.models import Incoming, Mail
from tests.cast import Person
from tests.chat.conftest import between
from tests.notices.conftest import mail

pytestmark = pytest.mark.usefixtures("takes_mail")
MAILS = Path(__file__).parent / "mails"


def to(who: Person, thing: Topic | Conversation) -> str:
    return reply_address(who.user.pk, thing.stream)


def posts(topic: Topic) -> list[tuple[str, str]]:
    """(author's address, words) of every post after the first two."""
    return [(post.author.email, post.text) for post in Post.objects.filter(topic=topic).order_by("number")[2:]]


def refusals() -> list[Mail]:
    return list(Mail.objects.filter(kind=Mail.Kind.REFUSAL).order_by("pk"))


def taken(message: EmailMessage, *recipients: str) -> tuple[str, str]:
    row = receive(message.as_bytes(), recipients=recipients)
    return row.outcome, row.why


# --- A reply -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["gmail-ar-top", "outlook-fr-desktop", "apple-en-iphone"])
def test_a_reply_in_arabic_french_or_english_lands_once_under_its_author(world: SimpleNamespace, topic: Topic, name: str) -> None:
    raw = MAILS.joinpath(f"{name}.eml").read_bytes().replace(b"reply@in.multaqa.example", to(world.carmen, topic).encode())
    row = receive(raw)
    receive(raw)
    receive(raw, recipients=[to(world.carmen, topic)])
    expected = " ".join(MAILS.joinpath(f"{name}.txt").read_text().split())
    assert [(who, " ".join(said.split())) for who, said in posts(topic)] == [("carmen@example.org", expected)]
    post = Post.objects.get(topic=topic, number=3)
    assert (row.outcome, row.user, row.path) == ("posted", world.carmen.user, post.path)
    assert Incoming.objects.count() == 1
    assert post.on_behalf_of is None


def test_the_envelope_counts_where_the_headers_say_nothing(world: SimpleNamespace, topic: Topic) -> None:
    assert taken(mail("Multaqa <hello@multaqa.example>", "By envelope"), to(world.ezz, topic).upper()) == ("posted", "")
    assert posts(topic) == [("ezz@example.org", "By envelope")]


def test_another_address_counts_once_its_owner_has_confirmed_it(world: SimpleNamespace, topic: Topic) -> None:
    other = EmailAddress.objects.create(user=world.ezz.user, email="Ezz.Home@example.net", verified=False)
    assert taken(mail(to(world.ezz, topic), "Not yet", by="ezz.home@example.net"))[0] == "refused"
    EmailAddress.objects.filter(pk=other.pk).update(verified=True)
    assert taken(mail(to(world.ezz, topic), "Now", by="Ezz <EZZ.home@EXAMPLE.net>"))[0] == "posted"
    assert posts(topic) == [("ezz@example.org", "Now")]


def test_whoever_is_not_named_by_the_address_posts_nothing_and_is_told_in_the_language_they_wrote(
    world: SimpleNamespace, topic: Topic
) -> None:
    words = "Bonjour, nous sommes tout à fait d'accord avec vous."
    assert taken(mail(to(world.ezz, topic), words, by="carmen@example.org"))[0] == "refused"
    assert posts(topic) == []
    [no] = refusals()
    assert (no.address, no.about["language"], no.about["words"], no.user) == ("carmen@example.org", "fr", "", None)
    assert words not in outbox.compose(no).text  # type: ignore[union-attr]


def test_a_stranger_whose_words_tell_nothing_is_answered_in_arabic(world: SimpleNamespace, topic: Topic) -> None:
    taken(mail(to(world.ezz, topic), "123", by="someone@example.net", subject="Re: 7"))
    assert [no.about["language"] for no in refusals()] == ["ar"]


def test_one_refusal_an_hour_is_enough(world: SimpleNamespace, topic: Topic) -> None:
    for number in range(5):
        assert taken(mail(to(world.ezz, topic), f"Again {number}", by="someone@example.net"))[0] == "refused"
    assert len(refusals()) == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        taken(mail(to(world.ezz, topic), "Later", by="someone@example.net"))
    assert len(refusals()) == 2


def test_a_full_hour_on_the_clock_is_no_hour(world: SimpleNamespace, topic: Topic) -> None:
    for at in ("2026-11-22T10:59:30Z", "2026-11-22T11:00:30Z"):
        with time_machine.travel(at):
            taken(mail(to(world.ezz, topic), f"At {at}", by="someone@example.net"))
    assert len(refusals()) == 1


def test_a_mail_that_is_delivered_again_costs_its_writer_nothing(world: SimpleNamespace, topic: Topic, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "post": (1, 3_600)}
    again = with_file(mail(to(world.ezz, topic), "Once"), "plan.txt", b"plan", "text/plain").as_bytes()
    assert [receive(again).outcome for _time in range(3)] == ["posted"] * 3
    assert (refusals(), Attachment.objects.count()) == ([], 1)


def test_a_reply_that_is_refused_gives_the_words_back_in_the_readers_language(world: SimpleNamespace, topic: Topic) -> None:
    forums.close(world.carmen.actor, topic)
    assert taken(mail(to(world.ezz, topic), "My <b>long</b> thoughts", subject="Re: A\tsubject"))[0] == "refused"
    [no] = refusals()
    letter = outbox.compose(no)
    assert letter is not None
    assert no.about["language"] == world.ezz.user.language == "ar"
    assert "My <b>long</b> thoughts" in letter.text
    assert "My &lt;b&gt;long&lt;/b&gt; thoughts" in letter.html and 'dir="rtl"' in letter.html
    assert letter.message(no).extra_headers["Auto-Submitted"] == "auto-replied"
    assert posts(topic) == []


def sentence(world: SimpleNamespace, address: str, body: str = "Yes.", **more: Any) -> str:
    world.ezz.user.language = "en"
    world.ezz.user.save()
    outcome, why = taken(mail(address, body, **more))
    assert outcome == "refused"
    return why


def test_each_refusal_says_why(world: SimpleNamespace, topic: Topic, settings: Any) -> None:
    address = to(world.ezz, topic)
    assert "no words of yours" in sentence(world, address, "> Quoted\n> only\n")
    assert "too long" in sentence(world, address, "long words " * 7_000)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert "thirty days" in sentence(world, address)
    settings.RATES = {**settings.RATES, "post": (0, 60)}
    assert "too often" in sentence(world, address)
    settings.RATES = {**settings.RATES, "post": (10, 60)}
    settings.MAIL_IN_MAX_BYTES = 1_000
    assert "too large" in sentence(world, address, "word " * 500)
    settings.MAIL_IN_MAX_BYTES = 10**7
    forums.close(world.carmen.actor, topic)
    assert "closed" in sentence(world, address)
    spaces.remove(world.carmen.actor, world.ezz.user.memberships.get(space=topic.space_id))
    assert "no longer there for you" in sentence(world, address)
    assert posts(topic) == []


def test_nobody_posts_after_their_account_was_closed(world: SimpleNamespace, topic: Topic) -> None:
    address = to(world.ezz, topic)
    world.ezz.user.is_active = False
    world.ezz.user.save()
    assert taken(mail(address)) == ("ignored", "no such account")
    assert (posts(topic), refusals()) == ([], [])


def test_colleagues_who_write_from_the_domain_of_our_own_mails_are_no_machines(world: SimpleNamespace, topic: Topic) -> None:
    world.ezz.user.email = "ezz@multaqa.example"
    world.ezz.user.save()
    message = mail(to(world.ezz, topic), "From the house itself", by="ezz@multaqa.example", Message_ID="<CAxyz.1@multaqa.example>")
    assert taken(message)[0] == "posted"


# --- Machines ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"Precedence": "list"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "I am away"},
        {"List_Id": "<people.example.org>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "Postmaster <postmaster@example.org>"},
        {"From": "no-reply@example.org"},
        {"From": "ezz@example.org, basel@example.org"},
        {"Message_ID": f"<{'0' * 32}@multaqa.example>"},
        {"From": "Multaqa <multaqa@multaqa.example>"},
    ],
    ids=str,
)
def test_machines_are_neither_posted_nor_answered(world: SimpleNamespace, topic: Topic, headers: dict[str, str]) -> None:
    assert taken(mail(to(world.ezz, topic), "I am on leave until Monday.", **headers))[0] == "ignored"
    assert (posts(topic), refusals()) == ([], [])


def test_a_person_who_says_that_no_machine_wrote_is_heard(world: SimpleNamespace, topic: Topic) -> None:
    assert taken(mail(to(world.ezz, topic), "Me", Auto_Submitted="no", Return_Path="<ezz@example.org>"))[0] == "posted"


def test_what_our_own_mail_server_calls_forged_is_left_alone(world: SimpleNamespace, topic: Topic, settings: Any) -> None:
    settings.MAIL_IN_AUTHSERV = "mx.multaqa.example"
    theirs, ours = "mx.evil.example; dmarc=fail", "mx.multaqa.example; spf=fail; dmarc=fail header.from=example.org"
    assert taken(mail(to(world.ezz, topic), "Forged", Authentication_Results=ours)) == ("ignored", "forged")
    assert taken(mail(to(world.ezz, topic), "Honest", Authentication_Results=theirs))[0] == "posted"


def test_mail_for_nobody_here_is_left_alone(world: SimpleNamespace, topic: Topic) -> None:
    assert taken(mail("Multaqa <hello@multaqa.example>")) == ("ignored", "no address of ours")
    assert refusals() == []


# --- Conversations ------------------------------------------------------------------------------------------------------------
def test_a_reply_to_a_message_is_said_in_its_conversation_by_the_person(world: SimpleNamespace) -> None:
    talk = between(world)
    raw = mail(to(world.basel, talk), "أهلًا بكم", by="basel@example.org").as_bytes()
    assert [receive(raw).outcome, receive(raw).outcome] == ["posted", "posted"]
    [said] = Message.objects.filter(conversation=talk, kind="text")
    assert (said.author, said.on_behalf_of, said.text) == (world.basel.user, None, "أهلًا بكم")


def test_a_message_is_as_long_as_on_the_page(world: SimpleNamespace) -> None:
    talk = between(world)
    assert taken(mail(to(world.basel, talk), "word " * 900, by="basel@example.org"))[0] == "refused"
    assert not Message.objects.filter(conversation=talk, kind="text").exists()


def test_whoever_no_longer_takes_part_says_nothing(world: SimpleNamespace) -> None:
    talk = between(world)
    spaces.end_mandate(world.sami.actor, world.basel.user.mandates.get())
    assert taken(mail(to(world.basel, talk), "Still here", by="basel@example.org"))[0] == "refused"
    assert not Message.objects.filter(conversation=talk, kind="text").exists()


# --- Files --------------------------------------------------------------------------------------------------------------------
def with_file(message: EmailMessage, name: str, data: bytes, kind: str = "application/octet-stream") -> EmailMessage:
    maintype, _slash, subtype = kind.partition("/")
    message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return message


def test_attachments_come_along_and_machines_parts_stay_out(world: SimpleNamespace, topic: Topic) -> None:
    message = with_file(mail(to(world.ezz, topic), "The plan"), "خطة.txt", "خطة".encode(), "text/plain")
    with_file(message, "smime.p7s", b"0", "application/pkcs7-signature")
    with_file(message, "invite.ics", b"BEGIN:VCALENDAR", "text/calendar")
    assert taken(message)[0] == "posted"
    assert [file["name"] for file in Post.objects.get(topic=topic, number=3).files] == ["خطة.txt"]


def test_a_file_without_a_word_is_posted_with_a_word_that_says_so(world: SimpleNamespace, topic: Topic) -> None:
    assert taken(with_file(mail(to(world.ezz, topic), "\n"), "plan.txt", b"plan", "text/plain"))[0] == "posted"
    post = Post.objects.get(topic=topic, number=3)
    assert ([file["name"] for file in post.files], bool(post.text)) == (["plan.txt"], True)


def test_a_small_picture_inside_a_mail_without_html_is_a_signatures_too(world: SimpleNamespace, topic: Topic) -> None:
    message = mail(to(world.ezz, topic), "Hello")
    message.add_attachment(picture(8), maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<logo>")
    assert taken(message)[0] == "posted"
    assert Post.objects.get(topic=topic, number=3).files == []


def picture(side: int) -> bytes:
    """A PNG that no packing makes smaller."""
    out = BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(3 * side * side)).save(out, "PNG")
    return out.getvalue()


def test_the_logo_of_a_signature_stays_out_and_a_large_picture_comes_along(world: SimpleNamespace, topic: Topic) -> None:
    message = mail(to(world.ezz, topic), "See below")
    message.add_alternative('<p>See below</p><img src="cid:logo@x"><img src="cid:shot@x">', subtype="html")
    html: Any = message.get_payload(1)
    html.add_related(picture(8), maintype="image", subtype="png", cid="<logo@x>", filename="logo.png", disposition="inline")
    html.add_related(picture(200), maintype="image", subtype="png", cid="<shot@x>", filename="shot.png", disposition="inline")
    assert taken(message)[0] == "posted"
    assert [file["name"] for file in Post.objects.get(topic=topic, number=3).files] == ["shot.png"]


@pytest.mark.parametrize(
    ("name", "kind"), [("virus.exe", "application/x-msdownload"), ("page.html", "text/html"), ("mail.eml", "message/rfc822")]
)
def test_a_file_that_is_not_accepted_refuses_the_mail_and_says_what_is(world: SimpleNamespace, topic: Topic, name: str, kind: str) -> None:
    message = mail(to(world.ezz, topic), "Look")
    if kind == "message/rfc822":
        message.add_attachment(mail("someone@example.net", "inside"))
    else:
        with_file(message, name, b"MZ....", kind)
    world.ezz.user.language = "en"
    world.ezz.user.save()
    outcome, why = taken(message)
    assert (outcome, "Send PDF, office documents" in why) == ("refused", True)
    assert (posts(topic), [no.about["words"].strip() for no in refusals()]) == ([], ["Look"])


def test_eleven_files_are_too_many(world: SimpleNamespace, topic: Topic) -> None:
    message = mail(to(world.ezz, topic), "All of it")
    for number in range(11):
        with_file(message, f"{number}.txt", b"text", "text/plain")
    assert taken(message)[0] == "refused"
    assert posts(topic) == []


# --- A group's address ----------------------------------------------------------------------------------------------------------
def opens_by_mail(w: SimpleNamespace, space: Space | None = None) -> str:
    preferences.set_space_mail(w.carmen.actor, space or w.group, level="normal", without_content=False, board=w.board)
    return post_address(w.ezz.user.pk, w.group.pk)


def test_mail_to_a_groups_address_opens_a_topic_there(world: SimpleNamespace) -> None:
    raw = mail(opens_by_mail(world), "ما رأيكم؟\n\n-- \nعز\n", subject="Fwd: RE: رد: [schools] ساعات القراءة").as_bytes()
    assert [receive(raw).outcome, receive(raw).outcome] == ["posted", "posted"]
    [topic] = Topic.objects.filter(board=world.board)
    assert (topic.title, topic.author, Post.objects.get(topic=topic).text) == ("ساعات القراءة", world.ezz.user, "ما رأيكم؟")


def test_what_is_passed_on_to_a_group_stays_whole(world: SimpleNamespace) -> None:
    body = "FYI\n\n---------- Forwarded message ---------\nFrom: Sara <sara@example.org>\nDate: Sun, Nov 22, 2026\nSubject: Plan\n\nThe plan itself."
    receive(mail(opens_by_mail(world), body, subject="Fwd: Plan").as_bytes())
    assert "The plan itself." in Post.objects.get(topic__board=world.board).text


def test_a_topic_without_a_subject_is_called_by_its_first_words(world: SimpleNamespace) -> None:
    receive(mail(opens_by_mail(world), "What do you think of the plan?", subject="Re:").as_bytes())
    assert Topic.objects.get(board=world.board).title == "What do you think of the plan?"


def test_a_group_that_takes_no_mail_or_has_let_somebody_go_opens_nothing(world: SimpleNamespace) -> None:
    address = post_address(world.ezz.user.pk, world.group.pk)
    assert taken(mail(address))[0] == "refused"
    opens_by_mail(world)
    spaces.remove(world.carmen.actor, world.ezz.user.memberships.get(space=world.group))
    assert taken(mail(address))[0] == "refused"
    assert not Topic.objects.filter(board=world.board).exists()
    assert taken(mail(post_address(world.dara.user.pk, world.hidden_group.pk), by="dara@example.org"))[0] == "refused"
    assert len({row.why for row in Incoming.objects.filter(outcome="refused")}) == 1  # hidden, closed and left look the same


def test_one_mail_to_two_groups_opens_a_topic_in_each(world: SimpleNamespace) -> None:
    first = opens_by_mail(world)
    preferences.set_space_mail(world.carmen.actor, world.open_group, level="normal", without_content=False, board=world.open_board)
    second = post_address(world.carmen.user.pk, world.open_group.pk)
    message = mail(f"{post_address(world.carmen.user.pk, world.group.pk)}, {second}", by="carmen@example.org", subject="To both")
    receive(message.as_bytes())
    assert first and [topic.board_id for topic in Topic.objects.filter(title="To both").order_by("pk")] == [
        world.board.pk,
        world.open_board.pk,
    ]
