"""Browsers of the cast in the rooms of conversations, and what they read there."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from chat.models import Conversation, Message
from tests.cast import Person
from tests.house.pages import Page

JSON = {"accept": "application/json"}
SCRIPT = {"x-requested-with": "fetch"}


def at(who: Person | None) -> Client:
    """This person's browser."""
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def form(words: str = "السلام عليكم", **more: Any) -> dict[str, Any]:
    return {"body": words, "client_id": str(uuid.uuid4()), **more}


def many(conversation: Conversation, who: Person, count: int) -> None:
    """So many messages at once, as the action would have written them one by one."""
    conversation.refresh_from_db()
    numbers = range(conversation.last_number + 1, conversation.last_number + count + 1)
    began = timezone.now() - timedelta(hours=2)
    rows = [
        Message(
            conversation=conversation, number=number, version=conversation.version + number, author=who.user, client_id=uuid.uuid4(),
            html=f"<p>رسالة {number}</p>", text=f"رسالة {number}", folded=f"رساله {number}", created_at=began + timedelta(seconds=number),
        )
        for number in numbers
    ]  # fmt: skip
    Message.objects.bulk_create(rows)
    last = conversation.messages.order_by("-number")[0]
    Conversation.objects.filter(pk=conversation.pk).update(
        last_number=last.number, version=last.version, last_at=last.created_at, last_message=last
    )
    conversation.refresh_from_db()


def numbers(response: Any) -> list[int]:
    """The messages that a page or a piece of one shows, in its order."""
    return [int(number) for number in re.findall(r'id="message-\d+" data-number="(\d+)"', response.content.decode())]


def said(response: Any) -> str:
    return str(response.content.decode())


def whole(response: Any) -> bytes:
    """A file as it came; whoever opened it closes it."""
    found = b"".join(response.streaming_content)
    for close in response._resource_closers:  # not response.close(): that would end the test's own connection
        close()
    return found


def ticked(html: str) -> list[str]:
    """Who is chosen already in the form that begins a conversation."""
    return [
        one.attrs["value"]
        for one in Page(html).all("input")
        if one.attrs.get("name") == "who" and "checked" in one.attrs and "value" in one.attrs
    ]


def opens(response: Any) -> int:
    if response.streaming:
        whole(response)
    return int(response.status_code)


def kept(response: Any) -> dict[str, str]:
    """What stands in the composer of a page."""
    page = Page(said(response))
    box = next(element for element in page.all("form") if element.attrs.get("id") == "composer")
    fields = [element for element in page.elements if box in element.around and element.attrs.get("name")]
    return {
        one.attrs["name"]: "".join(one.text) if one.name == "textarea" else one.attrs.get("value", "")
        for one in fields
        if one.name == "textarea" or (one.attrs.get("type") == "hidden" and one.attrs["name"] != "csrfmiddlewaretoken")
    }
