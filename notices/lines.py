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
from network.accreditation.models import Application
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
    "mandate_extended": _("%(who)s changed the last day of your mandate for %(place)s"),
    "mandate_lapsing": _("The mandate of %(who)s for %(place)s lapses soon. Extend it, or let it end."),
    "own_lapsing": _("Your mandate for %(place)s lapses soon."),
    "handed_items": _("%(who)s handed over to you what is open at %(place)s"),
    "accepted_mandate": _("%(who)s accepted your invitation to represent %(place)s"),
    "named": _("%(who)s changed your role in %(place)s"),
    "handed_over": _("%(who)s handed %(place)s over to you"),
    "removed": _("%(who)s removed you from %(place)s"),
    "topic": _("%(who)s opened the topic %(what)s"),
    "post": _("%(who)s wrote in %(what)s"),
    "message": _("%(who)s wrote to you in %(what)s"),
    "confirmation_due": _("Is what the register says of %(place)s still true? It is asked once a year."),
    "status_active": _("%(who)s made %(place)s active"),
    "status_suspended": _("%(who)s suspended %(place)s"),
    "status_former": _("%(who)s ended %(place)s in the register"),
    "status_draft": _("%(who)s made %(place)s a draft again"),
    "tie_partner": _("%(who)s proposes a partnership to %(place)s"),
    "tie_twin": _("%(who)s proposes to %(place)s to be twins"),
    "tie_member": _("%(who)s proposes to %(place)s to be its member"),
    "tie_has_member": _("%(who)s proposes that %(place)s be its member"),
    "tie_supervised": _("%(who)s proposes that %(place)s supervise it"),
    "tie_supervises": _("%(who)s proposes to supervise %(place)s"),
    "tie_accepted": _("%(who)s accepted the tie that %(place)s proposed"),
    "tie_declined": _("%(who)s declined the tie that %(place)s proposed"),
    "tie_ended": _("%(who)s ended its tie with %(place)s"),
    "asked_question": _("A visitor of the public site asks %(place)s"),
    "answered_question": _("%(who)s answered the question of a visitor to %(place)s"),
    "closed_question": _("%(who)s closed the question of a visitor to %(place)s"),
    "application_receipt": _("The application of %(what)s is sent: you are told of each step."),
    "mail_paused": _("Mail to you is paused: your address did not take it. Look at it in your settings."),
    "colleague_paused": _("Mail does not reach %(who)s any more. Tell them; their address is in their settings."),
}
# Of an application: %(what)s is its name, through the door.
APPLICATIONS = {
    "application_submitted": _("%(who)s sent the application of %(what)s"),
    "application_returned": _("%(who)s returned the application of %(what)s for completion"),
    "application_declined": _("%(who)s declined the application of %(what)s"),
    "application_endorsed": _("%(who)s endorsed the application of %(what)s"),
    "application_approved": _("%(who)s approved the application of %(what)s: its certificate is ready"),
    "application_withdrawn": _("%(who)s withdrew the application of %(what)s"),
    "application_due": _("The application of %(what)s still waits for an answer"),
    "application_late": _("The National Commission has not answered the application of %(what)s by its day"),
    "application_suspended": _("%(who)s suspended the affiliation of %(what)s"),
    "application_reinstated": _("%(who)s restored the affiliation of %(what)s"),
    "application_ended": _("%(who)s ended the affiliation of %(what)s"),
    "application_left": _("%(who)s withdrew %(what)s from its network"),
    "application_lapsed": _("The affiliation of %(what)s has lapsed: its agreement ended"),
    "application_reported": _("%(who)s sent the yearly report of %(what)s"),
    "application_report_returned": _("%(who)s returned the yearly report of %(what)s for completion"),
    "application_report_confirmed": _("%(who)s confirmed the yearly report of %(what)s"),
    "application_renewal_called": _("The agreement of %(what)s ends within ninety days"),
    "application_renewal_asked": _("%(who)s asks for the renewal of %(what)s"),
    "application_renewal_endorsed": _("%(who)s endorsed the renewal of %(what)s"),
    "application_renewal_declined": _("%(who)s declined the renewal of %(what)s"),
    "application_renewed": _("%(who)s renewed the agreement of %(what)s"),
    "application_met": _("%(who)s kept the minutes of a working session with %(what)s"),
    "report_due": _("The yearly report of %(what)s is due"),
    "report_overdue": _("The yearly report of %(what)s is overdue"),
}
SENTENCES |= APPLICATIONS
OWN = (
    "application_receipt",
    "mail_paused",
    "colleague_paused",
    "mandate_lapsing",
    "own_lapsing",
)  # said by the reason: the verb is the same for both
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
    "application_receipt": "award",
    "application_waits": "award",
    "application_news": "award",
    "handed": "swap",
    "mandate_lapsing": "clock",
    "own_lapsing": "clock",
    "confirmation": "done",
    "standing": "shield",
    "tie_request": "link",
    "tie": "link",
    "question": "mail",
    "question_copy": "mail",
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
    """The lines of these notices; one query for all the topics they speak of, one for the conversations, one for the applications."""
    notices = list(notices)
    topics, talks = _things(Topic.objects.visible_to(actor), notices), _things(Conversation.objects.visible_to(actor), notices)
    files = _things(Application.objects.visible_to(actor), notices)
    kinds = {
        ContentType.objects.get_for_model(model).pk: found
        for model, found in ((Topic, topics), (Conversation, talks), (Application, files))
    }
    lines = []
    for notice in notices:
        things = kinds.get(notice.target_content_type_id)
        thing = things.get(int(notice.target_object_id or 0)) if things is not None else None
        if things is not None and thing is None:
            continue
        pattern = (
            SENTENCES.get(notice.reason if notice.reason in OWN else _key(notice))
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


def _key(notice: Notice) -> str:
    """What is proposed, and each way to stand in the register, is said in a sentence of its own."""
    if notice.verb == "status_changed":
        return f"status_{notice.activity.data.get('now')}"
    return f"tie_{notice.activity.data.get('relation')}" if notice.verb == "tie_proposed" else notice.verb


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


def _title(actor: Actor, thing: Topic | Conversation | Application | None) -> str:
    if isinstance(thing, Application):
        return thing.name
    if isinstance(thing, Conversation):
        return thing.title_for(actor)
    return str(thing) if thing is not None else ""


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)
