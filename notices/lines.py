"""A notice as a sentence. Titles are read now and through the door: what one may no longer see has no title here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from forums.models import Topic
from notices.models import Notice
from notices.queries import POINTED, Thread

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from network.spaces.models import Space

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
    "topic": _("%(who)s opened the topic %(what)s"),
    "post": _("%(who)s wrote in %(what)s"),
    "message": _("%(who)s wrote to you in %(what)s"),
    "mail_paused": _("Mail to you is paused: your address did not take it. Look at it in your settings."),
    "colleague_paused": _("Mail does not reach %(who)s any more. Tell them; their address is in their settings."),
}
OWN = ("mail_paused", "colleague_paused")  # said by the reason: the verb is the same for both
FACES = 2
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
    """What was told, as a sentence: of one notice (`of`), or of a thread (`together`), of which `notice` is the one that is said first."""

    notice: Notice
    sentence: SafeString
    quote: str
    icon: str
    path: str
    what: SafeString = field(default_factory=SafeString)
    names: str = ""  # whose posts they are, where the sentence only counts them
    faces: list[Space] = field(default_factory=list)  # of the newest who speak
    pk: int = 0  # the newest notice: what is done with a line is done up to here
    at: datetime | None = None
    is_unread: bool = False

    @property
    def may_mute(self) -> bool:
        """Whether there is something to be silent about: a topic or a conversation."""
        return self.notice.thread.startswith(("topic.", "conversation."))


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
        pattern = (
            SENTENCES.get(notice.reason if notice.reason in OWN else notice.verb)
            or SENTENCES.get(notice.reason)
            or _("%(who)s did something in %(place)s")
        )
        speaker = _speaker(notice)
        what = _bold(Truncator(_title(actor, thing)).chars(90))
        sentence = format_html(
            # The pattern is ours; what stands in it is escaped by format_html.
            str(pattern) % {"who": "{who}", "what": "{what}", "place": "{place}"},
            who=_bold(speaker.name),
            what=what,
            place=_bold(notice.space.name if notice.space else ""),
        )
        icon = ICONS.get(notice.reason, "bell")
        lines.append(Line(notice, sentence, str(notice.activity.data.get("message", "")), icon, f"/notices/{notice.pk}/", what))
    return lines


def together(actor: Actor, threads: Iterable[Thread], notices: Iterable[Notice]) -> list[Line]:
    """One line a thread, in their order, from its first few notices: "7 replies from 4 people in …", and of whom. A mention says who, and how
    much else there is. What is new counts; when nothing is, all that was told."""
    held: dict[str, list[Line]] = {}
    for line in of(actor, notices):
        held.setdefault(line.notice.thread or f"notice.{line.notice.pk}", []).append(line)
    return [_together(thread, held[thread.line]) for thread in threads if thread.line in held]


def _together(thread: Thread, lines: list[Line]) -> Line:
    fresh = [line for line in lines if line.notice.unread] or lines
    first, count, people = fresh[0], thread.fresh or thread.told, thread.fresh_people or thread.people
    sentence, names, faces = first.sentence, "", _by_speaker(fresh)[:FACES]
    if count > 1 and thread.line.startswith(("topic.", "conversation.")):
        if first.notice.reason in POINTED:
            more = ngettext("and %(count)d more here", "and %(count)d more here", count - 1) % {"count": count - 1}
            sentence = format_html("{}{}{}", first.sentence, pgettext("between items", ", "), more)
        else:
            said = ngettext("%(count)d reply", "%(count)d replies", count) % {"count": count}
            by = ngettext("%(count)d person", "%(count)d people", people) % {"count": people}
            sentence = format_html(gettext("{posts} from {people} in {what}"), posts=said, people=by, what=first.what)
            names = _names(faces, people)
    # Opened, the line leads to the oldest that is new.
    path = f"/notices/{thread.oldest or thread.newest}/"
    return replace(
        first, sentence=sentence, names=names, path=path, pk=thread.newest, at=thread.at, is_unread=thread.fresh > 0, faces=faces
    )


def _by_speaker(lines: Iterable[Line]) -> list[Space]:
    """Who speaks in these lines, each once, a person's page or an institution."""
    return list({(speaker := _speaker(line.notice)).pk: speaker for line in lines}.values())


def _names(speakers: list[Space], people: int) -> str:
    """The newest names, and how many more there are; names are written by people, so each keeps its own direction."""
    names = format_html_join(pgettext("between items", ", "), "<bdi>{}</bdi>", ((speaker.name,) for speaker in speakers))
    rest = people - len(speakers)
    if rest <= 0:
        return names
    frame = ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", rest) % {"names": "{}", "count": rest}
    return format_html(frame, names)


def _speaker(notice: Notice) -> Space:
    return notice.activity.on_behalf_of or notice.activity.actor.page


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
