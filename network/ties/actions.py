"""The only writer of ties, and of offers and requests of partnership."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network.activity.recording import record
from network.content import Audience
from network.groups import actions as groups
from network.names import fold, tidy_name
from network.permissions import check
from network.spaces.models import Mandate, Space
from network.spaces.writing import Body, prepare
from network.ties.models import Offer, Relation, Tie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from network.spaces.actors import Actor
    from network.spaces.models import Country
    from profiles.models import User

NAME_MOST = 85  # of each side, in the name of the space they share


# --- Ties --------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def propose(actor: Actor, asked: Space, *, relation: str, message: str = "", offer: Offer | None = None) -> Tie:
    """Propose, in the name of `actor.entity`, a tie to another institution; `relation` is what the other one would be to it.

    ValidationError when the same tie stands already, or waits for an answer.
    """
    check(actor, "tie.propose", asked)
    check(actor, "entity.speak", actor.entity)
    own = actor.entity
    assert own is not None  # noqa: S101 -- the rule says so
    # Both rows, in the order of their numbers: two that propose to each other at the same moment wait here, and do not meet.
    list(Space.objects.select_for_update(of=("self",)).filter(pk__in=[own.pk, asked.pk]).order_by("pk").values_list("pk"))
    said = Relation(relation)
    first, second = (asked, own) if said.is_second else (own, asked)
    either = Q(first=first, second=second)
    if said.kind != Tie.Kind.MEMBER:
        either |= Q(first=second, second=first)
    if open_one := Tie.objects.open().filter(either, kind=said.kind).first():
        raise ValidationError({"relation": _taken(open_one)})
    if offer is not None and offer.space_id != asked.pk:
        offer = None
    tie = Tie(
        kind=said.kind,
        first=first,
        second=second,
        space=own,
        asked=asked,
        message=message.strip(),
        proposed_by=actor.person,
        offer=offer,
    )
    try:
        with transaction.atomic():
            tie.save()
    except IntegrityError as error:  # only where the rows could not be locked: the constraint keeps its promise in words
        raise ValidationError({"relation": _taken(None)}) from error
    record(actor, "tie_proposed", tie, space=asked, reach=Audience.MANAGERS, relation=said.value, message=tie.message)
    return tie


@transaction.atomic
def answer(actor: Actor, tie: Tie, *, accept: bool, message: str = "") -> Tie:
    """Accept or decline a proposal, in the name of the institution it was made to. An accepted twinning opens their shared space, once.

    Answering again as before is quiet.
    """
    tie = tie.locked()
    wanted = Tie.State.ACTIVE if accept else Tie.State.DECLINED
    if tie.state == wanted and tie.asked_id in actor.mandates:
        return tie
    check(actor, "tie.answer", tie)
    if accept and not tie.space.listed:
        raise ValidationError(_("The institution that proposed this is suspended at present. Answer when it is back."))
    speaker = actor.speaking_for(tie.asked_id)
    tie.state, tie.answer, tie.answered_by, tie.answered_at = wanted, message.strip()[:1000], actor.person, timezone.now()
    if accept and tie.kind == Tie.Kind.TWIN:
        tie.group = _shared_space(speaker, tie)
    tie.save(update_fields=["state", "answer", "answered_by", "answered_at", "group"])
    # An accepted tie is news for whoever sees both; its line asks their doors again, and says nothing of the letters.
    reach = max(tie.space.audience, tie.asked.audience) if accept else Audience.MANAGERS
    record(speaker, "tie_accepted" if accept else "tie_declined", tie, space=tie.space, reach=reach, message=tie.answer)
    return tie


@transaction.atomic
def withdraw(actor: Actor, tie: Tie) -> Tie:
    """Take a proposal back before it is answered; twice is quiet."""
    tie = tie.locked()
    if tie.state == Tie.State.WITHDRAWN and tie.space_id in actor.mandates:
        return tie
    check(actor, "tie.withdraw", tie)
    tie.state = Tie.State.WITHDRAWN
    tie.answered_by, tie.answered_at = actor.person, timezone.now()
    tie.save(update_fields=["state", "answered_by", "answered_at"])
    record(actor.speaking_for(tie.space_id), "tie_withdrawn", tie, space=tie.asked, reach=Audience.MANAGERS)
    return tie


@transaction.atomic
def end(actor: Actor, tie: Tie, *, reason: str = "", on: date | None = None) -> Tie:
    """End a tie that stands, today or on an earlier day; it stays in the history of both. Ending twice is quiet."""
    tie = tie.locked()
    if tie.state == Tie.State.ENDED and (tie.first_id in actor.mandates or tie.second_id in actor.mandates or actor.is_secretariat):
        return tie
    check(actor, "tie.end", tie)
    today = timezone.localdate()
    day = on or today
    if day > today:
        raise ValidationError({"on": _("The day lies ahead: a tie ends today, or ended before.")})
    if tie.answered_at is not None and day < timezone.localdate(tie.answered_at):
        raise ValidationError({"on": _("The day lies before the tie began.")})
    tie.state, tie.ended_on, tie.ended_because, tie.ended_by = Tie.State.ENDED, day, reason.strip()[:500], actor.person
    tie.save(update_fields=["state", "ended_on", "ended_because", "ended_by"])
    side = next((one.pk for one in (tie.first, tie.second) if one.listed and one.pk in actor.mandates), None)
    # Told to the other side; where the secretariat ends it, to both (notices.subscribers).
    there = tie.second if side == tie.first_id else tie.first
    record(actor.speaking_for(side), "tie_ended", tie, space=there, reach=Audience.MANAGERS, message=tie.ended_because)
    return tie


def _taken(tie: Tie | None) -> str:
    if tie is not None and tie.state == Tie.State.PROPOSED:
        return gettext("This tie is proposed already and waits for an answer.")
    return gettext("This tie stands already between the two.")


def _shared_space(actor: Actor, tie: Tie) -> Space:
    """The group of a twinning: owned by the institution that proposed it. Twins that were twins before find theirs again."""
    before = Tie.objects.of(tie.first).of(tie.second).filter(kind=Tie.Kind.TWIN, group__isnull=False).order_by("-id").first()
    if before is not None and before.group is not None:
        return before.group
    people = {actor.person.pk: actor.person}
    if proposer := _still_speaks(tie.proposed_by, tie.space):
        people[proposer.pk] = proposer
    names: dict[str, object] = {}
    for code in ("ar", "fr", "en"):
        sides = [getattr(side, f"name_{code}") for side in (tie.space, tie.asked)]
        if not all(sides):
            continue
        with translation.override(code):
            cut = [Truncator(side).chars(NAME_MOST) for side in sides]
            names[f"name_{code}"] = gettext("Twinning: %(first)s – %(second)s") % {"first": cut[0], "second": cut[1]}
    if not names:  # no language in common: each side as it is called
        names["name_ar"] = " – ".join(Truncator(side.name).chars(NAME_MOST) for side in (tie.space, tie.asked))
    # Hidden: its name says both, and a suspended institution is named nowhere. The two may list it.
    return groups.open_shared(
        actor,
        tie.space,
        tie.asked,
        people.values(),
        join_rule=Space.JoinRule.INVITATION,
        audience=Audience.MEMBERS,
        listed=False,
        **names,
    )


def _still_speaks(person: User, entity: Space) -> User | None:
    """The person, or whoever else speaks for the institution now."""
    held = Mandate.objects.current().filter(entity=entity, user__is_active=True).select_related("user")
    mandate = held.filter(user=person).first() or held.first()
    return mandate.user if mandate is not None else None


# --- Offers and requests ---------------------------------------------------------------------------------------------------
def offer(actor: Actor, *, title: str, body: str, countries: Iterable[Country] = (), **fields: object) -> Offer:
    """Put an offer or a request on the board, in the name of `actor.entity`."""
    ready = prepare(actor, body)
    with transaction.atomic():
        if actor.entity is None:
            raise ValidationError({"on_behalf_of": _("An institution offers and requests: choose in whose name you write.")})
        space = actor.entity.locked()
        check(actor, "entity.speak", space)
        made = Offer(space=space, author=actor.person, on_behalf_of=space)
        _describe(made, title, ready, fields)
        made.save()
        made.countries.set(countries)
        record(actor, "offered", made, space=space)
        return made


def edit(actor: Actor, offer: Offer, *, title: str, body: str, countries: Iterable[Country] = (), **fields: object) -> Offer:
    """Change an open offer: whoever speaks for the institution now."""
    ready = prepare(actor, body)
    with transaction.atomic():
        offer = offer.locked()
        check(actor, "offer.edit", offer)
        _describe(offer, title, ready, fields)
        offer.edited_at = timezone.now()
        offer.save()
        offer.countries.set(countries)
        record(actor.speaking_for(offer.on_behalf_of_id), "edited_offer", offer, reach=Audience.MANAGERS, soon=False)
        return offer


@transaction.atomic
def close(actor: Actor, offer: Offer) -> Offer:
    """Close an offer before its day; closing twice is quiet."""
    offer = offer.locked()
    check(actor, "offer.close", offer)
    if offer.closed_at is None:
        offer.closed_at, offer.closed_by = timezone.now(), actor.person
        offer.save(update_fields=["closed_at", "closed_by"])
        record(actor, "closed_offer", offer, reach=Audience.MANAGERS, soon=False)
    return offer


@transaction.atomic
def remove(actor: Actor, offer: Offer) -> Offer:
    """Take an offer down: only those who manage the page, or oversee it, still see it. Twice is quiet."""
    offer = offer.locked()
    check(actor, "offer.remove", offer)
    if offer.deleted_at is None:
        offer.deleted_at, offer.deleted_by = timezone.now(), actor.person
        offer.save(update_fields=["deleted_at", "deleted_by"])
        record(actor, "removed_offer", offer, reach=Audience.MANAGERS, soon=False)
    return offer


def _describe(offer: Offer, title: str, ready: Body, fields: dict[str, object]) -> None:
    spoken = fields.pop("languages", None)
    for name, value in fields.items():
        setattr(offer, name, value)
    offer.title = tidy_name(title)[:200]
    if not offer.title:
        raise ValidationError({"title": _("Write a title.")})
    offer.languages = f" {' '.join(spoken)} " if isinstance(spoken, list | tuple) and spoken else ""
    offer.html, offer.excerpt = ready.html, Truncator(ready.text).chars(280)
    offer.folded = fold(f"{offer.title} {ready.text}")[:20_000]
    offer.reach = max(offer.audience, offer.space.audience)
    offer.clean()
