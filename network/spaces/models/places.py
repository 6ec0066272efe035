"""Where things live (Space), who is in (Membership), who asks or is asked in, who follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Self, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from network.content import Audience

if TYPE_CHECKING:
    from network.spaces.actors import Actor

FALLBACK = {"ar": ("ar", "fr", "en"), "fr": ("fr", "en", "ar"), "en": ("en", "fr", "ar")}


def in_language(row: object, field: str, language: str | None = None) -> str:
    """The text of `field_ar|fr|en` in the reader's language; an empty one falls back to the others."""
    for code in FALLBACK[(language or get_language() or "ar")[:2] if (language or get_language() or "ar")[:2] in FALLBACK else "ar"]:
        if text := getattr(row, f"{field}_{code}", ""):
            return text
    return ""


class Country(models.Model):
    """A member state, in protocol order: never sorted by the alphabet of the reader."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    protocol_order = models.PositiveSmallIntegerField(_("protocol order"), default=99)
    zone = models.CharField(_("time zone"), max_length=40, default="Africa/Tunis")
    weekend = models.JSONField(_("weekend days"), null=True, blank=True)
    sources = models.JSONField(_("sources"), default=dict, blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["protocol_order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    def midnight(self, day: date) -> datetime:
        """The instant at which `day` begins in this country."""
        # In UTC: where summer time skips this very midnight, Python would find the instant unequal to every other.
        return datetime.combine(day, time.min, ZoneInfo(self.zone)).astimezone(UTC)


class Field(models.Model):
    """A field of work: an institution works in one, and a mandate may reach over all of one."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=50)

    class Meta:
        verbose_name = _("field of work")
        verbose_name_plural = _("fields of work")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")


def counted(rows: models.QuerySet) -> Coalesce:
    """How many rows a correlated queryset has, as a column; unlike Count() over a join, counts do not multiply one another."""
    return Coalesce(
        Subquery(rows.order_by().annotate(_n=Func(F("pk"), function="COUNT")).values("_n"), output_field=models.IntegerField()), 0
    )


_AnySpace_co = TypeVar("_AnySpace_co", bound="Space", covariant=True)


class SpaceQuerySet(models.QuerySet[_AnySpace_co]):
    def visible_to(self, actor: Actor) -> Self:
        """The spaces whose card the actor sees: listed ones, one's own, those one oversees; the rest is not there (404)."""
        if actor.is_secretariat:
            return self
        level = Audience.NETWORK if actor.is_networked else Audience.PUBLIC
        seen = Q(listed=True) & (~Q(kind=Space.Kind.PERSON) | Q(audience__lte=level))
        if actor.roles:
            seen |= Q(pk__in=list(actor.roles))
        if actor.overseers:
            seen |= Q(overseer__in=list(actor.overseers))
        if actor.fields:
            seen |= Q(field__in=list(actor.fields))
        if actor.user_id:
            seen |= Q(user=actor.user_id)
        return self.filter(seen)

    def with_follow(self, user_id: int | None) -> Self:
        """Adds `is_followed`: whether this person follows it."""
        if user_id is None:
            return self.annotate(is_followed=Value(False))
        return self.annotate(is_followed=Exists(Follow.objects.filter(space=OuterRef("pk"), user=user_id)))

    def reachable(self) -> Self:
        """Without the pages of suspended people: nobody is led to them."""
        return self.filter(Q(user=None) | Q(user__is_active=True))

    def entities(self) -> Self:
        return self.filter(kind=Space.Kind.ENTITY)

    def groups(self) -> Self:
        return self.filter(kind=Space.Kind.GROUP)

    def people(self) -> Self:
        return self.filter(kind=Space.Kind.PERSON)


class Space(models.Model):
    """A group, an institution or a person's page: the one parent of all content."""

    class Kind(models.TextChoices):
        ENTITY = "entity", _("Institution")
        GROUP = "group", _("Group")
        PERSON = "person", _("Person")

    class JoinRule(models.TextChoices):
        OPEN = "open", _("Open: whoever sees it may join")
        REQUEST = "request", _("On request: a moderator answers")
        INVITATION = "invitation", _("By invitation only")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    handle = models.CharField(
        _("handle"),
        max_length=60,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^[\w.-]+$", _("Letters, digits, hyphens and dots only."))],
    )
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    about_ar = models.TextField(_("about, in Arabic"), max_length=2000, blank=True)
    about_fr = models.TextField(_("about, in French"), max_length=2000, blank=True)
    about_en = models.TextField(_("about, in English"), max_length=2000, blank=True)
    monogram = models.CharField(_("monogram"), max_length=4, blank=True)
    picture = models.CharField(_("picture"), max_length=120, blank=True, editable=False)
    skeleton = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    folded = models.TextField(blank=True, editable=False)  # the names as search compares them
    audience = models.SmallIntegerField(_("audience"), choices=Audience.choices[:3], default=Audience.PUBLIC)
    listed = models.BooleanField(_("listed"), default=True)
    join_rule = models.CharField(_("how to join"), max_length=10, choices=JoinRule.choices, default=JoinRule.INVITATION)
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="spaces", verbose_name=_("country"))
    overseer = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="overseen",
        verbose_name=_("overseen by"),
        limit_choices_to={"kind": "entity"},
    )
    # Of an institution, and of the groups it owns: whoever holds a mandate for a field oversees what stands in it.
    field = models.ForeignKey(Field, models.PROTECT, null=True, blank=True, related_name="spaces", verbose_name=_("field of work"))
    sees_all = models.BooleanField(_("is the secretariat"), default=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="page", verbose_name=_("person")
    )
    verified = models.BooleanField(_("verified"), default=False)
    members_count = models.PositiveIntegerField(_("members"), default=0, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    # What a query adds where a page shows it: with_follow(), profiles.queries.pages().
    is_followed: bool
    is_blocked: bool
    followers_count: int

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        constraints = [
            # A hidden space leaks nothing by its content: it is for its members.
            models.CheckConstraint(condition=Q(listed=True) | Q(audience=Audience.MEMBERS), name="hidden_is_for_members"),
            models.CheckConstraint(
                condition=Q(kind="person", user__isnull=False) | (~Q(kind="person") & Q(user=None)), name="person_has_user"
            ),
        ]
        indexes = [models.Index(fields=["kind", "listed"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def about(self) -> str:
        return in_language(self, "about")

    # A space is also a thing in itself: permissions read these of every row.
    @property
    def space_id(self) -> int:
        return self.pk

    @property
    def space(self) -> Space:
        return self

    @property
    def reach(self) -> int:
        return self.audience

    @property
    def tone(self) -> int:
        return (self.pk or 0) % 6 + 1

    @property
    def is_entity(self) -> bool:
        return self.kind == self.Kind.ENTITY

    @property
    def avatar_kind(self) -> str:
        return "person" if self.kind == self.Kind.PERSON else "entity"

    @property
    def picture_url(self) -> str:
        return f"/pictures/{self.picture}" if self.picture else ""

    @property
    def audience_word(self) -> str:
        """Who reads, in the fewest words: for a card."""
        if not self.listed:
            return gettext("Hidden")
        words: dict[int, str] = {
            Audience.PUBLIC: gettext("Public"),
            Audience.NETWORK: gettext("The network"),
            Audience.MEMBERS: gettext("Members only"),
        }
        return words[self.audience]

    @property
    def path(self) -> str:
        """The address without its language, as stored texts carry it; the reader is led to their own language."""
        match self.kind:
            case self.Kind.ENTITY:
                return f"/institutions/{self.handle}/"
            case self.Kind.GROUP:
                return f"/groups/{self.pk}/"
            case _:
                return f"/people/{self.user_id}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    def locked(self) -> Self:
        return type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)  # type: ignore[return-value]  # a subclass has a manager of its own


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MODERATOR = "moderator", _("Moderator")
    MEMBER = "member", _("Member")


class Membership(models.Model):
    """A person or an institution is in a space. Who holds a mandate of a member institution is a member."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="memberships", verbose_name=_("space"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("person")
    )
    entity = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="memberships_held", verbose_name=_("institution"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    # Null: joined by oneself through an open door, which makes nobody part of the network.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    is_mine: bool  # on pages that show it

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["space", "user"], name="one_membership_a_person"),
            models.UniqueConstraint(fields=["space", "entity"], name="one_membership_an_institution"),
            models.CheckConstraint(
                condition=Q(user=None, entity__isnull=False) | Q(user__isnull=False, entity=None), name="person_or_institution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.entity_id} in {self.space_id}: {self.role}"

    @property
    def who(self) -> Space:
        """The person's page, or the institution."""
        who = self.user.page if self.user is not None else self.entity
        assert who is not None  # noqa: S101 -- a constraint of the table says so
        return who


class JoinRequest(models.Model):
    """Someone asks to join a space that answers requests; answered requests are deleted, what was answered stands in Activity."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="join_requests", verbose_name=_("space"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests", verbose_name=_("person"))
    entity = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("for the institution"))
    message = models.CharField(_("message"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("join request")
        verbose_name_plural = _("join requests")
        ordering = ["asked_at"]
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="one_request_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} asks to join {self.space_id}"


class Invitation(models.Model):
    """A person or an institution is invited into a space; whoever may speak for the institution answers for it."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="invitations", verbose_name=_("space"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name=_("person")
    )
    entity = models.ForeignKey(
        Space, models.CASCADE, null=True, blank=True, related_name="invitations_received", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    message = models.CharField(_("message"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations_sent", verbose_name=_("invited by"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["space", "user"], name="one_invitation_a_person"),
            models.UniqueConstraint(fields=["space", "entity"], name="one_invitation_an_institution"),
            models.CheckConstraint(
                condition=Q(user=None, entity__isnull=False) | Q(user__isnull=False, entity=None), name="invites_person_or_institution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.entity_id} invited to {self.space_id}"

    @property
    def who(self) -> Space:
        """The person's page, or the institution."""
        who = self.user.page if self.user is not None else self.entity
        assert who is not None  # noqa: S101 -- a constraint of the table says so
        return who


class Follow(models.Model):
    """A person follows a space: an institution, a group or another person; or an institution another one, and those who speak for it hear it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="follows", verbose_name=_("person")
    )
    entity = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="follows_held", verbose_name=_("institution"))
    space = models.ForeignKey(Space, models.CASCADE, related_name="followers", verbose_name=_("space"))
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["user", "space"], name="follow_once"),
            models.UniqueConstraint(fields=["entity", "space"], name="an_institution_follows_once"),
            models.CheckConstraint(
                condition=Q(user=None, entity__isnull=False) | Q(user__isnull=False, entity=None), name="person_or_institution_follows"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.entity_id} follows {self.space_id}"
