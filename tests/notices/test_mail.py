"""Mail by itself: once, in time, in the reader's language, never of what was seen meanwhile, never to whom it is no longer due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail as sent
from django.core.mail import send_mail
from django.utils import timezone

from chat import actions as chat
from forums import actions as forums
from forums.models import Topic
from network.activity.models import Job
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices import actions
from notices.actions import preferences as chosen
from notices.kinds import NOW, Wish
from notices.mail import outbox, rounds
from notices.models import Mail, Notice, Preferences, SpaceMail
from profiles.models import User
from tests.cast import Person, reply_to
from tests.chat.conftest import say, talk
from tests.notices.support import carry, hasten, post_office, tell, text_of, words, work

WORKDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday, by day everywhere
LATER = timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _by_day() -> object:
    with time_machine.travel(WORKDAY, tick=True):
        yield


def mention(world: SimpleNamespace, topic: Topic, handle: str = "basel") -> None:
    reply_to(world, topic, by=world.carmen, body=f"<p>ما رأيك يا @{handle} في هذا؟</p>")
    tell()


def soon() -> datetime:
    return timezone.now() + LATER


def test_a_mention_is_mailed_whole_after_a_moment(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    assert carry() == []  # he may be reading it right now
    (message,) = carry(soon())
    got = text_of(message)
    assert message.to == ["basel@example.org"]
    assert "في هذا؟" in got.text
    assert 'dir="rtl"' in got.html
    assert f"/ar/posts/{topic.posts.last().pk}/" in got.html
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert carry(soon() + timedelta(days=1)) == []


def test_what_was_seen_on_the_page_is_not_mailed(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    actions.mark_thread_read(world.basel.actor, topic.stream)
    assert carry(soon()) == []


def test_what_was_mailed_is_in_no_digest(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    assert len(carry(soon())) == 1
    got = text_of(digest(world.basel))  # ezz's reply, which was not mailed
    assert "في هذا؟" not in got.text + got.html


def test_who_may_no_longer_see_it_gets_no_mail_of_it(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    rounds.gather(soon())
    assert Mail.objects.get().state == Mail.State.WAITING
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.basel.user))
    work()
    assert sent.outbox == []
    assert Mail.objects.filter(kind="notices").get().state == Mail.State.DROPPED


def test_a_post_that_was_removed_before_the_mail_went_is_not_in_it(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    forums.delete(world.carmen.actor, topic.posts.last())
    got = [text_of(message) for message in carry(soon())]
    assert not any("في هذا؟" in one.text + one.html for one in got)


def test_a_suspended_person_gets_no_mail(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    rounds.gather(soon())
    User.objects.filter(pk=world.basel.user.pk).update(is_active=False)
    work()
    assert sent.outbox == []


def test_in_quiet_hours_it_waits_for_the_morning(world: SimpleNamespace, topic: Topic) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 20, 0, tzinfo=UTC)):  # 23:00 in Amman
        Preferences.objects.create(user=world.basel.user)
        world.basel.page.country = world.jo
        world.basel.page.save()
        mention(world, topic)
        assert carry(soon()) == []
        assert Notice.objects.get(recipient=world.basel.user).mail_due == datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    assert len(carry(datetime(2026, 11, 26, 4, 0, tzinfo=UTC))) == 1


def test_hourly_bundles_what_came(world: SimpleNamespace, topic: Topic) -> None:
    wish(world.basel, mentions=Wish(True, "hourly", True))
    for _ in range(3):
        mention(world, topic)
    assert carry(soon()) == []
    (message,) = carry(WORKDAY.replace(hour=11))
    assert len(Mail.objects.all()) == 1
    assert text_of(message).text.count("في هذا؟") == 3


def test_never_is_never(world: SimpleNamespace, topic: Topic) -> None:
    wish(world.basel, mentions=Wish(True, "none", False), places=Wish(True, "none", False))
    mention(world, topic)
    assert carry(soon() + timedelta(days=9)) == []
    assert digest(world.basel) is None
    assert Notice.objects.filter(recipient=world.basel.user, shown=True).count() == 1


def test_a_choice_holds_for_what_already_waits(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    wish(world.basel, mentions=Wish(True, "daily", False))
    assert carry(soon()) == []
    assert "في هذا؟" in text_of(digest(world.basel)).text


def test_a_silent_space_says_nothing_in_mail(world: SimpleNamespace, topic: Topic) -> None:
    SpaceMail.objects.create(space=world.group, without_content=True)
    mention(world, topic)
    (message,) = carry(soon())
    got = text_of(message)
    for secret in ("في هذا؟", topic.title, "كارمن"):
        assert secret not in got.subject + got.text + got.html + message.from_email
    assert "مدارس" in got.text


def test_a_hidden_silent_space_is_not_even_named(world: SimpleNamespace) -> None:
    SpaceMail.objects.create(space=world.hidden_group, without_content=True)
    topic = forums.open_topic(world.carmen.actor, world.hidden_board, title="خطة", body="<p>@rania</p>")
    tell()
    (message,) = carry(soon())
    got = text_of(message)
    assert "سرّي" not in got.subject + got.text + got.html
    assert topic.title not in got.text


# --- The mail server -------------------------------------------------------------------------------------------------------
def test_over_real_smtp_the_mail_says_what_it_should(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    with post_office() as office:
        rounds.gather(soon())
        work()
    (message,) = office.mails
    row = Mail.objects.get()
    assert message["Message-ID"] == row.message_id
    assert message["To"] == "basel@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "في هذا؟" in words(message)
    assert "في هذا؟" in words(message, "html")
    assert row.state == Mail.State.SENT


def test_a_passing_refusal_is_tried_again_and_a_lasting_one_is_not(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    with post_office() as office:
        office.script.extend(["451 later please", "250 OK"])
        rounds.gather(soon())
        work()
        row = Mail.objects.get()
        assert (row.state, row.last_error[:3], office.mails) == (Mail.State.WAITING, "451", [])
        hasten()
        work()
        row.refresh_from_db()
        assert (row.state, len(office.mails)) == (Mail.State.SENT, 1)

        mention(world, topic, "ezz")
        office.recipients.append("550 5.1.1 no such user")
        rounds.gather(soon())
        work()
    assert Mail.objects.get(user=world.ezz.user).state == Mail.State.STOPPED
    assert Preferences.objects.get(user=world.ezz.user).paused_at is not None
    tell()
    assert Notice.objects.filter(recipient=world.ezz.user, reason="mail_paused").count() == 1


def test_a_line_that_breaks_after_data_sends_again_under_the_same_name(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    with post_office() as office:
        office.script.append("drop")
        rounds.gather(soon())
        work()
        assert Mail.objects.get().state == Mail.State.WAITING
        hasten()
        work()
    assert [message["Message-ID"] for message in office.mails] == [Mail.objects.get().message_id] * 2
    assert Mail.objects.get().state == Mail.State.SENT


def test_a_mail_server_that_is_away_is_not_asked_for_every_mail(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    mention(world, topic, "ezz")
    with post_office():
        pass  # its port is closed again
    from django.conf import settings  # noqa: PLC0415 -- as the post office left them

    with post_office() as office:
        settings.EMAIL_PORT = 1
        rounds.gather(soon())
        work()
        assert set(Mail.objects.values_list("state", "attempts")) == {("waiting", 1), ("waiting", 0)}  # the second did not even knock
        settings.EMAIL_PORT = office_port(office)
        hasten()
        work()
        assert len(office.mails) == 2
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_what_libraries_send_waits_in_the_outbox_too(db: None, settings: object) -> None:
    settings.EMAIL_BACKEND = "notices.mail.outbox.Backend"  # type: ignore[attr-defined]
    send_mail("رمز الدخول", "123456", None, ["new@example.org"])
    row = Mail.objects.get()
    assert row.state == Mail.State.WAITING
    work()
    (message,) = sent.outbox
    assert (message.to, message.body, message.bcc) == (["new@example.org"], "123456", [])
    row.refresh_from_db()
    assert (row.state, row.about) == (Mail.State.SENT, {})


def test_asked_for_twice_is_sent_once(db: None) -> None:
    for _ in range(2):
        outbox.post(Mail.Kind.READY, "ready:x", address="a@example.org", subject="s", text="t", html="")
    assert Job.objects.filter(name="mail.send").count() == 1
    work()
    outbox.post(Mail.Kind.READY, "ready:x", address="a@example.org", subject="s", text="t", html="")
    work()
    assert len(sent.outbox) == 1


# --- Stopping ---------------------------------------------------------------------------------------------------------------
def test_one_click_stops_these_mails_without_signing_in_and_nothing_else(world: SimpleNamespace, topic: Topic, client: object) -> None:
    mention(world, topic)
    (message,) = carry(soon())
    path = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200  # type: ignore[attr-defined]
    assert not Preferences.objects.filter(user=world.basel.user).exclude(choices={}).exists()  # a link that is only looked at does nothing
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200  # type: ignore[attr-defined]
    assert Preferences.objects.get(user=world.basel.user).choices == {"mentions": {"mail": "none"}}
    mention(world, topic)
    assert carry(soon()) == []
    assert client.post(path[:-3] + "x/").status_code == 404  # type: ignore[attr-defined]


def wish(who: Person, **kinds: Wish) -> None:
    from notices import wishes  # noqa: PLC0415 -- after the world

    grid = wishes.mine(who.actor, None) | kinds
    chosen.choose(who.actor, grid)


def digest(who: Person) -> object:
    """The digest that would come tomorrow morning, as it goes out; None when none does."""
    row = chosen.preferences_of(who.user)
    at = row.next_digest_at
    assert at is not None
    before = len(sent.outbox)
    rounds.open_windows(at)
    work()
    new = [message for message in sent.outbox[before:] if message.to == [who.user.email]]
    return new[0] if new else None


def office_port(office: object) -> int:
    return office.port  # type: ignore[attr-defined]


__all__ = ["NOW"]


# --- Conversations ------------------------------------------------------------------------------------------------------------
def test_a_message_that_nobody_read_is_mailed_once_an_hour_and_its_line_leads_there(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    for said in ("أين نلتقي غدًا؟", "وفي أي ساعة؟"):
        say(world.carmen, several, said)
        tell()
    assert Notice.objects.filter(reason="message", shown=True).count() == 0  # the counter of conversations tells it on the page
    assert Notice.objects.filter(reason="message", recipient=world.basel.user).count() == 1  # one that waits is enough
    assert carry(soon()) == []
    mails = carry(WORKDAY.replace(hour=11))
    assert sorted(message.to for message in mails) == [["basel@example.org"], ["ezz@example.org"]]
    assert "أين نلتقي غدًا؟" in text_of(mails[0]).text


def test_a_message_read_on_the_page_or_in_a_muted_conversation_is_not_mailed(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    chat.mute(world.ezz.actor, several, muted=True)
    message = say(world.carmen, several, "مرحبًا")
    tell()
    actions.mark_thread_read(world.basel.actor, several.stream, upto=message.number)
    assert carry(WORKDAY.replace(hour=11)) == []


def test_what_was_taken_back_is_in_no_mail(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    chat.delete(world.carmen.actor, say(world.carmen, several, "زلّة لسان"))
    message = say(world.carmen, several, "زلّة أخرى")
    tell()
    chat.delete(world.carmen.actor, message)
    assert carry(WORKDAY.replace(hour=11)) == []


def test_what_was_mailed_and_never_read_is_not_mailed_again_when_its_mail_is_forgotten(world: SimpleNamespace, topic: Topic) -> None:
    mention(world, topic)
    assert len(carry(soon())) == 1
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    outbox.sweep()
    assert not Mail.objects.exists()
    assert carry(soon()) == []


def test_what_waits_can_be_unsubscribed_too(world: SimpleNamespace, client: object) -> None:
    groups.request(world.dara.actor, world.group)
    tell()
    message = next(message for message in carry(soon()) if message.to == ["mona@example.org"])
    path = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    client.post(path)  # type: ignore[attr-defined]
    groups.request(world.rania.actor, world.group)
    tell()
    assert ["mona@example.org"] not in [message.to for message in carry(soon())]
