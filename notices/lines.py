"""A notice as a sentence. Titles are read now and through the door: what one may no longer see has no title here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from forums.models import Topic
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor

# One sentence a reason and verb; %(who)s and %(what)s arrive as <b><bdi>…</bdi></b>.
SENTENCES = {
    "mention": _("%(who)s mentioned you in %(what)s"),
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
ICONS = {"mention": "at", "reply": "reply", "quote": "quote", "wall": "edit", "answer": "done", "request": "users", "invitation": "mail"}


@dataclass(slots=True)
class Line:
    notice: Notice
    sentence: SafeString
    quote: str
    icon: str
    path: str


def of(actor: Actor, notices: Iterable[Notice]) -> list[Line]:
    """The lines of these notices; one query for all the topics they speak of."""
    notices = list(notices)
    topic_type = ContentType.objects.get_for_model(Topic).pk
    wanted = {int(notice.target_object_id) for notice in notices if notice.target_content_type_id == topic_type and notice.target_object_id}
    topics = Topic.objects.visible_to(actor).in_bulk(wanted) if wanted else {}
    lines = []
    for notice in notices:
        topic = topics.get(int(notice.target_object_id or 0)) if notice.target_content_type_id == topic_type else None
        if notice.target_content_type_id == topic_type and topic is None:
            continue
        pattern = SENTENCES.get(notice.reason) or SENTENCES.get(notice.verb) or _("%(who)s did something in %(place)s")
        speaker = notice.activity.on_behalf_of or notice.activity.actor.page
        sentence = format_html(
            # The pattern is ours; what stands in it is escaped by format_html.
            str(pattern) % {"who": "{who}", "what": "{what}", "place": "{place}"},
            who=_bold(speaker.name),
            what=_bold(Truncator(str(topic)).chars(90) if topic else ""),
            place=_bold(notice.space.name if notice.space else ""),
        )
        icon = ICONS.get(notice.reason, "bell")
        lines.append(Line(notice, sentence, str(notice.activity.data.get("message", "")), icon, f"/notices/{notice.pk}/"))
    return lines


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)
