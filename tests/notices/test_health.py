"""How the network is: what waits too long is said, in words that say what to do."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

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


def test_the_administrators_page_says_it_and_the_first_page_warns(world: SimpleNamespace, client: Client) -> None:
    user = world.sami.user
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    assert "Something needs you" not in client.get("/en/admin/").content.decode()
    Mail.objects.create(key="a", kind="test", created_at=timezone.now() - timedelta(hours=3), last_error="451 try again later")
    assert "Something needs you" in client.get("/en/admin/").content.decode()
    page = client.get("/en/admin/health/").content.decode()
    assert "Needs you now" in page
    assert "451 try again later" in page
    client.force_login(world.carmen.user)
    assert client.get("/en/admin/health/").status_code == 302
