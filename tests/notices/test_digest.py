"""The digest: one a working day, only when something is new, in the order of its reader's duties, and nothing they may not open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail as sent
from django.test import Client
from django.utils import translation

from forums import actions as forums
from forums.models import Topic, Watch
from network.activity.models import Job
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices import actions
from notices.actions import preferences as chosen
from notices.kinds import Wish
from notices.mail import digest as digests
from notices.mail import rounds
from notices.models import Mail, Notice, Preferences
from profiles import actions as profiles
from tests.cast import Person, reply_to, topic_in
from tests.notices.support import tell, text_of, work
from tests.notices.test_mail import wish

WORKDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def _by_day() -> object:
    with time_machine.travel(WORKDAY, tick=True):
        yield


@pytest.fixture
def quiet(world: SimpleNamespace) -> SimpleNamespace:
    """Everybody has had a digest this morning: what comes now is new."""
    for person in world.cast.values():
        row = chosen.preferences_of(person.user)
        Preferences.objects.filter(pk=row.pk).update(last_digest_at=WORKDAY - timedelta(hours=3))
    return world


def morning(who: Person) -> SimpleNamespace | None:
    """The digest of this person's next morning, as it goes out; None when none does."""
    at = Preferences.objects.get(user=who.user).next_digest_at
    before = len(sent.outbox)
    with time_machine.travel(at, tick=True):
        rounds.open_windows(at)
        work()
    new = [message for message in sent.outbox[before:] if message.to == [who.user.email]]
    assert len(new) < 2
    return text_of(new[0]) if new else None


def test_nothing_new_is_no_mail(quiet: SimpleNamespace) -> None:
    assert morning(quiet.ezz) is None
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.DROPPED}


def test_a_reply_stands_in_the_digest_once(quiet: SimpleNamespace) -> None:
    topic = topic_in(quiet, quiet.board)
    reply_to(quiet, topic, body="<p>جواب مفيد</p>")
    tell()
    got = morning(quiet.carmen)
    assert "جواب مفيد" in got.text
    assert "جواب مفيد" in got.html
    assert Notice.objects.get(recipient=quiet.carmen.user, reason="reply").mail is not None
    assert morning(quiet.carmen) is None


def test_many_replies_in_one_topic_are_one_line(quiet: SimpleNamespace) -> None:
    topic = topic_in(quiet, quiet.board)
    for person in (quiet.ezz, quiet.basel, quiet.ezz):
        reply_to(quiet, topic, by=person, body="<p>رأي</p>")
    tell()
    with translation.override("en"):
        quiet.carmen.user.language = "en"
        quiet.carmen.user.save()
    got = morning(quiet.carmen)
    assert got.html.count(f"/en/posts/{topic.posts.last().pk}/") == 1
    assert "3 new posts from 2 people" in re.sub(r"<[^>]+>", "", got.html)


def test_what_was_read_or_finished_since_is_left_out(quiet: SimpleNamespace) -> None:
    first, second = topic_in(quiet, quiet.board, title="أوّل"), topic_in(quiet, quiet.board, title="ثانٍ")
    reply_to(quiet, first), reply_to(quiet, second)
    tell()
    actions.mark_thread_read(quiet.carmen.actor, first.stream)
    forums.mark_read(quiet.carmen.actor, Topic.objects.get(pk=first.pk), 2)
    got = morning(quiet.carmen)
    assert "ثانٍ" in got.text
    assert "أوّل" not in got.text


def test_new_topics_of_my_groups_come_but_not_of_what_i_muted(quiet: SimpleNamespace) -> None:
    loud, still = topic_in(quiet, quiet.board, title="مسموع"), topic_in(quiet, quiet.board, title="مكتوم")
    forums.watch(quiet.ezz.actor, still, Watch.Level.MUTED)
    tell()
    got = morning(quiet.ezz)
    assert loud.title in got.text
    assert still.title not in got.text
    chosen.set_level(quiet.mona.actor, quiet.group, "muted")
    assert morning(quiet.mona) is None


def test_whom_one_follows_comes_in_a_section_of_its_own_and_only_what_is_public_to_one(quiet: SimpleNamespace) -> None:
    spaces.follow(quiet.rania.actor, quiet.carmen.page)
    wish(quiet.rania, follows=Wish(False, "daily", False))
    open_topic, closed = topic_in(quiet, quiet.open_board, title="للجميع"), topic_in(quiet, quiet.board, title="للأعضاء")
    got = morning(quiet.rania)
    assert open_topic.title in got.text
    assert closed.title not in got.text + got.html


def test_a_blocked_author_is_in_no_digest(quiet: SimpleNamespace) -> None:
    profiles.block(quiet.ezz.actor, quiet.carmen.user)
    topic_in(quiet, quiet.board, title="من محجوب")
    assert morning(quiet.ezz) is None


def test_what_waits_stands_on_top_and_alone_does_not_nag(quiet: SimpleNamespace) -> None:
    wish(quiet.mona, waiting=Wish(True, "daily", True))
    groups.request(quiet.dara.actor, quiet.group, message="أرغب في الانضمام")
    topic_in(quiet, quiet.board, title="موضوع آخر")
    tell()
    got = morning(quiet.mona)
    assert got.text.index("دارا") < got.text.index("موضوع آخر")
    assert morning(quiet.mona) is None  # it still waits, and nothing is new


def test_what_is_done_meanwhile_waits_no_more(quiet: SimpleNamespace) -> None:
    wish(quiet.mona, waiting=Wish(True, "daily", True))
    asked = groups.request(quiet.dara.actor, quiet.group)
    tell()
    spaces.answer_request(quiet.carmen.actor, asked, approve=True)
    assert morning(quiet.mona) is None


def test_who_left_before_the_mail_went_is_told_nothing(quiet: SimpleNamespace) -> None:
    topic = topic_in(quiet, quiet.board)
    reply_to(quiet, topic, by=quiet.carmen, body="<p>@ezz سرّ</p>")
    wish(quiet.ezz, mentions=Wish(True, "daily", False))
    tell()
    rounds.open_windows(Preferences.objects.get(user=quiet.ezz.user).next_digest_at)
    spaces.remove(quiet.carmen.actor, Membership.objects.get(space=quiet.group, user=quiet.ezz.user))
    work()
    assert [message.to for message in sent.outbox if "ezz@example.org" in message.to] == []


def test_every_line_opens_for_its_reader(quiet: SimpleNamespace) -> None:
    topic = topic_in(quiet, quiet.board)
    reply_to(quiet, topic, body="<p>@carmen</p>")
    topic_in(quiet, quiet.hidden_board, title="مخفي")
    topic_in(quiet, quiet.open_board, title="مفتوح")
    tell()
    for person in quiet.cast.values():
        got = morning(person)
        if got is None:
            continue
        client = Client()
        client.force_login(person.user)
        paths = {
            path
            for path in re.findall(r"http://localhost:8000(/\S+)", got.text)
            if "/settings/" not in path and not path.startswith("/mail/")
        }
        assert paths
        for path in paths:
            assert client.get(path, follow=True).status_code == 200, (person.user.email, path)


def test_asking_twice_or_by_two_clocks_is_one_digest(quiet: SimpleNamespace) -> None:
    topic_in(quiet, quiet.board)
    at = Preferences.objects.get(user=quiet.ezz.user).next_digest_at
    rounds.open_windows(at)
    Preferences.objects.update(next_digest_at=at, last_digest_at=WORKDAY - timedelta(hours=3))  # as if the first had not been committed
    rounds.open_windows(at)
    assert (
        Mail.objects.filter(user=quiet.ezz.user).count()
        == Job.objects.filter(args__mail_id=Mail.objects.get(user=quiet.ezz.user).pk).count()
        == 1
    )


def test_a_digest_costs_the_same_however_much_it_tells(quiet: SimpleNamespace, django_assert_max_num_queries: object) -> None:
    def cost() -> int:
        from django.db import connection  # noqa: PLC0415 -- of this test
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        with CaptureQueriesContext(
            connection,
        ) as asked:
            digests.html_of(digests.preview(quiet.carmen.user))
        return len(asked)

    topics = [topic_in(quiet, quiet.board)]
    reply_to(quiet, topics[0])
    tell()
    cost()
    first = cost()
    for number in range(6):
        topics.append(topic_in(quiet, quiet.board if number % 2 else quiet.open_board, title=f"موضوع {number}"))
        reply_to(quiet, topics[-1], by=quiet.ezz if number % 2 else quiet.carmen, body="<p>@carmen</p>")
    tell()
    assert cost() <= first + 1


@pytest.mark.parametrize(("language", "way", "title"), [("ar", "rtl", "ملتقى"), ("fr", "ltr", "Multaqa"), ("en", "ltr", "Multaqa")])
def test_each_reader_gets_their_language_its_direction_and_their_calendar(
    quiet: SimpleNamespace, language: str, way: str, title: str
) -> None:
    quiet.ezz.user.language, quiet.ezz.user.calendar = language, "both"
    quiet.ezz.user.save()
    topic_in(quiet, quiet.board)
    got = morning(quiet.ezz)
    assert f'<html lang="{language}" dir="{way}"' in got.html
    assert title in got.text
    assert "2026" in got.text
    assert "1448" in got.text
    assert "<style" not in got.html.split("</head>")[1]
    assert 'style="' in got.html


def test_the_page_shows_the_next_digest_to_its_reader_only(quiet: SimpleNamespace, client: Client) -> None:
    topic_in(quiet, quiet.board, title="للمعاينة")
    assert client.get("/ar/notices/digest/").status_code == 302
    client.force_login(quiet.ezz.user)
    page, body = client.get("/ar/notices/digest/"), client.get("/ar/notices/digest/mail/")
    assert page.status_code == body.status_code == 200
    assert "للمعاينة" in body.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert body.headers["Content-Security-Policy"].startswith("sandbox")
    assert body.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert Notice.objects.filter(mail__isnull=False).count() == 0  # looking claims nothing
    assert client.post("/notices/digest/trial/").status_code == 302
    work()
    (message,) = sent.outbox
    assert message.to == ["ezz@example.org"]
    assert "للمعاينة" in message.body


def test_after_a_day_without_a_mail_server_one_digest_says_it_all(quiet: SimpleNamespace) -> None:
    topic_in(quiet, quiet.board, title="من اليوم الأوّل")
    first = Preferences.objects.get(user=quiet.ezz.user).next_digest_at
    rounds.open_windows(first)  # nobody carries it
    topic_in(quiet, quiet.board, title="من اليوم الثاني")
    got = morning(quiet.ezz)
    assert "من اليوم الأوّل" in got.text
    assert "من اليوم الثاني" in got.text
    assert sorted(Mail.objects.filter(user=quiet.ezz.user).values_list("state", flat=True)) == ["dropped", "sent"]


def test_what_a_digest_said_of_a_group_is_not_said_again(quiet: SimpleNamespace) -> None:
    topic_in(quiet, quiet.board, title="قيل مرّة")
    assert "قيل مرّة" in morning(quiet.ezz).text
    topic_in(quiet, quiet.board, title="قيل بعدها")
    with time_machine.travel(Preferences.objects.get(user=quiet.ezz.user).last_digest_at + timedelta(hours=2), tick=True):
        topic_in(quiet, quiet.board, title="قيل بعدها بساعتين")
        got = morning(quiet.ezz)
    assert "قيل مرّة" not in got.text
    assert "قيل بعدها بساعتين" in got.text


def test_stopping_the_digest_stops_what_comes_in_one_and_nothing_else(quiet: SimpleNamespace, client: Client) -> None:
    topic_in(quiet, quiet.board)
    got = morning(quiet.ezz)
    path = re.search(r"http://localhost:8000(/mail/stop/\S+)", got.text)[1]
    assert client.post(path).status_code == 200
    grid = {code: wish["mail"] for code, wish in Preferences.objects.get(user=quiet.ezz.user).choices.items()}
    assert grid == dict.fromkeys(("replies", "walls", "places", "follows"), "none")
    topic_in(quiet, quiet.board)
    assert morning(quiet.ezz) is None


def test_one_press_makes_it_weekly(quiet: SimpleNamespace, client: Client) -> None:
    topic_in(quiet, quiet.board)
    got = morning(quiet.ezz)
    path = re.search(r"http://localhost:8000(/mail/weekly/[^\"]+)", got.html)[1]
    client.get(path)
    assert Preferences.objects.get(user=quiet.ezz.user).choices == {}
    client.post(path)
    assert Preferences.objects.get(user=quiet.ezz.user).choices == {code: {"mail": "weekly"} for code in ("replies", "walls", "places")}
