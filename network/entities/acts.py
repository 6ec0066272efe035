"""What somebody did under a mandate, as lines: the sentence of each verb, and the thing itself where the reader may see it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import pgettext_lazy

from network.activity.models import Activity

if TYPE_CHECKING:
    from datetime import datetime

    from network.spaces.actors import Actor
    from network.spaces.models import Mandate

# Verb → the sentence of its line. Other rooms add theirs by name (settings.ACT_WORDS).
WORDS: dict[str, Promise] = {
    "opened": pgettext_lazy("act", "Opened a topic"),
    "posted": pgettext_lazy("act", "Wrote on a wall"),
    "replied": pgettext_lazy("act", "Replied in a topic"),
    "edited": pgettext_lazy("act", "Changed a post"),
    "deleted": pgettext_lazy("act", "Removed a post"),
    "answered": pgettext_lazy("act", "Marked an answer"),
    "unanswered": pgettext_lazy("act", "Took the mark of an answer away"),
    "closed": pgettext_lazy("act", "Closed a topic"),
    "reopened": pgettext_lazy("act", "Reopened a topic"),
    "pinned": pgettext_lazy("act", "Pinned a topic"),
    "unpinned": pgettext_lazy("act", "Unpinned a topic"),
    "reacted": pgettext_lazy("act", "Reacted to a text"),
    "unreacted": pgettext_lazy("act", "Took a reaction back"),
    "restored": pgettext_lazy("act", "Restored a text"),
    "retitled": pgettext_lazy("act", "Changed the title of a topic"),
    "deleted_topic": pgettext_lazy("act", "Removed a topic"),
    "restored_topic": pgettext_lazy("act", "Restored a topic"),
    "opened_board": pgettext_lazy("act", "Opened a board"),
    "edited_board": pgettext_lazy("act", "Changed a board"),
    "followed": pgettext_lazy("act", "Followed an institution"),
    "unfollowed": pgettext_lazy("act", "Stopped following an institution"),
    "tie_proposed": pgettext_lazy("act", "Proposed a tie"),
    "tie_accepted": pgettext_lazy("act", "Accepted a tie"),
    "tie_declined": pgettext_lazy("act", "Declined a tie"),
    "tie_ended": pgettext_lazy("act", "Ended a tie"),
    "tie_withdrawn": pgettext_lazy("act", "Took the proposal of a tie back"),
    "offered": pgettext_lazy("act", "Wrote an offer or request"),
    "edited_offer": pgettext_lazy("act", "Changed an offer or request"),
    "closed_offer": pgettext_lazy("act", "Closed an offer or request"),
    "removed_offer": pgettext_lazy("act", "Removed an offer or request"),
    "opened_group": pgettext_lazy("act", "Opened a group"),
    "edited_group": pgettext_lazy("act", "Changed a group"),
    "asked_to_join": pgettext_lazy("act", "Asked to join"),
    "withdrew_request": pgettext_lazy("act", "Took a request to join back"),
    "joined": pgettext_lazy("act", "Joined"),
    "left": pgettext_lazy("act", "Left"),
    "invited": pgettext_lazy("act", "Invited"),
    "approved": pgettext_lazy("act", "Let in"),
    "declined": pgettext_lazy("act", "Declined a request"),
    "declined_invitation": pgettext_lazy("act", "Declined an invitation"),
    "removed": pgettext_lazy("act", "Removed a member"),
    "named": pgettext_lazy("act", "Changed a role"),
    "handed_over": pgettext_lazy("act", "Handed over a place"),
    "registered": pgettext_lazy("act", "Put an institution into the register"),
    "described": pgettext_lazy("act", "Changed the institution’s page"),
    "mandated": pgettext_lazy("act", "Named a representative"),
    "mandate_extended": pgettext_lazy("act", "Extended a mandate"),
    "mandate_ended": pgettext_lazy("act", "Ended a mandate"),
    "offered_mandate": pgettext_lazy("act", "Invited a representative by mail"),
    "took_mandate_back": pgettext_lazy("act", "Took an invitation back"),
    "accepted_mandate": pgettext_lazy("act", "Took up a mandate"),
    "status_changed": pgettext_lazy("act", "Changed the status of an institution"),
    "confirmed": pgettext_lazy("act", "Confirmed the data of an institution"),
    "accredited": pgettext_lazy("act", "Accredited a National Commission"),
    "accreditation_withdrawn": pgettext_lazy("act", "Withdrew the accreditation of a National Commission"),
    "suspended": pgettext_lazy("act", "Suspended an account"),
    "reinstated": pgettext_lazy("act", "Reinstated an account"),
    "handed_items": pgettext_lazy("act", "Handed over what was open"),
}
# What is done by virtue of the mandate without writing in the institution's name: its own affairs.
AFFAIRS = (
    "described", "mandated", "mandate_extended", "mandate_ended", "offered_mandate", "took_mandate_back", "accepted_mandate", "handed_items",
    "approved", "declined", "invited", "removed", "named", "handed_over",
)  # fmt: skip
TALK = (
    "opened", "posted", "replied", "edited", "deleted", "answered", "unanswered", "closed", "reopened", "pinned", "unpinned", "reacted",
    "unreacted", "restored", "retitled", "deleted_topic", "restored_topic",
)  # fmt: skip
TEXT = 110


@dataclass(frozen=True, slots=True)
class Act:
    """One line: when, what, where, and the thing with its address, if the reader sees it."""

    at: datetime
    words: str | Promise
    title: str
    path: str
    place: str
    place_path: str


def of_mandate(actor: Actor, mandate: Mandate, *, kind: str = "") -> QuerySet[Activity]:
    """What its holder did for the institution within its days, as far as this actor sees it, newest first. `kind`: "", talk, affairs or other."""
    found = (Activity.objects.visible_to(actor) | _between_participants(actor)).filter(
        actor=mandate.user_id, created_at__gte=mandate.starts_at
    )
    if mandate.ends_at is not None:
        found = found.filter(created_at__lt=mandate.ends_at)
    found = found.filter(Q(on_behalf_of=mandate.entity_id) | Q(space=mandate.entity_id, verb__in=AFFAIRS))
    match kind:
        case "talk":
            found = found.filter(verb__in=TALK)
        case "affairs":
            found = found.filter(verb__in=AFFAIRS)
        case "other":
            found = found.exclude(verb__in=(*TALK, *AFFAIRS))
    return found.select_related("space").order_by("-pk")


def _between_participants(actor: Actor) -> QuerySet[Activity]:
    """Those that have a word here: what the calendar does is recorded beside them, and is nobody's act."""
    seen = Q(pk__in=())
    for label in settings.ACT_THINGS:
        model: Any = apps.get_model(label)
        kind = ContentType.objects.get_for_model(model)
        seen |= Q(object_type=kind, object_id__in=model.objects.visible_to(actor).values("pk"))
    return Activity.objects.filter(seen, verb__in=all_words())


def lines(actor: Actor, activities: Iterable[Activity]) -> list[Act]:
    """The lines of these activities: one query a kind of thing, however many there are. What is not seen has neither title nor address."""
    activities = list(activities)
    words = all_words()
    spaces = _seen(actor, apps.get_model("spaces", "Space"), {each.space_id for each in activities if each.space_id})
    things = _things(actor, activities)
    acts = []
    for each in activities:
        thing = things.get((each.object_type_id, each.object_id)) or things.get((each.target_type_id or 0, each.target_id or 0))
        place = spaces.get(each.space_id or 0)
        acts.append(
            Act(
                each.created_at,
                words.get(each.verb, pgettext_lazy("act", "Did something for the institution")),
                title_of(thing) if thing is not None else "",
                getattr(thing, "path", "") if thing is not None else "",
                place.name if place is not None else "",
                place.path if place is not None else "",
            )
        )
    return acts


def all_words() -> dict[str, Promise]:
    found = dict(WORDS)
    for name in settings.ACT_WORDS:
        found |= import_string(name)
    return found


def title_of(thing: Any) -> str:
    """A text by its first words, anything else by its title or name; "" for what has neither."""
    for said in ("text", "title", "name", "excerpt"):
        if isinstance(words := getattr(thing, said, None), str) and words:
            return Truncator(words).chars(TEXT)
    return ""


def _things(actor: Actor, activities: list[Activity]) -> dict[tuple[int, int], Any]:
    wanted: dict[int, set[int]] = defaultdict(set)
    for each in activities:
        wanted[each.object_type_id].add(each.object_id)
        if each.target_type_id is not None and each.target_id is not None:
            wanted[each.target_type_id].add(each.target_id)
    found: dict[tuple[int, int], Any] = {}
    for type_id, numbers in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None:
            found |= {
                (type_id, pk): thing for pk, thing in _seen(actor, model, numbers).items() if getattr(thing, "deleted_at", None) is None
            }
    return found


def _seen(actor: Actor, model: Any, numbers: set[int]) -> dict[int, Any]:
    """Those of these that the actor sees now; of what has no door of its own, none."""
    rows = model._default_manager.all()
    rows = rows.with_words() if hasattr(rows, "with_words") else rows  # what a thing is called may stand in its versions
    return rows.visible_to(actor).in_bulk(numbers) if hasattr(rows, "visible_to") and numbers else {}
