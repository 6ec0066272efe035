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
    """A National Commission over the schools, clubs and chairs of its country and their groups; a mandate for a field of work over what works
    in it; the secretariat over all. As far as the mandate itself reaches: it sees and moderates."""
    return actor.looks_over(thing.space)


@predicate
def governs(actor: Actor, thing: Any) -> bool:
    """The same without fields of work: names who speaks for it, and keeps its entry in the register."""
    return actor.governs(thing.space)


@predicate
def is_head(actor: Actor, thing: Any) -> bool:
    """Heads the institution, under a current mandate."""
    mandate = actor.mandates.get(thing.space_id)
    return mandate is not None and mandate.is_head


@predicate
def reaches_over(actor: Actor, thing: Any) -> bool:
    """Holds a mandate of this very institution that reaches over its country, or over all: one for its own affairs is not enough."""
    return thing.space_id in actor.overseers or (actor.is_secretariat and thing.space.sees_all and thing.space_id in actor.mandates)


@predicate
def keeps_registers(actor: Actor, thing: Any) -> bool:
    """The secretariat, or a National Commission: an institution with its kind."""
    return thing.sees_all or thing.entity_kind.oversees


@predicate
def is_self(actor: Actor, thing: Any) -> bool:
    """The page is the actor's own."""
    return actor.user_id is not None and thing.space.user_id == actor.user_id


@predicate
def holds(actor: Actor, thing: Any) -> bool:
    """It is the actor's own mandate, current or not."""
    return actor.user_id is not None and thing.user_id == actor.user_id


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
def is_confirmed(actor: Actor, thing: Any) -> bool:
    return thing.confirmed_at is not None


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


@predicate
def was_published(actor: Actor, thing: Any) -> bool:
    """A guide of which nothing was published is its writers'."""
    return thing.newest_id is not None


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


# --- Applications: a thing is an application, and carries whether anybody speaks for its commission ----------------------
@predicate
def applies(actor: Actor, thing: Any) -> bool:
    """Applied for it, or speaks for the institution whose file it is: the file stays with the institution."""
    if thing.entity_id is not None:
        return thing.entity_id in actor.mandates
    return actor.user_id is not None and thing.applicant_id == actor.user_id


@predicate
def is_sent(actor: Actor, thing: Any) -> bool:
    """A draft is nobody's business but the applicant's."""
    return thing.submitted_at is not None


@predicate
def is_with_applicant(actor: Actor, thing: Any) -> bool:
    """Half-written: nobody examines what is being completed, or was taken back."""
    return thing.is_with_applicant


@predicate
def is_its_commission(actor: Actor, thing: Any) -> bool:
    """Speaks for the National Commission that examines it, under a mandate over the country. One for a field of work is not enough: it
    looks over institutions, not into their files."""
    return thing.commission_id in actor.overseers


@predicate
def is_impartial(actor: Actor, thing: Any) -> bool:
    """Neither applied for it nor speaks for the institution: nobody decides in their own cause."""
    return thing.applicant_id != actor.user_id and thing.entity_id not in actor.mandates


@predicate
def stands_in(actor: Actor, thing: Any) -> bool:
    """The secretariat acts for a commission in which nobody has a mandate over the country; for no other."""
    return actor.is_secretariat and thing.needs_stand_in


@predicate
def is_editable(actor: Actor, thing: Any) -> bool:
    return thing.is_editable


@predicate
def is_affiliated(actor: Actor, thing: Any) -> bool:
    return thing.is_affiliated


@predicate
def waits_for_commission(actor: Actor, thing: Any) -> bool:
    return thing.status == "commission"


@predicate
def waits_for_secretariat(actor: Actor, thing: Any) -> bool:
    return thing.status == "secretariat"


@predicate
def may_be_taken_back(actor: Actor, thing: Any) -> bool:
    return thing.status in ("draft", "returned", "commission", "secretariat")


@predicate
def leads_or_applied(actor: Actor, thing: Any) -> bool:
    """Speaks for the affiliated institution as its head, or as the one who applied for it."""
    mandate = actor.mandates.get(thing.entity_id)
    return mandate is not None and (mandate.is_head or thing.applicant_id == actor.user_id)


# --- Ties: a thing is a tie, which has two sides, `first` and `second` ----------------------------------------------------
@predicate
def sees_both(actor: Actor, thing: Any) -> bool:
    """A tie with an institution that is hidden from the actor is hidden with it."""
    return all(RULES["space.view"].test(actor, side) for side in (thing.first, thing.second))


@predicate
def is_agreed(actor: Actor, thing: Any) -> bool:
    """It stands, or it stood: what was only proposed is between the two."""
    return thing.state in thing.SETTLED


@predicate
def is_standing(actor: Actor, thing: Any) -> bool:
    return thing.state == "active"


@predicate
def is_proposed(actor: Actor, thing: Any) -> bool:
    return thing.state == "proposed"


@predicate
def is_party(actor: Actor, thing: Any) -> bool:
    """Speaks for one of the two."""
    return thing.first_id in actor.mandates or thing.second_id in actor.mandates


@predicate
def oversees_a_side(actor: Actor, thing: Any) -> bool:
    return oversees(actor, thing.first) or oversees(actor, thing.second)


@predicate
def speaks_for_asked(actor: Actor, thing: Any) -> bool:
    return thing.asked_id in actor.mandates and thing.asked.listed


@predicate
def speaks_for_proposer(actor: Actor, thing: Any) -> bool:
    return thing.space_id in actor.mandates


@predicate
def speaks_for_a_side(actor: Actor, thing: Any) -> bool:
    """A suspended institution says nothing, not even that it ends a tie."""
    return any(side.listed and side.pk in actor.mandates for side in (thing.first, thing.second))


@predicate
def is_not_oneself(actor: Actor, thing: Any) -> bool:
    return thing.space_id != actor.entity_id


@predicate
def is_not_over(actor: Actor, thing: Any) -> bool:
    return thing.is_open


# --- Public sites, and what visitors ask -----------------------------------------------------------------------------------
@predicate
def is_published(actor: Actor, thing: Any) -> bool:
    """A page of a site that is out, of an institution that everyone sees."""
    return thing.is_published and thing.space.listed


@predicate
def speaks_for_it(actor: Actor, thing: Any) -> bool:
    """Holds a current mandate for the institution that was asked: whoever oversees it does not answer for it."""
    return thing.space_id in actor.mandates


@predicate
def is_unanswered(actor: Actor, thing: Any) -> bool:
    return thing.is_new


moderates = is_manager | oversees
vouches = (is_its_commission | stands_in) & is_impartial
decides = is_secretariat & is_impartial

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
    "entity.create_under": is_entity & reaches_over & is_active,  # the commission: what it oversees, as drafts
    "entity.edit": is_entity & (is_manager | governs),
    "entity.accredit": is_entity & is_secretariat,
    "entity.judge": is_entity & governs,  # as far as network.entities.standing says
    "entity.settle": is_entity & is_secretariat,  # makes active, takes up again, touches what is affiliated
    "entity.confirm": is_entity & (is_manager | governs),
    "contact.view": in_audience,
    "entity.speak": is_entity & is_manager & is_active,
    "entity.follow": writes_for_institution & is_entity & is_active & is_not_oneself,
    "mandate.name": is_entity & (is_head | governs),
    "mandate.end": is_entity & (is_head | governs),
    "mandate.extend": is_entity & (is_head | governs),
    "mandate.hand_over": is_entity & (is_head | governs),
    "mandate.list": is_entity & (is_manager | oversees),
    "mandate.acts": is_entity & (holds | is_manager | oversees),
    "visits.view": is_entity & (is_manager | oversees),
    "visits.survey": is_secretariat,
    "feed.manage": is_entity & (is_manager | oversees),
    # Joining a network
    "application.start": is_signed_in,
    "application.view": applies | is_sent & (is_its_commission | is_secretariat),
    "application.read": applies
    | is_sent & ~is_with_applicant & (is_its_commission | is_secretariat),  # what is written in it, and its files
    "application.edit": applies & is_editable,
    "application.withdraw": applies & may_be_taken_back,
    "application.leave": is_affiliated & leads_or_applied,
    "application.judge": is_sent & (is_its_commission | is_secretariat) & is_impartial,  # may have a say in it, at its time
    "application.review": waits_for_commission & vouches,
    "application.decide": waits_for_secretariat & decides,
    "application.report": applies & is_affiliated,
    "application.vouch": is_affiliated & vouches,
    "application.minute": is_affiliated & (is_its_commission | is_secretariat),
    "application.settle": is_affiliated & decides,
    # Lists brought into the registers: before it is confirmed, a file is its bringer's institution's own
    "import.start": is_entity & reaches_over & is_active & keeps_registers,
    "import.view": reaches_over | is_confirmed & is_secretariat,
    "import.run": reaches_over & ~is_confirmed,
    # Ties between institutions
    "tie.view": sees_both & (is_agreed | is_party | oversees_a_side),
    "tie.propose": writes_for_institution & is_entity & is_active & is_not_oneself,
    "tie.answer": sees_both & is_proposed & speaks_for_asked,
    "tie.withdraw": sees_both & is_proposed & speaks_for_proposer,
    "tie.end": sees_both & is_standing & (speaks_for_a_side | is_secretariat),
    "offer.view": in_audience & (is_kept | moderates),
    "offer.edit": in_audience & is_kept & is_author & is_not_over,
    "offer.close": in_audience & is_kept & (is_author | moderates),
    "offer.remove": in_audience & moderates,
    "offer.report": is_signed_in & in_audience & is_kept & ~is_author,
    # Public sites: always read as nobody reads them
    "site.edit": moderates,
    "sitepage.view": is_published | moderates,
    "question.view": speaks_for_it | is_secretariat,
    "question.answer": (speaks_for_it | is_secretariat) & is_unanswered,
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
    # Guides and first steps
    "guide.view": in_audience & (was_published | moderates),
    "guide.create": is_entity & is_active & is_manager,
    "guide.edit": in_audience & moderates,
    "guide.publish": in_audience & is_entity & is_active & (is_manager | is_secretariat),
    "steps.take": is_signed_in,
    "steps.oversee": is_secretariat,
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
    "entity.follow": _("An institution follows another one that is active: choose in whose name you follow."),
    "entity.create": _("Only the secretariat adds institutions to the register; a National Commission adds those that it oversees."),
    "import.start": _("Only the secretariat and the National Commissions bring lists into the registers."),
    "import.run": _("This list is confirmed already."),
    "entity.judge": _("Only the secretariat or the institution's National Commission changes its status."),
    "entity.settle": _("The secretariat makes an institution active, and takes up again what it suspended or what was ended."),
    "entity.confirm": _("Only those who look after this institution confirm its data."),
    "guide.create": _("Guides are written by institutions: whoever speaks for one writes them here."),
    "guide.edit": _("Only those who speak for the institution, or oversee it, change its guide."),
    "guide.publish": _("Only those who speak for the institution, or the secretariat, publish its guide."),
    "steps.oversee": _("How far institutions are with their first steps is seen by the secretariat."),
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
    "application.edit": _("This application is being examined; it can be changed when it is returned to you."),
    "application.withdraw": _("Only whoever applied takes an application back, and only until it is decided."),
    "application.leave": _("Only the head of the institution, or whoever applied for it, withdraws it from its network."),
    "application.judge": _(
        "Nobody decides on an application that they sent themselves, or for an institution they speak for. Somebody else answers here."
    ),
    "application.review": _("Only the National Commission of its country examines this application, and only while it waits there."),
    "application.decide": _("Only the secretariat decides this, and only after the National Commission has endorsed it."),
    "application.report": _("Only those who speak for the institution report for it and ask for its renewal."),
    "application.vouch": _("Only the National Commission of its country confirms its reports and endorses its renewal."),
    "application.minute": _("Minutes of working sessions are kept by the National Commission and the secretariat."),
    "application.settle": _("Only the secretariat settles this."),
    "mandate.extend": _("Only the secretariat, the institution's head or its National Commission extends a mandate."),
    "mandate.hand_over": _("Only the secretariat, the institution's head or its National Commission hands over what is open."),
    "entity.accredit": _("Which body is the National Commission of a country is decided by the secretariat alone."),
    "tie.propose": _("An institution proposes a tie to another: choose in whose name you write."),
    "tie.answer": _("This proposal no longer waits for an answer, or it is not addressed to an institution you speak for."),
    "tie.withdraw": _("This proposal no longer waits for an answer, or it was not made by an institution you speak for."),
    "tie.end": _("Only the two institutions, or the secretariat, end a tie that stands between them."),
    "offer.edit": _("Only whoever speaks for the institution changes its offer, as long as it is open."),
    "offer.close": _("Only the institution, whoever oversees it or the secretariat closes its offer."),
    "offer.remove": _("Only those who manage the institution's page, or oversee it, take an offer down."),
    "site.edit": _("Only those who speak for the institution, or oversee it, look after its public site."),
    "question.answer": _("This question is answered or closed already."),
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
