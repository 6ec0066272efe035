"""Who is told of what happened. Called by the worker, at least once: the rows are unique, so twice is once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.contenttypes.models import ContentType

from chat.models import Conversation, Message, Seat
from forums.models import Post, Topic, Watch
from network import compiled
from network.accreditation.models import Application
from network.activity.models import Activity
from network.entities.models import Entity
from network.sites.models import Question
from network.spaces.models import HandOver, Invitation, JoinRequest, Mandate, MandateInvitation, Space
from network.spaces.readers import managers, members, representatives, speakers, who_may
from network.ties.models import Tie
from notices import actions, lines

Reasons = dict[int, str]


def notify(activity: Activity) -> None:
    """Recipients − the author − whoever blocked them − whoever cannot see it now; then one row each, and their bells ring."""
    find = _TELL.get(activity.verb)
    if find is not None:
        find(activity)


def _post(activity: Activity) -> None:
    post = _post_of(activity)
    if post is None or post.deleted_at is not None:
        return
    topic = post.topic
    reasons: Reasons = {}
    here = _levels(topic.space_id)
    watches = dict(compiled.ask("SELECT user_id, level FROM forums_watch WHERE topic_id = %s", topic.pk))
    if activity.verb in ("replied", "opened", "posted"):
        if activity.verb == "replied":
            # What one chose for the topic itself counts more than for the place it stands in.
            reasons |= {user_id: "post" for user_id, level in here.items() if level == "watching" and user_id not in watches}
            reasons |= {user_id: "reply" for user_id, level in watches.items() if level == Watch.Level.WATCHING}
            if post.reply_to_id and post.reply_to:
                reasons[post.reply_to.author_id] = "reply"
            reasons |= dict.fromkeys(_quoted(post), "quote")
        else:
            reasons |= {user_id: "topic" for user_id, level in here.items() if level in ("tracking", "watching")}
            reasons |= dict.fromkeys(managers(topic.space_id) if activity.verb == "posted" else (), "wall")
    elif activity.verb == "answered":
        reasons[post.author_id] = "answer"
    # Whom the text named when it was written, or, for an edit, named newly: the row says it, so a late worker tells the same.
    reasons |= dict.fromkeys(_mentioned(activity.data.get("mentioned", [])), "mention")
    deaf = {user_id for user_id, level in {**here, **watches}.items() if level == "muted"}
    kept = _fit(activity, {user_id: why for user_id, why in reasons.items() if user_id not in deaf})
    allowed = who_may("topic.view", topic, kept) if kept else {}
    told = {user_id: why for user_id, why in kept.items() if user_id in allowed}
    actions.tell(activity, told, path=post.path, thread=topic.stream, people=allowed)


def _levels(space_id: int) -> dict[int, str]:
    """How much each person wants to hear of a space, of those for whom it is not the usual; the members, where the space's own usual is more."""
    found = compiled.ask(
        "SELECT user_id, level FROM notices_level WHERE space_id = %s"
        " UNION ALL SELECT 0, level FROM notices_spacemail WHERE space_id = %s AND level <> 'normal'",
        space_id,
        space_id,
    )
    levels: dict[int, str] = dict(found)
    usual = levels.pop(0, None)
    return {**dict.fromkeys(members(space_id), usual), **levels} if usual else levels


def _post_of(activity: Activity) -> Post | None:
    """The post that was written, changed or accepted, with its topic; of a new topic, its first."""
    is_post = activity.object_type_id == ContentType.objects.get_for_model(Post).pk
    try:
        return compiled.get(Post, activity.object_id if is_post else activity.data.get("post") or 0, "topic__space", "reply_to")
    except Post.DoesNotExist:
        return None


def _quoted(post: Post) -> set[int]:
    """Whose posts this one quotes: `<blockquote cite="/posts/7/">` of the same topic."""
    numbers = {int(part.split("/", 1)[0]) for part in post.html.split('cite="/posts/')[1:] if part.split("/", 1)[0].isdigit()}
    return set(Post.objects.filter(pk__in=numbers, topic=post.topic_id).values_list("author_id", flat=True)) if numbers else set()


def _mentioned(space_ids: list[int]) -> set[int]:
    """The people behind mentioned pages: the person, or whoever speaks for the institution."""
    if not space_ids:
        return set()
    spaces = list(Space.objects.filter(pk__in=space_ids))
    people = {space.user_id for space in spaces if space.user_id}
    return people | representatives(space.pk for space in spaces if space.is_entity)


def _asked(activity: Activity) -> None:
    request = activity.data.get("request")
    if JoinRequest.objects.filter(pk=request).exists():
        reasons: Reasons = dict.fromkeys(managers(activity.space_id or 0), "request")
        _tell_there(activity, reasons, tab="requests/", thread=f"request.{request}")


def _invited(activity: Activity) -> None:
    guest = activity.object
    invitation = activity.data.get("invitation")
    if not isinstance(guest, Space) or not Invitation.objects.filter(pk=invitation).exists():
        return
    people = {guest.user_id} if guest.user_id else representatives([guest.pk])
    reasons = _fit(activity, dict.fromkeys(filter(None, people), "invitation"))
    actions.tell(activity, reasons, path="/invitations/", thread=f"invitation.{invitation}")


def _settled(activity: Activity) -> None:
    """What was asked is answered or taken back: nobody is told any more that it waits for them."""
    for name in ("request", "invitation"):
        if number := activity.data.get(name):
            actions.forget_thread(f"{name}.{number}")


def _tie(activity: Activity) -> None:
    """Whoever speaks for the institution that is asked, answered, or left."""
    tie = Tie.objects.with_sides().filter(pk=activity.object_id).first()
    if tie is None:
        return
    thread = f"tie.{tie.pk}"
    if activity.verb in ("tie_accepted", "tie_declined", "tie_withdrawn"):
        actions.forget_thread(thread, representatives([tie.asked_id]))  # it waits for them no longer
    if activity.verb == "tie_withdrawn" or (activity.verb == "tie_proposed" and tie.state != Tie.State.PROPOSED):
        return
    sides = [activity.space_id or 0]
    if activity.verb == "tie_ended" and activity.on_behalf_of_id not in (tie.first_id, tie.second_id):
        sides = [tie.first_id, tie.second_id]  # ended from above
    reasons = _fit(activity, dict.fromkeys(representatives(sides), "tie_request" if activity.verb == "tie_proposed" else "tie"))
    allowed = who_may("tie.view", tie, reasons) if reasons else {}
    actions.tell(activity, {user_id: why for user_id, why in reasons.items() if user_id in allowed}, path=tie.path, thread=thread)


def _question(activity: Activity) -> None:
    """Whoever speaks for the institution that a visitor asked; the secretariat gets a copy. Answered or closed, it waits for nobody."""
    question = Question.objects.select_related("space").filter(pk=activity.object_id).first()
    if question is None:
        return
    thread = f"question.{question.pk}"
    if activity.verb != "asked_question":
        actions.forget_thread(thread)
        return
    if not question.is_new:
        return
    secretariat = Space.objects.entities().filter(sees_all=True).values_list("pk", flat=True)
    asked = representatives([question.space_id])
    reasons = dict.fromkeys(representatives(secretariat), "question_copy" if asked else "question") | dict.fromkeys(asked, "question")
    allowed = who_may("question.view", question, reasons) if reasons else {}
    fit = _fit(activity, {user_id: why for user_id, why in reasons.items() if user_id in allowed})
    actions.tell(activity, fit, path=question.path, thread=thread)


def _confirmation(activity: Activity) -> None:
    """The yearly question, to whoever speaks for the institution; once one of them answered, it waits for none of them."""
    entity = activity.object
    if not isinstance(entity, Entity):
        return
    thread, people = f"confirmation.{entity.pk}", representatives([entity.pk])
    if activity.verb == "confirmed":
        actions.forget_thread(thread)
    elif Entity.objects.unconfirmed().filter(pk=entity.pk).exists():
        # Nobody is deaf to it: it is the clock that asks.
        actions.tell(activity, dict.fromkeys(people, "confirmation"), path=f"{entity.path}standing/", thread=thread)


def _standing(activity: Activity) -> None:
    """An institution was suspended, ended or taken up again: news to whoever speaks for it, and to its commission."""
    entity = activity.object
    if not isinstance(entity, Entity):
        return
    people = representatives(filter(None, [entity.pk, entity.overseer_id]))
    reasons = _fit(activity, dict.fromkeys(people, "standing"))
    allowed = who_may("entity.confirm", entity, reasons) if reasons else {}
    told = {user_id: why for user_id, why in reasons.items() if user_id in allowed}
    actions.tell(activity, told, path=f"{entity.path}standing/", people=allowed)


def _personal(reason: str) -> Callable[[Activity], None]:
    def told(activity: Activity) -> None:
        _settled(activity)
        if isinstance(activity.object, Space) and activity.object.user_id:
            _tell_there(activity, {activity.object.user_id: reason})

    return told


def _lapsing(activity: Activity) -> None:
    """A mandate lapses soon: its holder and the head are told; where the holder is the only head, whoever can extend that mandate."""
    number = activity.data.get("mandate")
    mandate = Mandate.objects.current().select_related("entity").filter(pk=number).first()
    if mandate is None or (mandate.until_day and mandate.until_day.isoformat() != activity.data.get("until")):
        return  # ended or extended meanwhile
    heads = set(Mandate.objects.current().filter(entity=mandate.entity_id, is_head=True).values_list("user_id", flat=True)) - {
        mandate.user_id
    }
    if not heads:
        above = (
            [mandate.entity.overseer_id] if mandate.entity.overseer_id else Space.objects.filter(sees_all=True).values_list("pk", flat=True)
        )
        heads = representatives(above)
    actions.tell(activity, dict.fromkeys(heads, "mandate_lapsing") | {mandate.user_id: "own_lapsing"}, path=mandate.path)


def _handed(activity: Activity) -> None:
    """What is open became this person's."""
    number = activity.data.get("hand_over")
    row = HandOver.objects.select_related("entity").filter(pk=number).first()
    if row is not None:
        actions.tell(activity, _fit(activity, {row.to_user_id: "handed"}), path=row.path)


def _taken_up(activity: Activity) -> None:
    """Somebody accepted what was offered by mail: whoever offered it is told."""
    offered = MandateInvitation.objects.filter(pk=activity.data.get("mandate_invitation")).values_list("by", flat=True).first()
    if offered is not None:
        _tell_there(activity, {offered: "taken_up"}, tab="mandates/")


def _paused(activity: Activity) -> None:
    """Mail does not reach somebody: they are told inside, and so are those who speak for the same institutions."""
    owner = activity.actor_id
    entities = Mandate.objects.current().filter(user=owner).values_list("entity_id", flat=True)
    reasons: Reasons = dict.fromkeys(representatives(entities), "colleague_paused") | {owner: "mail_paused"}
    actions.tell(activity, reasons, path="/settings/notices/")


def _tell_there(activity: Activity, reasons: Reasons, *, tab: str = "", thread: str = "") -> None:
    place = activity.target if isinstance(activity.target, Space) else activity.space
    if place is not None:
        actions.tell(activity, _fit(activity, reasons), path=place.path + tab, thread=thread)


def _said(activity: Activity) -> None:
    """Whom a message named, and in a conversation of their own everybody else, of those who take part and see it."""
    message = activity.object
    if not isinstance(message, Message) or message.deleted_at is not None:
        return
    message = Message.objects.with_conversation().get(pk=message.pk)
    conversation = message.conversation
    reasons: Reasons = {}
    if conversation.kind != Conversation.Kind.GROUP:
        muted = Seat.objects.filter(conversation=conversation, muted_at__isnull=False).values_list("user_id", flat=True)
        reasons = dict.fromkeys(_participants(conversation) - set(muted), "message")
    kept = _fit(activity, reasons | dict.fromkeys(_mentioned(activity.data.get("mentioned", ())), "chat_mention"))
    allowed = who_may("message.view", message, kept) if kept else {}
    told = {user_id: why for user_id, why in kept.items() if user_id in allowed}
    actions.tell(activity, told, path=message.path, thread=conversation.stream, people=allowed)


def _participants(conversation: Conversation) -> set[int]:
    held = list(conversation.participants.all())
    return {one.user_id for one in held if one.user_id} | representatives(one.entity_id for one in held if one.entity_id)


def _gone(activity: Activity) -> None:
    """What somebody was told of a conversation leaves the inbox's count when they leave the conversation."""
    conversation = activity.target
    if isinstance(conversation, Conversation):
        actions.forget_thread(conversation.stream, _mentioned(activity.data.get("spaces", ())))


def _application(activity: Activity) -> None:
    """A step of an application: news to the applicant and the institution, and a task for whoever has to answer next."""
    application = activity.object
    if not isinstance(application, Application):
        return
    application = Application.objects.with_all().get(pk=application.pk)
    # Whoever was asked before is not asked any more; who is asked now is told below. A second delivery leaves what the first told.
    # Minutes answer nothing: what waits goes on waiting.
    if activity.verb != "application_met":
        actions.forget_thread(application.stream, before=activity.created_at)
    # A coordinator of another network is not nagged, though the file stays open to them.
    network = application.procedure.network
    commission = _in_network(network, filter(None, [application.commission_id]), over=True)
    secretariat = _in_network(network, _secretariat(), over=True)
    judges = secretariat if application.needs_stand_in else commission
    people = {
        "own": _in_network(network, [application.entity_id]) if application.entity_id else {application.applicant_id},
        "commission": commission,
        "secretariat": secretariat,
        "judges": judges,
        "next": judges if application.status == Application.Status.COMMISSION else secretariat,
    }
    reasons: Reasons = {}
    for role, reason in _OF_FILES.get(activity.verb, _NEWS).items():
        # Nobody is asked to decide in their own cause.
        asked = people[role] - people["own"] - {application.applicant_id} if reason == _WAITS and role != "own" else people[role]
        reasons |= dict.fromkeys(asked, reason)
    if activity.verb in FROM_THE_CLOCK:  # nobody did it: whoever stands there as its actor is told as well
        kept = reasons
    else:  # whoever sent it is the one who wants to read that it was
        kept = _fit(activity, reasons) | {user_id: why for user_id, why in reasons.items() if why == _SENT}
    allowed = who_may("application.view", application, kept) if kept else {}
    told = {user_id: why for user_id, why in kept.items() if user_id in allowed}
    actions.tell(activity, told, path=application.path, thread=application.stream, people=allowed)


# Verb → who is told, and why; the later counts where somebody is both. What is not named is news to the institution and its commission.
_WAITS, _TOLD, _SENT = "application_waits", "application_news", "application_receipt"
_NEWS = {"own": _TOLD, "commission": _TOLD}
_OF_FILES: dict[str, dict[str, str]] = {
    "application_submitted": {"own": _SENT, "next": _WAITS},
    "application_due": {"next": _WAITS},
    "application_late": {"commission": _TOLD, "secretariat": _TOLD, "next": _WAITS},
    "application_endorsed": {"own": _TOLD, "secretariat": _WAITS},
    "application_returned": {"commission": _TOLD, "own": _WAITS},
    "application_withdrawn": {"own": _TOLD, "commission": _TOLD, "secretariat": _TOLD},
    "application_left": {"own": _TOLD, "commission": _TOLD, "secretariat": _TOLD},
    "application_lapsed": {"own": _TOLD, "commission": _TOLD, "secretariat": _TOLD},
    "application_reported": {"judges": _WAITS},
    "application_report_returned": {"own": _WAITS},
    "application_renewal_called": {"commission": _TOLD, "own": _WAITS},
    "application_renewal_asked": {"judges": _WAITS},
    "application_renewal_endorsed": {"own": _TOLD, "secretariat": _WAITS},
    "application_met": {"own": _TOLD, "commission": _TOLD, "secretariat": _TOLD},
    "report_due": {"own": _WAITS},
    "report_overdue": {"commission": _TOLD, "own": _WAITS},
}
FROM_THE_CLOCK = (
    "application_renewal_called", "application_lapsed", "application_due", "application_late", "report_due", "report_overdue",
)  # fmt: skip


def _secretariat() -> list[int]:
    return list(Space.objects.filter(kind=Space.Kind.ENTITY, sees_all=True).values_list("pk", flat=True))


def _in_network(network: str, entity_ids: Iterable[int], *, over: bool = False) -> set[int]:
    return set().union(*speakers(network, entity_ids, over=over).values())


def _deleted(activity: Activity) -> None:
    """What was told of a topic that is no more leaves everybody's count."""
    if isinstance(activity.object, Topic):
        actions.forget_thread(activity.object.stream)


def _fit(activity: Activity, reasons: Reasons) -> Reasons:
    """Without the author, and without those who do not want to hear the author."""
    blocked_by = compiled.ask("SELECT user_id FROM profiles_block WHERE blocked_id = %s", activity.actor_id) if reasons else []
    deaf = {user_id for (user_id,) in blocked_by}
    return {user_id: why for user_id, why in reasons.items() if user_id != activity.actor_id and user_id not in deaf}


_TELL: dict[str, Callable[[Activity], None]] = {
    "replied": _post,
    "opened": _post,
    "posted": _post,
    "edited": _post,
    "answered": _post,
    "said": _said,
    "deleted_topic": _deleted,
    "removed_from_conversation": _gone,
    "left_conversation": _gone,
    "asked_to_join": _asked,
    "invited": _invited,
    "joined": _settled,
    "declined_invitation": _settled,
    "withdrew_request": _settled,
    **dict.fromkeys(("tie_proposed", "tie_accepted", "tie_declined", "tie_withdrawn", "tie_ended"), _tie),
    **dict.fromkeys(("asked_question", "answered_question", "closed_question"), _question),
    "confirmation_due": _confirmation,
    "confirmed": _confirmation,
    "status_changed": _standing,
    "approved": _personal("approved"),
    "declined": _personal("declined"),
    "mandated": _personal("mandate"),
    "mandate_ended": _personal("mandate"),
    "mandate_extended": _personal("mandate"),
    "mandate_lapsing": _lapsing,
    "handed_items": _handed,
    "accepted_mandate": _taken_up,
    "named": _personal("named"),
    "handed_over": _personal("named"),
    "removed": _personal("removed"),
    "mail_paused": _paused,
    **dict.fromkeys(lines.APPLICATIONS, _application),
}
