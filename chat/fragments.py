"""A message as every page, answer and frame shows it: rendered once a version and language, without knowing who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.cache import caches
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.models import Message
from network.files.shown import shown_files
from network.reactions import reactions_given
from network.spaces.models import Space

SNIPPET = 120
FILES = "/conversations/files/"  # behind the message's door


def message_html(message: Message, language: str) -> str:
    """The fragment of one message, root `<article id="message-7">`."""
    return messages_html([message], language)[0]


def messages_html(messages: Sequence[Message], language: str) -> list[str]:
    """The fragments of these messages of one conversation, in order; kept ones are not rendered again."""
    keys = [f"message:{message.pk}:{message.version}:{language}" for message in messages]
    kept = caches["fragments"].get_many(keys)
    fresh = {key: _render(message, language) for key, message in zip(keys, messages, strict=True) if key not in kept}
    if fresh:
        caches["fragments"].set_many(fresh)
    return [kept.get(key) or fresh[key] for key in keys]


def event_sentence(message: Message) -> SafeString:
    """What happened, in the present language: «Haytham added Amina»."""
    verb = str(message.data.get("verb", ""))
    numbers = message.data.get("spaces") or []
    spaces = {space.pk: space for space in Space.objects.filter(pk__in=numbers)} if numbers else {}
    names = format_html_join(
        pgettext("between items", ", "), "<bdi>{}</bdi>", ((spaces[number].name,) for number in numbers if number in spaces)
    )
    who = format_html("<bdi>{}</bdi>", (message.on_behalf_of or message.author.page).name)
    pattern = {
        "started": _("%(who)s started the conversation with %(names)s"),
        "added": _("%(who)s added %(names)s, who see what was said before")
        if message.data.get("history")
        else _("%(who)s added %(names)s, who see what is said from now on"),
        "removed": _("%(who)s took %(names)s out of the conversation"),
        "left": _("%(names)s left the conversation"),
        "renamed": _("%(who)s named the conversation “%(name)s”"),
        "described": _("%(who)s changed what the conversation is about: “%(name)s”"),
    }.get(verb, _("%(who)s did something in this conversation"))
    # The pattern is ours; what stands in it is escaped by format_html.
    shape = pattern % {"who": "{who}", "names": "{names}", "name": "{name}"}
    return format_html(shape, who=who, names=names, name=format_html("<bdi>{}</bdi>", message.data.get("name", "")))


def _render(message: Message, language: str) -> str:
    with translation.override(language):
        return get_template("chat/_message.html").render(_context(message, language)).strip()


def _context(message: Message, language: str) -> dict[str, Any]:
    context: dict[str, Any] = {"message": message, "language": language, "removed": message.deleted_at is not None}
    if message.kind == Message.Kind.EVENT:
        return {**context, "event": event_sentence(message)}
    page, entity = message.author.page, message.on_behalf_of
    context |= {"page": page, "entity": entity, "title": message.author_title}
    if message.deleted_at is not None:
        return context
    return {
        **context,
        "quoted": _quoted(message),
        "reactions": reactions_given("message", message.pk, message.reactions),
        "files": shown_files(message.files, door=FILES),
    }


def _quoted(message: Message) -> dict[str, Any] | None:
    """What it answers, as it is now. Words that somebody who reads this message may not have seen are left out for all."""
    answered = message.reply_to
    if answered is None:
        return None
    open_to_all = answered.number >= message.conversation.hidden_before(message.number)
    return {
        "message": answered,
        "name": (answered.on_behalf_of or answered.author.page).name if open_to_all else "",
        "removed": answered.deleted_at is not None,
        "text": " ".join(answered.text.split())[:SNIPPET] if open_to_all else "",
        "direction": answered.direction,
        "files": bool(answered.files) and open_to_all,
    }
