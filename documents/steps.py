"""First steps as data: a sentence, where it leads, and how it is known to be done. A person's role says which are theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.models import FinishedStep, Guide, PutAway
from forums.models import Post
from network.entities.models import Entity
from network.groups.models import Group
from network.spaces.models import Follow, JoinRequest, Mandate, Membership, Space, counted

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User

Known = Callable[[], Any]  # true of a person (the outer row) who has done it


@dataclass(frozen=True, slots=True)
class Step:
    """`known` is None where only the person can say that it is done."""

    code: str
    sentence: str | Promise
    path: str  # without its language; {guide} is the guide of the role, {entity} the institution
    known: Known | None = None
    why: str | Promise = ""


ME = OuterRef("pk")


def _held() -> QuerySet:
    """The institutions for which the person holds a current mandate."""
    return Mandate.objects.current().filter(user=OuterRef(OuterRef("pk"))).values("entity")


def _has_picture() -> Any:
    return Exists(Space.objects.filter(user=ME).exclude(picture=""))


def _has_about() -> Any:
    return Exists(Space.objects.filter(user=ME).exclude(about_ar="", about_fr="", about_en=""))


def _follows_three() -> Any:
    return GreaterThanOrEqual(counted(Follow.objects.filter(user=ME, space__kind="entity")), 3)


def _in_group() -> Any:
    asked = JoinRequest.objects.filter(user=ME)
    return Exists(Membership.objects.filter(user=ME, space__kind="group")) | Exists(asked)


def _wrote() -> Any:
    return Exists(Post.objects.filter(author=ME))


def _wrote_for_institution() -> Any:
    return Exists(Post.objects.filter(author=ME, on_behalf_of__isnull=False))


def _institution_described() -> Any:
    return Exists(Space.objects.filter(pk__in=_held()).exclude(about_ar="", about_fr="", about_en=""))


def _institution_has_picture() -> Any:
    return Exists(Space.objects.filter(pk__in=_held()).exclude(picture=""))


def _named_someone() -> Any:
    return Exists(Mandate.objects.filter(named_by=ME).exclude(user=ME))


def _opened_group() -> Any:
    return Exists(Group.objects.filter(created_by=ME))


def _wrote_guide() -> Any:
    return Exists(Guide.objects.filter(author=ME))


PICTURE = Step("picture", _("Add your picture"), "/profile/", _has_picture, _("People answer a face sooner than a letter."))
ABOUT = Step("about", _("Say who you are, in two lines"), "/profile/", _has_about)
READ = Step(
    "guide", _("Read the guide of your role"), "{guide}", None, _("Tick it when you have read it, or say so at the end of the guide.")
)
FOLLOW = Step(
    "follow", _("Follow three institutions"), "/institutions/", _follows_three, _("What they publish then stands on your home page.")
)
GROUP = Step("group", _("Join a group, or ask to"), "/groups/", _in_group)
WRITE = Step("write", _("Write your first post"), "/topics/", _wrote)
SPEAK = Step("speak", _("Write once in the name of your institution"), "{entity}wall/", _wrote_for_institution)
DESCRIBE = Step("describe", _("Describe your institution"), "{entity}edit/", _institution_described)
FACE = Step("face", _("Give your institution its picture"), "{entity}edit/", _institution_has_picture)
NAME = Step("name", _("Name who speaks for your institution"), "{entity}mandates/", _named_someone)
NOTICES = Step("notices", _("Choose what reaches you by mail"), "/settings/notices/", None)

ROLES: dict[str, str | Promise] = {
    "secretariat": _("First steps in the secretariat"),
    "head": _("First steps of a secretary-general"),
    "officer": _("First steps of a liaison officer"),
    "coordinator": _("First steps of a coordinator"),
    "club": _("First steps of a club leader"),
    "chair": _("First steps of a chair holder"),
    "partner": _("First steps of a partner"),
    "fresh": _("First steps in the network"),
}
COORDINATES = (PICTURE, READ, DESCRIBE, FOLLOW, GROUP, SPEAK)
STEPS: dict[str, tuple[Step, ...]] = {
    "secretariat": (
        PICTURE,
        READ,
        NAME,
        Step("publish", _("Write or mend a guide"), "/guides/", _wrote_guide),
        Step("overview", _("Look at the first steps of the institutions"), "/first-steps/institutions/", None),
        SPEAK,
    ),
    "head": (PICTURE, READ, DESCRIBE, NAME, FOLLOW, SPEAK),
    "officer": (
        PICTURE,
        READ,
        FACE,
        FOLLOW,
        GROUP,
        SPEAK,
        Step("opened", _("Open a group for the schools, clubs or chairs of your country"), "/groups/new/", _opened_group),
    ),
    **dict.fromkeys(("coordinator", "club", "chair"), COORDINATES),
    "partner": (PICTURE, READ, DESCRIBE, FOLLOW, WRITE),
    "fresh": (PICTURE, ABOUT, READ, FOLLOW, GROUP, NOTICES),
}
GUIDES = {  # the guide of each role, by its code
    "secretariat": "secretariat",
    "head": "secretary-general",
    "officer": "liaison-officer",
    "coordinator": "school-coordinator",
    "club": "club-leader",
    "chair": "chair-holder",
    "partner": "partner",
    "fresh": "networks",
}
CODES = frozenset(step.code for steps in STEPS.values() for step in steps)


# --- Whose are which ----------------------------------------------------------------------------------------------------------
def role_of(actor: Actor) -> str:
    """The role whose guide and steps are this person's. The kind of their institutions is asked once, and kept with their rights."""
    kept = actor.rights.derived.get("first_steps_role")
    if kept is None:
        kept = actor.rights.derived["first_steps_role"] = _role(actor)
    return str(kept)


def _role(actor: Actor) -> str:
    if actor.is_secretariat:
        return "secretariat"
    if not actor.mandates:
        return "fresh"
    rows = Entity.objects.filter(pk__in=list(actor.mandates)).values_list("pk", "entity_kind__oversees", f"entity_kind__{JOINED}")
    kinds = {pk: (oversees, joined) for pk, oversees, joined in rows}
    return strongest(_role_in(mandate.is_head, mandate.network, *kinds.get(pk, (False, None))) for pk, mandate in actor.mandates.items())


JOINED = "procedure__network"  # of a kind: the network that its institutions join, by name
ROLES_IN = {Mandate.Network.SCHOOLS: "coordinator", Mandate.Network.CLUBS: "club", Mandate.Network.CHAIRS: "chair"}


def _role_in(is_head: bool, network: str, oversees: bool, joined: str | None) -> str:
    """What the mandate is for counts; one for the platform is for what the institution itself belongs to."""
    if oversees:
        return "head" if is_head else "officer"
    return ROLES_IN.get(network) or ROLES_IN.get(joined) or "partner"  # type: ignore[call-overload]


def strongest(roles: Iterable[str]) -> str:
    return min(roles, key=list(ROLES).index, default="fresh")


# --- How far somebody is -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Taken:
    """A step as its person sees it."""

    step: Step
    href: str
    done: bool
    at: datetime | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Progress:
    role: str
    taken: list[Taken]
    away: bool

    @property
    def title(self) -> str | Promise:
        return ROLES[self.role]

    @property
    def done(self) -> int:
        return sum(one.done for one in self.taken)

    @property
    def total(self) -> int:
        return len(self.taken)

    @property
    def next(self) -> Taken | None:
        return next((one for one in self.taken if not one.done), None)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total


def progress(actor: Actor, language: str, *, dated: bool = True) -> Progress:
    """What is written down, and what the rows say by now: one query, and one more for the days."""
    person, role = actor.person, role_of(actor)
    steps = STEPS[role]
    finished = {row.step: row for row in FinishedStep.objects.filter(user=person)} if dated else {}
    asked: dict[str, Any] = {}
    for step in steps:
        written = Exists(FinishedStep.objects.filter(user=ME, step=step.code))
        asked[f"did_{step.code}"] = Case(
            When(written, then=True), *([When(step.known(), then=True)] if step.known is not None else []), default=False
        )
    facts = (
        get_user_model()
        .objects.filter(pk=person.pk)
        .annotate(
            away=Exists(PutAway.objects.filter(user=ME)),
            guide_id=Subquery(Guide.objects.published().filter(code=GUIDES[role]).values("pk")[:1]),
            **asked,
        )
        .values("away", "guide_id", *asked)[0]
    )
    own = actor.entities[0] if actor.entities else None
    taken = []
    for step in steps:
        row = finished.get(step.code)
        path = step.path.format(
            guide=f"/guides/{facts['guide_id']}/" if facts["guide_id"] else "/guides/", entity=own.path if own else "/institutions/"
        )
        done = bool(facts[f"did_{step.code}"])
        taken.append(Taken(step, f"/{language}{path}", done, row.at if row else None, row.by_hand if row else False))
    return Progress(role, taken, bool(facts["away"]))


def card(actor: Actor, language: str) -> Progress | None:
    """For the home page: nothing once it is put away, or all is done."""
    if actor.user is None or not actor.user.is_active:
        return None
    derived = actor.rights.derived
    if derived.get(NO_CARD):
        return None
    found = progress(actor, language, dated=False)
    if found.away or found.next is None:
        derived[NO_CARD] = True  # not asked again for as long as the rights are kept
        return None
    return found


NO_CARD = "no_first_steps_card"


def card_again(actor: Actor) -> None:
    """Something about the card changed."""
    actor.rights.derived.pop(NO_CARD, None)


# --- What is written down ----------------------------------------------------------------------------------------------------
SEEN_WITHIN = timedelta(days=2)


def notice(*, everybody: bool = False) -> int:
    """Write down, with today's date, what people who were here lately have done. One query a step, however many people."""
    people: QuerySet[User] = get_user_model().objects.filter(is_active=True)
    if not everybody:
        people = people.filter(last_login__gte=timezone.now() - SEEN_WITHIN) | people.filter(
            pk__in=Post.objects.filter(created_at__gte=timezone.now() - SEEN_WITHIN).values("author")
        )
    known = {step.code: step.known for steps in STEPS.values() for step in steps if step.known is not None}
    rows = []
    for code, did in known.items():
        new = people.exclude(pk__in=FinishedStep.objects.filter(step=code).values("user")).annotate(did=did()).filter(did=True)
        rows += [FinishedStep(user_id=pk, step=code) for pk in new.values_list("pk", flat=True)]
    FinishedStep.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the people of one institution are."""

    entity: Entity
    people: int
    finished: int  # of their steps
    total: int
    complete: int  # people who took them all
    last: datetime | None

    @property
    def percent(self) -> int:
        return 100 * self.finished // self.total if self.total else 0


def standings(entities: Iterable[Entity]) -> list[Standing]:
    """What is written down of the people who speak for these institutions now: two queries."""
    entities = list(entities)
    held: dict[int, dict[int, str]] = {entity.pk: {} for entity in entities}
    by_pk = {entity.pk: entity for entity in entities}
    rows = Mandate.objects.current().filter(entity__in=held, user__is_active=True)
    for entity_id, user_id, is_head, network, joined in rows.values_list(
        "entity", "user", "is_head", "network", f"entity__entity__entity_kind__{JOINED}"
    ):
        entity = by_pk[entity_id]
        role = "secretariat" if entity.sees_all else _role_in(is_head, network, entity.entity_kind.oversees, joined)
        held[entity_id][user_id] = strongest([role, held[entity_id].get(user_id, role)])
    everyone = {user for people in held.values() for user in people}
    finished: dict[int, dict[str, datetime]] = {}
    for user_id, step, at in FinishedStep.objects.filter(user__in=everyone).values_list("user", "step", "at"):
        finished.setdefault(user_id, {})[step] = at
    found = []
    for entity in entities:
        days, total, complete = [], 0, 0
        for user_id, role in held[entity.pk].items():
            codes = [step.code for step in STEPS[role]]
            own = [finished[user_id][code] for code in codes if code in finished.get(user_id, {})]
            days += own
            total += len(codes)
            complete += len(own) == len(codes)
        found.append(Standing(entity, len(held[entity.pk]), len(days), total, complete, max(days, default=None)))
    return found
