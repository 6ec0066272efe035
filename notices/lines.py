"""A notice as a sentence. Titles are read now and through the door: what one may no longer see has no title here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from forums.models import Topic
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor

# One sentence a verb, or a reason; %(who)s and %(what)s arrive as <b><bdi>…</bdi></b>.
SENTENCES = {
    "mention": _("%(who)s mentioned you in %(what)s"),
    "chat_mention": _("%(who)s mentioned you in the conversation %(what)s"),
    "reply": _("%(who)s replied in %(what)s"),
    "quote": _("%(who)s quoted you in %(what)s"),
    "wall": _("%(who)s wrote on the wall of %(place)s"),
    "answer": _("%(who)s marked your post as the answer in %(what)s"),
    "request": _("%(who)s asks to join %(place)s"),
    "invitation": _("%(who)s invites you to %(place)s"),
    "approved": _("%(who)s let you into %(place)s"),
    "declined": _("%(who)s declined your request to join %(place)s"),
    "mandated": _("%(who)s named you to speak for %(place)s"),
    "mandate_ended": _("%(who)s ended your mandate for %(place)s"),
    "named": _("%(who)s changed your role in %(place)s"),
    "handed_over": _("%(who)s handed %(place)s over to you"),
    "removed": _("%(who)s removed you from %(place)s"),
}
ICONS = {
    "mention": "at",
    "chat_mention": "chat",
    "reply": "reply",
    "quote": "quote",
    "wall": "edit",
    "answer": "done",
    "request": "users",
    "invitation": "mail",
}


@dataclass(slots=True)
class Line:
    notice: Notice
    sentence: SafeString
    quote: str
    icon: str
    path: str


def of(actor: Actor, notices: Iterable[Notice]) -> list[Line]:
    """The lines of these notices; one query for all the topics they speak of, one for the conversations."""
    notices = list(notices)
    topics, talks = _things(Topic.objects.visible_to(actor), notices), _things(Conversation.objects.visible_to(actor), notices)
    kinds = {ContentType.objects.get_for_model(Topic).pk: topics, ContentType.objects.get_for_model(Conversation).pk: talks}
    lines = []
    for notice in notices:
        things = kinds.get(notice.target_content_type_id)
        thing = things.get(int(notice.target_object_id or 0)) if things is not None else None
        if things is not None and thing is None:
            continue
        pattern = SENTENCES.get(notice.verb) or SENTENCES.get(notice.reason) or _("%(who)s did something in %(place)s")
        speaker = notice.activity.on_behalf_of or notice.activity.actor.page
        sentence = format_html(
            # The pattern is ours; what stands in it is escaped by format_html.
            str(pattern) % {"who": "{who}", "what": "{what}", "place": "{place}"},
            who=_bold(speaker.name),
            what=_bold(Truncator(_title(actor, thing)).chars(90)),
            place=_bold(notice.space.name if notice.space else ""),
        )
        icon = ICONS.get(notice.reason, "bell")
        lines.append(Line(notice, sentence, str(notice.activity.data.get("message", "")), icon, f"/notices/{notice.pk}/"))
    return lines


def _things(seen: Any, notices: list[Notice]) -> dict[int, Any]:
    """Those of these things that the notices speak of: one query, or none."""
    kind = ContentType.objects.get_for_model(seen.model).pk
    wanted = {int(notice.target_object_id) for notice in notices if notice.target_content_type_id == kind and notice.target_object_id}
    if not wanted:
        return {}
    return (seen.with_participants() if seen.model is Conversation else seen).in_bulk(wanted)


def _title(actor: Actor, thing: Topic | Conversation | None) -> str:
    if isinstance(thing, Conversation):
        return thing.title_for(actor)
    return str(thing) if thing is not None else ""


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)
