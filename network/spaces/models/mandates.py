"""Who speaks for an institution (Mandate), who is asked to, what is handed over when somebody leaves, and which body is a country's commission."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.spaces.models.places import Country, Field, Space

PERSON = settings.AUTH_USER_MODEL


class MandateQuerySet(models.QuerySet["Mandate"]):
    def current(self, now: datetime | None = None) -> Self:
        now = now or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def not_over(self, now: datetime | None = None) -> Self:
        now = now or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now))


class Mandate(models.Model):
    """Who speaks for an institution, as what, how far it reaches, from when until when. It begins and ends at midnight of the institution's country."""

    class Network(models.TextChoices):
        PLATFORM = "platform", _("The platform")
        SCHOOLS = "schools", _("Associated schools")
        CLUBS = "clubs", _("Clubs")
        CHAIRS = "chairs", _("Scientific chairs")

    class Scope(models.TextChoices):
        """How far it reaches; never further than the institution itself."""

        OWN = "own", _("Its own institution")
        COUNTRY = "country", _("The institutions of its country")
        FIELD = "field", _("The institutions of one field of work")
        ALL = "all", _("The whole network")

    entity = models.ForeignKey(
        Space, models.PROTECT, related_name="mandates", verbose_name=_("institution"), limit_choices_to={"kind": "entity"}
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates", verbose_name=_("representative"))
    title = models.CharField(pgettext_lazy("of a representative", "title"), max_length=120)
    network = models.CharField(_("network"), max_length=10, choices=Network.choices, default=Network.PLATFORM)
    scope = models.CharField(_("reaches"), max_length=8, choices=Scope.choices, default="", db_default="own")
    field = models.ForeignKey(Field, models.PROTECT, null=True, blank=True, related_name="mandates", verbose_name=_("field of work"))
    is_head = models.BooleanField(_("heads the institution"), default=False)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name=_("stands in for"))
    from_day = models.DateField(_("from"))
    until_day = models.DateField(_("until, inclusive"), null=True, blank=True)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates_named", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named at"), default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="mandates_ended", verbose_name=_("ended by")
    )
    reminded_days = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False
    )  # the last reminder before it lapses: 30, then 7
    page: Space | None  # the person's, on pages whose reader may see it

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["-is_head", "from_day", "id"]
        indexes = [models.Index(fields=["user", "ends_at"]), models.Index(fields=["entity", "ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(until_day=None) | Q(until_day__gte=models.F("from_day")), name="mandate_days_in_order"),
            models.CheckConstraint(condition=Q(scope__in=("own", "country", "field", "all")), name="mandate_scope_known"),
            models.CheckConstraint(
                condition=Q(scope="field", field__isnull=False) | (~Q(scope="field") & Q(field=None)), name="field_scope_has_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.from_day} – {self.until_day or '…'})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Without a scope it reaches as far as its institution does."""
        self.scope = self.scope or usual_scope(self.entity)
        super().save(*args, **kwargs)

    @property
    def space(self) -> Space:
        return self.entity

    @property
    def space_id(self) -> int:
        return self.entity_id

    def set_days(self, from_day: date, until_day: date | None) -> None:
        """Set both days and the instants they mean in the institution's country."""
        home = self.home
        self.from_day, self.until_day = from_day, until_day
        self.starts_at = home.midnight(from_day)
        self.ends_at = home.midnight(until_day + timedelta(days=1)) if until_day else None

    @property
    def home(self) -> Country:
        """The country whose midnight counts; an institution of no country lives by the secretariat's clock."""
        return self.entity.country or Country(zone=settings.TIME_ZONE)

    def local_day(self, moment: datetime) -> date:
        """The day it is at `moment` in the institution's country."""
        return moment.astimezone(ZoneInfo(self.home.zone)).date()

    @property
    def path(self) -> str:
        return f"{self.entity.path}mandates/{self.pk}/"

    @property
    def reach_words(self) -> str:
        """How far it reaches, with the name of its field (which the caller has loaded)."""
        if self.field_id is not None and self.field is not None:
            return gettext("Institutions of the field “%(field)s”") % {"field": self.field.name}
        return str(self.get_scope_display())

    @property
    def never_began(self) -> bool:
        """Taken back before its first day."""
        return self.ends_at is not None and self.ends_at <= self.starts_at

    @property
    def is_current(self) -> bool:
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


class MandateInvitationQuerySet(models.QuerySet["MandateInvitation"]):
    def open(self, now: datetime | None = None) -> Self:
        """Those that may still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now or timezone.now())


class MandateInvitation(models.Model):
    """A mandate offered by mail to an address that may have no account yet. The link's token is kept as a hash only, and works once."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("invitation", "Waits for an answer")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Taken back")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")

    entity = models.ForeignKey(
        Space, models.PROTECT, related_name="mandate_invitations", verbose_name=_("institution"), limit_choices_to={"kind": "entity"}
    )
    address = models.EmailField(_("e-mail address"), max_length=254)
    title = models.CharField(pgettext_lazy("of a representative", "title"), max_length=120)
    network = models.CharField(_("network"), max_length=10, choices=Mandate.Network.choices, default=Mandate.Network.PLATFORM)
    scope = models.CharField(_("reaches"), max_length=8, choices=Mandate.Scope.choices, blank=True)
    field = models.ForeignKey(Field, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("field of work"))
    is_head = models.BooleanField(_("heads the institution"), default=False)
    until_day = models.DateField(_("until, inclusive"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    language = models.CharField(_("language of the mail"), max_length=2, choices=settings.LANGUAGES, default="ar")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="mandate_invitations_sent", verbose_name=_("invited by"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    sent_count = models.PositiveSmallIntegerField(_("times sent"), default=1, editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True, editable=False)
    mandate = models.OneToOneField(
        Mandate, models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name=_("mandate"), editable=False
    )
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by"))

    objects = MandateInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a mandate")
        verbose_name_plural = _("invitations to mandates")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "address", "network"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(condition=Q(accepted_at=None) | Q(revoked_at=None), name="accepted_or_taken_back"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, mandate=None) | Q(accepted_at__isnull=False, mandate__isnull=False),
                name="accepted_has_mandate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.state}"

    @property
    def space(self) -> Space:
        return self.entity

    @property
    def space_id(self) -> int:
        return self.entity_id

    @property
    def state(self) -> str:
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.OPEN if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def state_word(self) -> str:
        return str(self.State(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def may_resend(self) -> bool:
        return self.state in (self.State.OPEN, self.State.EXPIRED)

    @property
    def veiled_address(self) -> str:
        """`c…@example.org`: enough for whoever it belongs to, too little for anybody else."""
        name, _at, domain = self.address.partition("@")
        return f"{name[:1]}…@{domain}"


class HandOver(models.Model):
    """What stood open with somebody who leaves, given to another representative, with a word. The lines are kept as they were said then."""

    entity = models.ForeignKey(Space, models.PROTECT, related_name="hand_overs", verbose_name=_("institution"))
    from_user = models.ForeignKey(PERSON, models.PROTECT, related_name="handed_over", verbose_name=_("from"))
    to_user = models.ForeignKey(PERSON, models.PROTECT, related_name="taken_over", verbose_name=_("to"))
    note = models.CharField(_("note"), max_length=1000, blank=True)
    items = models.JSONField(_("items"), default=list)  # [{"key", "words", "path", "since"}]
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.from_user_id} → {self.to_user_id}"

    @property
    def space(self) -> Space:
        return self.entity

    @property
    def space_id(self) -> int:
        return self.entity_id

    @property
    def path(self) -> str:
        return f"{self.entity.path}hand-overs/{self.pk}/"


class Recognition(models.Model):
    """Which body is the National Commission of a country, by whose decision: one at a time. Without one a claimant oversees nobody."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="recognitions", verbose_name=_("country"))
    commission = models.ForeignKey(
        Space, models.PROTECT, related_name="recognitions", verbose_name=_("commission"), limit_choices_to={"kind": "entity"}
    )
    # Empty for those that stood before the register kept who decided.
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    note = models.CharField(_("grounds"), max_length=1000, blank=True)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by"))
    end_note = models.CharField(_("grounds of the end"), max_length=2000, blank=True)  # or why the institution was suspended

    class Meta:
        verbose_name = _("accreditation of a commission")
        verbose_name_plural = _("accreditations of commissions")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["country"], condition=Q(ended_at=None), name="one_commission_a_country"),
            models.UniqueConstraint(fields=["commission"], condition=Q(ended_at=None), name="accredited_once"),
        ]

    def __str__(self) -> str:
        return f"{self.commission_id}: {self.country_id}"


def usual_scope(entity: Space) -> str:
    """How far a mandate of this institution reaches when nothing else is said."""
    if entity.sees_all:
        return Mandate.Scope.ALL
    try:
        # By its related name: which kinds oversee is known a floor above.
        kind: Any = Space.objects.select_related("entity__entity_kind").get(pk=entity.pk).entity.entity_kind
    except ObjectDoesNotExist:
        return Mandate.Scope.OWN
    return Mandate.Scope.COUNTRY if kind.oversees else Mandate.Scope.OWN
