"""A web process with the mistake of others: the cursor of catching up is a row's id, and no lock orders the commits.

A PostgreSQL id is taken at INSERT and visible at COMMIT: whoever asks "after 11" never hears of a 10 that commits later. Started only by the lab.
"""

from __future__ import annotations

import os
import random
import sys
import time
from typing import Any


def break_it() -> None:
    """Replace, in this process, the lock, the version and the question by those of a naive house."""
    from chat import actions  # noqa: PLC0415 -- after setup
    from chat.models import Conversation, Message  # noqa: PLC0415
    from realtime import streams, views  # noqa: PLC0415

    def unlocked(conversation: Conversation) -> Conversation:
        return Conversation.objects.with_participants().get(pk=conversation.pk)

    def place(conversation: Conversation, message: Message) -> Message:
        message.conversation = conversation
        message.number = random.randrange(10**6, 2 * 10**9)
        message.save(force_insert=True)
        message.number = message.version = message.pk
        message.save(update_fields=["number", "version"])
        time.sleep(random.uniform(0, 0.4))
        conversation.version = conversation.last_number = message.pk
        Conversation.objects.filter(pk=conversation.pk, version__lt=message.pk).update(version=message.pk, last_number=message.pk)
        return message

    def head_of(pk: int) -> int:
        return Message.objects.filter(conversation=pk).order_by("-pk").values_list("pk", flat=True).first() or 0

    def heads(wanted: Any) -> tuple[str, dict[str, int]]:
        epoch, found = known(wanted)
        return epoch, found | {f"conversation.{pk}": head_of(pk) for pk in wanted.get("conversation", ())}

    known = streams.heads
    actions._locked = unlocked
    actions._place = place
    streams.heads = heads
    from network.live import hub  # noqa: PLC0415

    hub.heads = heads
    before = views.conversation_changes

    def changes(actor: Any, conversation_id: int, after: int, head: int, language: str) -> dict[str, object]:
        return before(actor, conversation_id, after, head_of(conversation_id), language)

    views._CHANGES["conversation"] = changes


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")
    import django

    django.setup()
    break_it()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
