"""At home no mail leaves the machine: it stands in a folder and on a page, and nowhere but in a demonstration."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from notices.mail import outbox
from notices.models import Mail
from tests.cast import topic_in
from tests.notices.support import tell, work


@pytest.fixture(autouse=True)
def _at_home(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.profiles.urls_demo"
    settings.MAIL_TRANSPORT, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(tmp_path)
    outbox.forget_line()


def test_a_mail_is_read_on_the_page_as_it_went_out(world: SimpleNamespace, client: Client) -> None:
    outbox.post(Mail.Kind.READY, "ready:1", address="new@example.org", subject="رمز الدخول", text="الرمز 482913", html="")
    work()
    row = Mail.objects.get()
    assert row.about == {}
    assert "رمز الدخول" in client.get("/ar/demo/mail/").content.decode()
    assert "الرمز 482913" in client.get(f"/ar/demo/mail/{row.pk}/").content.decode()
    assert client.get(f"/ar/demo/mail/{row.pk}/body/").status_code == 404  # it has no HTML


def test_a_digest_stands_in_a_frame_that_runs_nothing(world: SimpleNamespace, client: Client) -> None:
    topic_in(world, world.board, title="موضوع للموجز")
    tell()
    outbox.post(Mail.Kind.TEST, "test:1", user=world.ezz.user)
    row = Mail.objects.get()
    waiting = client.get(f"/ar/demo/mail/{row.pk}/body/")  # as it would go out now
    assert "موضوع للموجز" in waiting.content.decode()
    work()
    sent = client.get(f"/ar/demo/mail/{row.pk}/body/")
    assert "موضوع للموجز" in sent.content.decode()
    assert sent.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("demo", [True, False])
def test_outside_of_a_demonstration_there_is_no_such_page(db: None, client: Client, settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    settings.PRODUCTION = demo  # which refuses DEMO at its start; should it ever not
    for path in ("", "1/", "1/body/"):
        assert client.get(f"/ar/demo/mail/{path}").status_code == 404
