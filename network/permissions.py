"""Every rule of the house, read aloud in five minutes. Predicates read what the row and the actor already carry: no query.

A thing is a space, or a row that has `space` (loaded), and where it matters `reach`, `author_id`, `on_behalf_of_id`, `closed_at`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules import predicate

from network.content import Audience

if TYPE_CHECKING:
    from network.spaces.actors import Actor


# --- Who is asking -------------------------------------------------------------------------------------------------
@predicate
def anyone(actor: Actor) -> bool:
    return True


@predicate
def is_signed_in(actor: Actor) -> bool:
    return actor.user is not None


@predicate
def is_networked(actor: Actor) -> bool:
    """Has a current mandate, or a membership that somebody approved: a fresh account has neither."""
    return actor.is_networked


@predicate
def is_secretariat(actor: Actor) -> bool:
    return actor.is_secretariat


@predicate
def writes_for_institution(actor: Actor) -> bool:
    """Chose an institution's name for what is being done now: a member may still bring the institution along."""
    return actor.entity_id is not None


@predicate
def writes_for_secretariat(actor: Actor) -> bool:
    """What is written goes out in the secretariat's name, not in the person's own."""
    return actor.entity is not None and actor.entity.sees_all


# --- Who is asking, here ---------------------------------------------------------------------------------------------
@predicate
def is_member(actor: Actor, thing: Any) -> bool:
    return thing.space_id in actor.roles


@predicate
def is_manager(actor: Actor, thing: Any) -> bool:
    return actor.roles.get(thing.space_id) in ("owner", "moderator")


@predicate
def is_owner(actor: Actor, thing: Any) -> bool:
    return actor.roles.get(thing.space_id) == "owner"


@predicate
def oversees(actor: Actor, thing: Any) -> bool:
    """A National Commission over the schools, clubs and chairs of its country and their groups; the secretariat over all."""
    return actor.is_secretariat or (thing.space.overseer_id is not None and thing.space.overseer_id in actor.mandates)


@predicate
def is_head(actor: Actor, thing: Any) -> bool:
    """Heads the institution, under a current mandate."""
    mandate = actor.mandates.get(thing.space_id)
    return mandate is not None and mandate.is_head


@predicate
def is_self(actor: Actor, thing: Any) -> bool:
    """The page is the actor's own."""
    return actor.user_id is not None and thing.space.user_id == actor.user_id


# --- What may be seen --------------------------------------------------------------------------------------------------
@predicate
def in_audience(actor: Actor, thing: Any) -> bool:
    """The narrowest audience of the content, its board and its space covers the actor."""
    reach = thing.reach
    if reach >= Audience.PARTICIPANTS:
        return False
    if reach <= (Audience.NETWORK if actor.is_networked else Audience.PUBLIC):
        return True
    if oversees(actor, thing):
        return True
    return is_member(actor, thing) if reach == Audience.MEMBERS else is_manager(actor, thing)


@predicate
def is_listed(actor: Actor, thing: Any) -> bool:
    """Others see the card of the space; a hidden one is, to them, not there. People are listed to their own audience only."""
    space = thing.space
    return space.listed and (space.kind != "person" or in_audience(actor, space))


@predicate
def is_kept(actor: Actor, thing: Any) -> bool:
    """Not taken down."""
    return thing.deleted_at is None


@predicate
def was_taken_back(actor: Actor, thing: Any) -> bool:
    """Taken down by whoever wrote it, or by the actor: what a moderator took down only moderators restore."""
    return thing.deleted_by_id in (actor.user_id, thing.author_id)


# --- What state it is in -----------------------------------------------------------------------------------------------
@predicate
def in_kept_topic(actor: Actor, thing: Any) -> bool:
    """A topic that was taken down takes its posts along."""
    return thing.topic_deleted_at is None


@predicate
def is_open(actor: Actor, thing: Any) -> bool:
    return thing.closed_at is None and thing.deleted_at is None


@predicate
def joins_openly(actor: Actor, thing: Any) -> bool:
    return thing.space.join_rule == "open"


@predicate
def joins_on_request(actor: Actor, thing: Any) -> bool:
    return thing.space.join_rule == "request"


@predicate
def is_group(actor: Actor, thing: Any) -> bool:
    return thing.space.kind == "group"


@predicate
def is_entity(actor: Actor, thing: Any) -> bool:
    return thing.space.kind == "entity"


@predicate
def is_active(actor: Actor, thing: Any) -> bool:
    """A draft, suspended or former institution stands in no list, and nobody speaks in its name."""
    return thing.space.listed


@predicate
def takes_part(actor: Actor, thing: Any) -> bool:
    """Members take part; on the wall of an institution or a person, whoever is in the network does."""
    return thing.space_id in actor.roles or (actor.is_networked and thing.space.kind != "group")


# --- Whose it is -------------------------------------------------------------------------------------------------------
@predicate
def is_author(actor: Actor, thing: Any) -> bool:
    """Wrote it for oneself, or may still speak for the institution it was written for: acts stay with the institution."""
    if thing.on_behalf_of_id is not None:
        return thing.on_behalf_of_id in actor.mandates
    return actor.user_id is not None and thing.author_id == actor.user_id


@predicate
def within_edit_window(actor: Actor, thing: Any) -> bool:
    return timezone.now() - thing.created_at <= timedelta(hours=settings.EDIT_WINDOW_HOURS)


@predicate
def can_still_see(actor: Actor, thing: Any) -> bool:
    """A former member edits and deletes nothing: writing asks the reader's door first."""
    return in_audience(actor, thing)


# --- Conversations: a thing is a conversation or a message, and says itself who sees it --------------------------------
@predicate
def hears(actor: Actor, thing: Any) -> bool:
    """Takes part in the conversation, and came before this was said. Nobody else sees it: no secretariat, no overseer, no administrator."""
    return thing.is_seen_by(actor)


@predicate
def convenes(actor: Actor, thing: Any) -> bool:
    """Convenes the conversation, or manages the group whose room it is."""
    return thing.is_led_by(actor)


@predicate
def is_of_several(actor: Actor, thing: Any) -> bool:
    return thing.kind in ("several", "entities")


@predicate
def can_grow(actor: Actor, thing: Any) -> bool:
    """A group's room grows with the group."""
    return thing.kind != "group"


@predicate
def is_said(actor: Actor, thing: Any) -> bool:
    """Somebody's words, not a line about what happened."""
    return thing.kind == "text"


@predicate
def within_chat_window(actor: Actor, thing: Any) -> bool:
    return timezone.now() - thing.created_at <= timedelta(minutes=settings.CHAT_EDIT_WINDOW_MINUTES)


@predicate
def is_reported(actor: Actor, thing: Any) -> bool:
    return thing.reported_at is not None


@predicate
def leads_group(actor: Actor, thing: Any) -> bool:
    """Manages the group in whose room this was said."""
    return thing.space_id is not None and thing.is_led_by(actor)


@predicate
def joins_by_membership(actor: Actor, thing: Any) -> bool:
    """A group's room is its members'; whoever sees the group sees no more of it than that it is there."""
    return thing.space_id in actor.roles


moderates = is_manager | oversees

# verb                     who may
RULES = {
    # Spaces
    "space.view": is_listed | is_member | oversees | is_self,
    "space.read": in_audience | is_self,
    "space.follow": is_signed_in & (is_listed | is_member | oversees),
    "space.post": (is_self & is_networked) | (in_audience & is_member),
    "space.members": is_member | oversees | (in_audience & is_listed),
    "space.manage": is_manager | oversees,
    "space.invite": is_manager,
    "space.hand_over": is_owner | is_secretariat,
    # Groups
    "group.create": is_networked,
    "group.join": is_signed_in & is_group & is_listed & joins_openly & (~is_member | writes_for_institution),
    "group.request": is_signed_in & is_group & is_listed & joins_on_request & (~is_member | writes_for_institution),
    "group.leave": is_group & is_member,
    "group.edit": is_group & (is_manager | is_secretariat),
    # Institutions
    "entity.create": is_secretariat,
    "entity.edit": is_entity & (is_manager | oversees),
    "entity.speak": is_entity & is_manager & is_active,
    "mandate.name": is_entity & (is_head | oversees),
    "mandate.end": is_entity & (is_head | oversees),
    # Forums
    "board.view": in_audience,
    "board.create": moderates,
    "board.edit": moderates,
    "topic.view": is_kept & in_audience | (is_manager | oversees) & in_audience,
    "topic.open": in_audience & is_member,
    "topic.reply": in_audience & takes_part & is_open,
    "topic.edit": in_audience & (is_author & within_edit_window | moderates),
    "topic.close": in_audience & (is_author | moderates),
    "topic.pin": in_audience & moderates,
    "topic.answer": in_audience & (is_author | moderates),
    "topic.delete": in_audience & moderates,
    "topic.watch": is_signed_in & in_audience,
    "post.view": in_audience & (in_kept_topic | moderates),
    "post.react": in_audience & takes_part & is_kept & in_kept_topic,
    "post.edit": can_still_see & is_kept & in_kept_topic & ((is_author & within_edit_window) | moderates),
    "post.delete": can_still_see & is_kept & (is_author | moderates),
    "post.restore": can_still_see & ~is_kept & (is_author & was_taken_back | moderates),
    "post.history": in_audience & is_kept & (in_kept_topic | moderates),
    # Conversations
    "conversation.start": is_networked,
    "conversation.view": hears,
    "conversation.speak": hears & is_networked,
    "conversation.edit": hears & is_networked & is_of_several,
    "conversation.add": hears & is_networked & can_grow,
    "conversation.remove": hears & is_networked & is_of_several & convenes,
    "conversation.leave": hears & is_of_several,
    "conversation.room": is_group & joins_by_membership,
    "message.view": hears,
    "message.react": hears & is_networked & is_kept & is_said,
    "message.edit": hears & is_networked & is_kept & is_said & is_author & within_chat_window,
    "message.delete": hears & is_kept & is_said & (is_author | leads_group) | is_reported & is_secretariat,
    "message.inspect": is_kept & is_reported & is_secretariat,  # what was reported, with its files; nothing else of the conversation
    "message.pin": hears & is_networked & is_kept & is_said,
    "message.report": hears & is_kept & is_said & ~is_author,
    "report.view": is_secretariat,
    "newsletter.send": is_secretariat & writes_for_secretariat,
    # People
    "person.suspend": is_secretariat,
    "profile.view": in_audience | is_self,
    "profile.edit": is_self,
}

SENTENCES = {
    "topic.reply": _("You cannot reply here: the topic is closed, or only members of this space take part."),
    "topic.open": _("Only members of this space open topics in it."),
    "space.post": _("Only members of this space write on its wall."),
    "post.edit": _(
        "This post can no longer be edited by you: its time has passed, or it was written for an institution you no longer represent."
    ),
    "post.delete": _("You cannot delete this post: it belongs to somebody else, or to an institution you no longer represent."),
    "post.restore": _("This post was removed by those who manage this place; only they restore it."),
    "entity.speak": _("You no longer hold a mandate for this institution. Choose another name to write in; your text is kept."),
    "conversation.start": _("Conversations are for people of the network. Ask an institution or a group to approve you first."),
    "conversation.speak": _("You can read this conversation, but not write in it: you belong to no institution or group any more."),
    "conversation.add": _("Who takes part in a group's room is decided in the group."),
    "conversation.remove": _("Only whoever convened the conversation takes somebody out of it."),
    "conversation.leave": _("A conversation between two cannot be left. Archive it instead."),
    "message.edit": _(
        "This message can no longer be changed: its time has passed, or it was written for an institution you no longer represent."
    ),
    "message.delete": _("You cannot remove this message: it belongs to somebody else, or to an institution you no longer represent."),
    "group.create": _("Groups are opened by people of the network. Ask an institution or a group to approve you first."),
    "mandate.name": _("Only the secretariat, the institution's head or its National Commission names who speaks for it."),
    "mandate.end": _("Only the secretariat, the institution's head or its National Commission ends a mandate."),
    "group.leave": _("You are not a member of this group."),
    "space.hand_over": _("Only an owner hands a space over."),
}


def can(actor: Actor, verb: str, thing: Any = None) -> bool:
    """Whether `actor` may `verb` the `thing`. An unknown verb raises KeyError: a typo must not lock a door in silence."""
    rule = RULES[verb]
    if actor.is_suspended and not verb.endswith(".view"):
        return False
    return rule.test(actor, thing) if thing is not None else rule.test(actor)


def check(actor: Actor, verb: str, thing: Any = None) -> None:
    """Pass, or raise PermissionDenied with the verb's own sentence (a page shows it with 403)."""
    if not can(actor, verb, thing):
        raise PermissionDenied(SENTENCES.get(verb, _("You may see this, but not do that here.")))
