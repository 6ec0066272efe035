"""To whom a letter of the secretariat goes: people who hold a mandate now for an institution that was chosen, each once. And how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from network.entities.models import Entity
from network.spaces.models import Mandate
from notices.models import Mail, Newsletter, Preferences

if TYPE_CHECKING:
    from network.spaces.actors import Actor

EMPTY: dict[str, list[Any]] = {"kinds": [], "countries": [], "languages": [], "entities": []}
REMEMBERED = timedelta(days=29)  # the outbox forgets what was sent a month ago


@dataclass(frozen=True, slots=True)
class Audience:
    people: frozenset[int]
    entities: int
    countries: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a letter's mails; `known` while the outbox remembers them."""

    sent: int = 0
    waiting: int = 0
    stopped: int = 0
    dropped: int = 0
    known: bool = False


def of(chosen: Mapping[str, list[Any]]) -> Audience:
    """Whom these choices mean now: an empty list chooses all. Without those who want no letters, and those whose mail does not arrive."""
    rows = list(_held(chosen).values_list("user_id", "entity_id", "entity__country_id"))
    deaf = _deaf({user_id for user_id, _entity, _country in rows})
    kept = [row for row in rows if row[0] not in deaf]
    return Audience(
        frozenset(user_id for user_id, _entity, _country in kept),
        len({entity_id for _user, entity_id, _country in kept}),
        len({country for _user, _entity, country in kept if country}),
    )


def means(chosen: Mapping[str, list[Any]], user_id: int) -> bool:
    """Whether these choices mean this person now, whatever they wish of mail."""
    return _held(chosen).filter(user=user_id).exists()


def may_read(actor: Actor, newsletter: Newsletter) -> bool:
    """Its readers find the letter on the platform too: once it is sent, as long as it means them."""
    return newsletter.sent_at is not None and actor.user_id is not None and means(newsletter.audience, actor.user_id)


def progress(newsletters: Iterable[Newsletter]) -> dict[int, Progress]:
    """How far each has come, by its number: one query for all of them."""
    newsletters, now = list(newsletters), timezone.now()
    since = {one.pk: one.sent_at for one in newsletters if one.sent_at is not None and one.sent_at > now - REMEMBERED}
    counts: dict[int, dict[str, int]] = {pk: {} for pk in since}
    if since:
        mails = Mail.objects.filter(kind=Mail.Kind.NEWSLETTER, state__in=Mail.State.values, created_at__gte=min(since.values()))
        found = mails.filter(about__newsletter__in=list(since)).order_by().values_list("about__newsletter", "state")
        for pk, state, count in found.annotate(count=Count("pk")):
            counts[int(pk)][state] = count
    return {one.pk: _progress(one, counts.get(one.pk), now) for one in newsletters}


def _progress(newsletter: Newsletter, counts: dict[str, int] | None, now: datetime) -> Progress:
    if counts is None or newsletter.sent_at is None:
        return Progress()
    sent, stopped, dropped = (counts.get(state, 0) for state in (Mail.State.SENT, Mail.State.STOPPED, Mail.State.DROPPED))
    rest = max(newsletter.people - sent - stopped - dropped, 0)  # those whose mail is still to be written wait too
    if now - newsletter.sent_at > timedelta(days=settings.MAIL_PATIENCE_DAYS):
        # Nothing is tried any longer; and what was not needed the outbox has begun to forget.
        return Progress(sent, 0, stopped, dropped + rest, known=True)
    return Progress(sent, rest, stopped, dropped, known=True)


def _held(chosen: Mapping[str, list[Any]]) -> QuerySet[Mandate]:
    """The mandates that these choices mean. Nobody speaks for an institution that is a draft, suspended or former."""
    held = Mandate.objects.current().filter(user__is_active=True, user__page__isnull=False, entity__entity__status=Entity.Status.ACTIVE)
    if kinds := chosen.get("kinds"):
        held = held.filter(entity__entity__entity_kind__code__in=kinds)
    if countries := chosen.get("countries"):
        held = held.filter(entity__country__in=countries)
    if languages := chosen.get("languages"):
        held = held.filter(user__language__in=languages)
    if entities := chosen.get("entities"):
        held = held.filter(entity__in=entities)
    return held


def _deaf(users: set[int]) -> set[int]:
    """Those who chose no letters, or whose address is paused."""
    rows = Preferences.objects.exclude(choices={}, paused_at=None).values_list("user_id", "choices", "paused_at")
    return {
        user_id for user_id, choices, paused in rows if user_id in users and (paused or choices.get("newsletter", {}).get("mail") == "none")
    }
