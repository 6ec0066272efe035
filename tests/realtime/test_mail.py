"""What was answered by mail stands on open pages like everything else."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from forums.models import Topic
from notices.mail.incoming import receive
from notices.mail.reply_address import reply_address
from tests.notices.conftest import mail

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_by_mail_is_announced_live(world: SimpleNamespace, topic: Topic, listen: Callable[..., Any], settings: Any) -> None:
    settings.MAIL_IN_DOMAIN = "in.multaqa.example"
    ear = listen(world.basel, f"{topic.stream}/ar")
    receive(mail(reply_address(world.ezz.user.pk, topic.stream), "From my telephone").as_bytes())
    frame = ear.next(lambda frame: frame.get("op") is not None)
    assert "From my telephone" in frame["html"]
