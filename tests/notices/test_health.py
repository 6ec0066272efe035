"""How the network is: what waits too long is said, in words that say what to do."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from network.activity.models import Job
from network.activity.recording import later
from network.health import measures
from notices.models import Mail, Preferences


def states() -> dict[str, str]:
    with translation.override("en"):
        return {str(measure.name): measure.state for measure in measures()}


def test_nothing_waiting_is_well(db: None) -> None:
    assert set(states().values()) == {"ok"}
    call_command("health")


def test_what_waits_too_long_is_bad_and_names_its_lane(world: SimpleNamespace) -> None:
    later("mail.send", mail_id=1)
    Job.objects.update(due_at=timezone.now() - timedelta(minutes=40))
    later("activity.deliver", activity_id=1)
    Job.objects.filter(lane="").update(due_at=timezone.now() - timedelta(minutes=10))
    Job.objects.create(name="mail.send", lane="mail", parked_at=timezone.now())
    Mail.objects.create(key="a", kind="test", created_at=timezone.now() - timedelta(hours=3), last_error="451 later")
    Preferences.objects.create(user=world.ezz.user, next_digest_at=timezone.now() - timedelta(hours=2))
    found = states()
    assert (found["Queue: mail"], found["Queue: what happened is told"], found["Queue: devices"]) == ("bad", "warn", "ok")
    assert (found["Jobs given up"], found["Mail that waits"], found["Digests that are late"]) == ("warn", "bad", "warn")
    with pytest.raises(SystemExit):
        call_command("health")


def test_a_job_put_off_on_purpose_is_not_late(db: None) -> None:
    later("mail.send", due_at=timezone.now() + timedelta(hours=1), mail_id=1)
    assert states()["Queue: mail"] == "ok"


def test_a_full_mailbox_is_no_alarm_while_other_mails_go_out(world: SimpleNamespace) -> None:
    now = timezone.now()
    full = Mail.objects.create(key="full", kind="test", created_at=now - timedelta(hours=3), last_error="452 mailbox full", attempts=4)
    assert states()["Mail that waits"] == "bad"  # nothing went out since: it may be the server
    Mail.objects.create(
        key="fine", kind="test", created_at=now - timedelta(hours=1), state=Mail.State.SENT, sent_at=now - timedelta(hours=1)
    )
    assert states()["Mail that waits"] == "ok"
    Mail.objects.create(key="next", kind="test", created_at=now - timedelta(minutes=20), last_error="452 mailbox full", attempts=2)
    assert states()["Mail that waits"] == "warn"  # now it says so to everybody
    full.last_error = "OSError: no route"
    full.save()
    assert states()["Mail that waits"] == "bad"


def test_what_is_being_done_does_not_wait(db: None) -> None:
    old = timezone.now() - timedelta(hours=1)
    Job.objects.create(name="mail.send", lane="mail", due_at=old, leased_until=timezone.now() + timedelta(seconds=40))
    with translation.override("en"):
        [lane] = [measure for measure in measures() if str(measure.name) == "Queue: mail"]
    assert (lane.value, lane.state) == ("0 · – · 1 being done", "ok")


def test_a_room_that_cannot_say_how_it_is_is_bad_and_hides_no_other(world: SimpleNamespace, client: Client, settings: Any) -> None:
    settings.HEALTH = ("tests.notices.test_health.broken", "network.activity.health.queue")
    found = states()
    assert found["tests.notices.test_health.broken"] == "bad"
    assert "Queue: mail" in found
    staff(world, client)
    assert "tests.notices.test_health.broken" in client.get("/ar/admin/").content.decode()


def broken() -> None:
    raise RuntimeError("no answer")


def test_work_that_was_given_up_is_asked_for_again_by_a_button(world: SimpleNamespace, client: Client) -> None:
    staff(world, client)
    assert "<button" not in client.get("/en/admin/health/").content.decode().partition('id="content-main"')[2]
    parked = Job.objects.create(
        name="mail.send", lane="mail", parked_at=timezone.now(), attempts=10, last_error="Traceback\nValueError: why"
    )
    page = client.get("/en/admin/health/").content.decode()
    assert "ValueError: why" in page
    assert "Traceback" not in page
    assert client.post("/en/admin/health/").status_code == 302
    parked.refresh_from_db()
    assert (parked.parked_at, parked.attempts) == (None, 0)


def test_staff_who_may_not_see_the_queue_see_no_health(world: SimpleNamespace, client: Client) -> None:
    Mail.objects.create(key="a", kind="test", created_at=timezone.now() - timedelta(hours=3), last_error="451 basel@example.org")
    world.ezz.user.is_staff = True
    world.ezz.user.save()
    client.force_login(world.ezz.user)
    index = client.get("/en/admin/").content.decode()
    assert ("Something needs you" in index, "admin/health" in index) == (False, False)
    assert client.get("/en/admin/health/").status_code == 403
    assert client.post("/en/admin/health/").status_code == 403


def staff(world: SimpleNamespace, client: Client) -> None:
    user = world.sami.user
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)


def test_the_administrators_page_says_it_and_the_first_page_warns(world: SimpleNamespace, client: Client) -> None:
    staff(world, client)
    assert "Something needs you" not in client.get("/en/admin/").content.decode()
    Mail.objects.create(key="a", kind="test", created_at=timezone.now() - timedelta(hours=3), last_error="451 try again later")
    assert "Something needs you" in client.get("/en/admin/").content.decode()
    page = client.get("/en/admin/health/").content.decode()
    assert "Needs you now" in page
    assert "451 try again later" in page
    client.force_login(world.carmen.user)
    assert client.get("/en/admin/health/").status_code == 302
