"""At home no mail leaves the machine: it stands in a folder and on a page, and nowhere but in a demonstration."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notices.mail import outbox
from notices.models import Mail, Notice
from tests.cast import reply_to, topic_in
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


def test_looking_at_a_digest_that_waits_claims_nothing_of_it(world: SimpleNamespace, client: Client) -> None:
    reply_to(world, topic_in(world, world.board), by=world.ezz)
    tell()
    row = Mail.objects.create(key="digest:1", kind="digest", user=world.carmen.user, about=window())
    page = client.get(f"/ar/demo/mail/{row.pk}/").content.decode()
    assert page.count("mail-frame ") == 1
    assert "/ar/demo/mail/" in page
    assert Notice.objects.filter(recipient=world.carmen.user).count() > 0
    assert not Notice.objects.exclude(mail=None).exists()


def window() -> dict[str, Any]:
    since = (timezone.now() - timedelta(days=1)).isoformat()
    return {"day": timezone.localdate().isoformat(), "since": since, "week_since": since, "weekly": False}


def test_what_went_out_is_told_from_what_would(world: SimpleNamespace, client: Client, tmp_path: Path) -> None:
    said = "would say now"
    topic_in(world, world.board, title="موضوع للموجز")
    tell()
    outbox.post(Mail.Kind.TEST, "test:1", user=world.ezz.user)
    row = Mail.objects.get()
    assert said in client.get(f"/en/demo/mail/{row.pk}/").content.decode()
    work()
    page = client.get(f"/en/demo/mail/{row.pk}/").content.decode()
    assert (said in page, row.message_id.strip("<>") in page) == (False, True)
    for path in tmp_path.glob("*.log"):
        path.unlink()
    assert said in client.get(f"/en/demo/mail/{row.pk}/").content.decode()


def test_a_line_in_a_mail_does_not_end_it(world: SimpleNamespace, client: Client) -> None:
    text = f"before {'-' * 79} after\n{'-' * 78}\nthe end"
    outbox.post(Mail.Kind.READY, "ready:1", address="new@example.org", subject="Line", text=text, html="")
    outbox.post(Mail.Kind.READY, "ready:2", address="new@example.org", subject="Other", text="other words", html="")
    work()
    page = client.get(f"/en/demo/mail/{Mail.objects.get(key='ready:1').pk}/").content.decode()
    assert "the end" in page
    assert "other words" not in page


def test_the_words_of_a_code_are_gone_with_its_file(world: SimpleNamespace, client: Client, tmp_path: Path) -> None:
    outbox.post(Mail.Kind.READY, "ready:1", address="new@example.org", subject="Code", text="482913", html="")
    work()
    for path in tmp_path.glob("*.log"):
        path.unlink()
    answer = client.get(f"/en/demo/mail/{Mail.objects.get().pk}/")
    assert (answer.status_code, "482913" in answer.content.decode()) == (200, False)


def test_it_is_looked_at_wide_narrow_and_dark_and_by_address(world: SimpleNamespace, client: Client) -> None:
    outbox.post(Mail.Kind.TEST, "test:1", user=world.ezz.user)
    outbox.post(Mail.Kind.READY, "ready:1", address="new@example.org", subject="Code", text="482913", html="")
    pk = Mail.objects.get(kind="test").pk
    for look, shown in (("phone", "phone"), ("dark", "dark"), ("", "wide"), ("x", "wide")):
        answer = client.get(f"/en/demo/mail/{pk}/?look={look}")
        assert f"mail-frame-{shown}" in answer.content.decode()
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    styles = {look: client.get(f"/en/demo/mail/{pk}/body/?look={look}").content.decode() for look in ("wide", "dark")}
    assert {look: ("@media all" in html, "@media not all" in html) for look, html in styles.items()} == {
        "wide": (False, True),
        "dark": (True, False),
    }
    framed = client.get(f"/en/demo/mail/{pk}/body/")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    only = client.get("/en/demo/mail/", {"to": "NEW@example.org"}).content.decode()
    assert (f"/en/demo/mail/{pk}/" in only, only.count("menu-item") > 0) == (False, True)


@pytest.mark.parametrize("demo", [True, False])
def test_outside_of_a_demonstration_there_is_no_such_page(db: None, client: Client, settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    settings.PRODUCTION = demo  # which refuses DEMO at its start; should it ever not
    for path in ("", "1/", "1/body/"):
        assert client.get(f"/ar/demo/mail/{path}").status_code == 404
