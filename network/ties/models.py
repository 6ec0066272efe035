"""What ties two institutions (Tie), and what they offer and look for before there is a tie (Offer)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.content import Audience, Content, Reaching, VisibleQuerySet
from network.spaces.models import Country, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor

PERSON = settings.AUTH_USER_MODEL
LANGUAGES = [("ar", _("Arabic")), ("fr", _("French")), ("en", _("English"))]


class TieQuerySet(models.QuerySet["Tie"]):
    def visible_to(self, actor: Actor) -> Self:
        """Ties whose two institutions the actor sees; what is not agreed yet, or never was, only those whom it concerns."""
        if actor.is_secretariat:
            return self
        seen = Space.objects.entities().visible_to(actor).values("pk")
        told = Q(state__in=Tie.SETTLED)
        if actor.mandates:
            own = list(actor.mandates)
            told |= Q(first__in=own) | Q(second__in=own)
        if actor.overseers:
            above = list(actor.overseers)
            told |= Q(first__overseer__in=above) | Q(second__overseer__in=above)
        if actor.fields:
            fields = list(actor.fields)
            told |= Q(first__field__in=fields) | Q(second__field__in=fields)
        return self.filter(told, first__in=seen, second__in=seen)

    def of(self, entity: Space) -> Self:
        return self.filter(Q(first=entity) | Q(second=entity))

    def open(self) -> Self:
        """Proposed, or standing."""
        return self.filter(state__in=Tie.OPEN)

    def standing(self) -> Self:
        return self.filter(state=Tie.State.ACTIVE)

    def with_sides(self) -> Self:
        return self.select_related("first__country", "second__country", "space", "asked")


class Tie(models.Model):
    """Two institutions, and what they are to each other: proposed by one, answered by the other, ended with a date. Rows are never deleted.

    It reads from `first` to `second`: the first is a member of, or supervised by, the second; partners and twins have no direction.
    """

    class Kind(models.TextChoices):
        PARTNER = "partner", _("Partner")
        TWIN = "twin", pgettext_lazy("of an institution", "Twin")
        MEMBER = "member", _("Member of")
        SUPERVISED = "supervised", _("Supervised by")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("a tie", "Proposed")
        ACTIVE = "active", pgettext_lazy("a tie", "Standing")
        DECLINED = "declined", pgettext_lazy("a tie", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("a tie", "Taken back")
        ENDED = "ended", pgettext_lazy("a tie", "Ended")

    OPEN = (State.PROPOSED, State.ACTIVE)
    SETTLED = (State.ACTIVE, State.ENDED)

    kind = models.CharField(pgettext_lazy("of a tie", "kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(pgettext_lazy("of a tie", "state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    first = models.ForeignKey(
        Space, models.PROTECT, related_name="ties_first", verbose_name=_("institution"), limit_choices_to={"kind": "entity"}
    )
    second = models.ForeignKey(
        Space, models.PROTECT, related_name="ties_second", verbose_name=_("tied to"), limit_choices_to={"kind": "entity"}
    )
    space = models.ForeignKey(Space, models.PROTECT, related_name="ties_proposed", verbose_name=_("proposed by"))
    asked = models.ForeignKey(Space, models.PROTECT, related_name="ties_asked", verbose_name=_("answered by"))
    message = models.CharField(_("message"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="ties_proposed", verbose_name=_("proposed by the person"))
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now, editable=False)
    answer = models.CharField(_("word with the answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="ties_answered", verbose_name=_("answered by the person")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_because = models.CharField(_("reason of the end"), max_length=500, blank=True)
    ended_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="ties_ended", verbose_name=_("ended by the person")
    )
    group = models.ForeignKey(
        Space, models.PROTECT, null=True, blank=True, related_name="opened_by_ties", verbose_name=_("shared space"), editable=False
    )
    offer = models.ForeignKey("ties.Offer", models.PROTECT, null=True, blank=True, related_name="ties", verbose_name=_("answers the offer"))

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = _("tie")
        verbose_name_plural = _("ties")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="tie_not_with_oneself"),
            models.CheckConstraint(
                condition=Q(space=F("first"), asked=F("second")) | Q(space=F("second"), asked=F("first")), name="tie_is_proposed_by_a_side"
            ),
            models.CheckConstraint(condition=Q(state="ended") ^ Q(ended_on=None), name="tie_ended_has_its_day"),
            # Who proposed it does not matter: one open tie of a kind between two.
            models.UniqueConstraint(
                Least("first", "second"),
                Greatest("first", "second"),
                "kind",
                condition=Q(state__in=["proposed", "active"]) & ~Q(kind="member"),
                name="one_open_tie_a_pair",
            ),
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(state__in=["proposed", "active"], kind="member"), name="one_open_membership_a_pair"
            ),
        ]
        indexes = [
            models.Index(fields=["first", "state"]),
            models.Index(fields=["second", "state"]),
            models.Index(fields=["asked", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.kind} {self.second_id}: {self.state}"

    def locked(self) -> Tie:
        return type(self).objects.select_for_update(of=("self",)).with_sides().get(pk=self.pk)

    @property
    def path(self) -> str:
        return f"/ties/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    def other(self, entity: Space) -> Space:
        """The other side, seen from this one."""
        return self.second if self.first_id == entity.pk else self.first

    def relation_of(self, entity: Space) -> Relation:
        """What the other side is, seen from this one."""
        return Relation.of(self.kind, is_second=self.second_id == entity.pk)


class Relation(models.TextChoices):
    """A tie as one of its sides says it."""

    PARTNER = "partner", _("Partner")
    TWIN = "twin", pgettext_lazy("of an institution", "Twin")
    MEMBER = "member", _("Member of")
    HAS_MEMBER = "has_member", _("Has as its member")
    SUPERVISED = "supervised", _("Supervised by")
    SUPERVISES = "supervises", _("Supervises")

    @classmethod
    def of(cls, kind: str, *, is_second: bool) -> Relation:
        if is_second and kind == Tie.Kind.MEMBER:
            return cls.HAS_MEMBER
        if is_second and kind == Tie.Kind.SUPERVISED:
            return cls.SUPERVISES
        return cls(kind)

    @property
    def kind(self) -> str:
        return {"has_member": Tie.Kind.MEMBER, "supervises": Tie.Kind.SUPERVISED}.get(self.value, self.value)

    @property
    def is_second(self) -> bool:
        """Whoever says it is the second of the tie."""
        return self.value in ("has_member", "supervises")


class OfferQuerySet(VisibleQuerySet):
    shown = Q(deleted_at=None)

    def kept(self) -> Self:
        return self.filter(deleted_at=None)

    def open(self) -> Self:
        return self.kept().filter(Q(until=None) | Q(until__gte=timezone.localdate()), closed_at=None)

    def with_institution(self) -> Self:
        return self.select_related("space", "space__country", "space__entity__entity_kind", "author__page").prefetch_related("countries")


class Offer(Content, Reaching):
    """An institution offers, or looks for, a partnership. It closes by its day or by hand."""

    realign_order = 2

    class Kind(models.TextChoices):
        OFFER = "offer", pgettext_lazy("of partnership", "Offer")
        REQUEST = "request", pgettext_lazy("of partnership", "Request")

    class Field(models.TextChoices):
        EDUCATION = "education", _("Education and teaching")
        ARABIC = "arabic", _("Arabic language")
        CULTURE = "culture", _("Culture and arts")
        HERITAGE = "heritage", _("Heritage and documents")
        SCIENCE = "science", _("Science and research")
        ENVIRONMENT = "environment", _("Environment and water")
        TECHNOLOGY = "technology", _("Technology and digital learning")
        YOUTH = "youth", _("Youth and clubs")
        OTHER = "other", pgettext_lazy("field of work", "Something else")

    kind = models.CharField(pgettext_lazy("of an offer", "kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    html = models.TextField(_("text"))
    excerpt = models.CharField(max_length=300, blank=True, editable=False)
    folded = models.TextField(blank=True, editable=False)
    field = models.CharField(_("field of work"), max_length=20, choices=Field.choices, default=Field.EDUCATION)
    languages = models.CharField(_("languages of work"), max_length=40, blank=True)  # " ar fr ": a space on either side of each
    countries = models.ManyToManyField(Country, blank=True, related_name="offers", verbose_name=_("countries wanted"))
    until = models.DateField(_("open until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"))
    edited_at = models.DateTimeField(_("changed at"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("taken down at"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken down by"))

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer or request of partnership")
        verbose_name_plural = _("offers and requests of partnership")
        ordering = ["-id"]
        indexes = [models.Index(fields=["reach", "-id"]), models.Index(fields=["space", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(audience__lte=Audience.NETWORK), name="offer_is_public_or_for_the_network"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def realign(cls, space_id: int) -> None:
        around = Subquery(Space.objects.filter(pk=OuterRef("space")).values("audience")[:1])
        cls.objects.filter(space=space_id).update(reach=Greatest(F("audience"), around))

    def clean(self) -> None:
        if self.audience > Audience.NETWORK:
            raise ValidationError({"audience": _("Choose who may see it.")})

    def locked(self) -> Offer:
        return type(self).objects.select_for_update(of=("self",)).select_related("space").get(pk=self.pk)

    @property
    def path(self) -> str:
        return f"/partnerships/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    @property
    def language_names(self) -> list[str]:
        spoken = self.languages.split()
        return [str(name) for code, name in LANGUAGES if code in spoken]

    @property
    def is_over(self) -> bool:
        """Its last day has passed; the secretariat's clock counts."""
        return self.until is not None and self.until < timezone.localdate()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.deleted_at is None and not self.is_over
