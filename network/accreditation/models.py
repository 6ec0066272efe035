"""Joining a network: how each kind of institution does it (Procedure), one institution's way through it (Application), and what comes after."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network import declared
from network.entities.models import Entity, Kind
from network.files.stored import StoredFile
from network.spaces.models import Country, Mandate, Space, in_language

if TYPE_CHECKING:
    from network.spaces.actors import Actor

CALLED = 90  # days before the end of an agreement at which its renewal is called for


class Procedure(models.Model):
    """How institutions of one kind join: what is asked, until when each answers, and what is due afterwards. Kept without code."""

    kind = models.OneToOneField(Kind, models.PROTECT, related_name="procedure", verbose_name=_("kind of institution"))
    letter = models.CharField(_("letter of its certificates"), max_length=4)
    prefix = models.SlugField(_("beginning of its codes"), max_length=20)
    intro_ar = models.TextField(_("goals and conditions, in Arabic"), max_length=5000, blank=True)
    intro_fr = models.TextField(_("goals and conditions, in French"), max_length=5000, blank=True)
    intro_en = models.TextField(_("goals and conditions, in English"), max_length=5000, blank=True)
    fields = models.JSONField(_("the form"), default=list, blank=True, validators=[declared.validate])
    report_fields = models.JSONField(_("the yearly report"), default=list, blank=True, validators=[declared.validate])
    outputs = models.CharField(
        _("field of the report that everyone reads"),
        max_length=40,
        blank=True,
        db_default="",
        help_text=_(
            "The code of a field such as “publications”: once the report is confirmed, what is written there, a line each, stands on the"
            " institution’s page and site. Empty: nothing of a report is public."
        ),
    )
    report_month = models.PositiveSmallIntegerField(
        _("month of the yearly report"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("The report is due on the last day of this month; empty: no report is asked for."),
    )
    term_years = models.PositiveSmallIntegerField(
        _("years of an agreement"), null=True, blank=True, help_text=_("Empty: it does not end by itself.")
    )
    needs_country = models.BooleanField(_("belongs to a country, and so to its National Commission"), default=True)
    review_days = models.PositiveSmallIntegerField(_("days for the National Commission"), default=30)
    decide_days = models.PositiveSmallIntegerField(_("days for the secretariat"), default=30)
    network = models.CharField(
        _("network of its mandates"), max_length=10, choices=Mandate.Network.choices, default=Mandate.Network.PLATFORM
    )
    group = models.ForeignKey(
        Space,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group that its new members are let into"),
        limit_choices_to={"kind": "group"},
    )
    is_open = models.BooleanField(_("takes applications"), default=True)

    class Meta:
        verbose_name = _("way to join")
        verbose_name_plural = _("ways to join")
        ordering = ["kind__position", "pk"]

    def __str__(self) -> str:
        return str(self.kind)

    @property
    def intro(self) -> str:
        return in_language(self, "intro")

    @property
    def path(self) -> str:
        return f"/join/{self.kind.code}/"

    @cached_property
    def form(self) -> list[declared.Declared]:
        return declared.read(self.fields or [])

    @cached_property
    def report_form(self) -> list[declared.Declared]:
        return declared.read(self.report_fields or [])

    @property
    def outputs_field(self) -> declared.Declared | None:
        return next((field for field in self.report_form if self.outputs and field.code == self.outputs), None)

    def clean(self) -> None:
        if self.outputs and (self.outputs_field is None or self.outputs_field.kind not in ("text", "long")):
            raise ValidationError({"outputs": _("The yearly report has no field of text with this code.")})

    def report_due(self, year: int) -> date | None:
        """The last day of the month in which that year's report is due."""
        if not self.report_month:
            return None
        return date(year + self.report_month // 12, self.report_month % 12 + 1, 1) - timedelta(days=1)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own and one's institutions'; once sent, for the secretariat all, and those of a commission under a mandate over its country.

        A mandate for a field of work reads no files: what an institution applied with stays with its commission and the secretariat.
        """
        if actor.user_id is None or actor.is_suspended:
            return self.none()
        seen = Q(entity=None, applicant=actor.user_id) | Q(entity__in=list(actor.mandates))
        if actor.is_secretariat:
            seen |= Q(submitted_at__isnull=False)
        elif actor.overseers:
            seen |= Q(commission__in=actor.overseers, submitted_at__isnull=False)
        return self.filter(seen)

    def own(self, actor: Actor) -> Self:
        """What this person applied for, and what the institutions they speak for did."""
        return self.filter(Q(entity=None, applicant=actor.user_id) | Q(entity__in=list(actor.mandates)))

    def reviewed_by(self, actor: Actor) -> Self:
        """What was sent to the commissions over whose countries this actor's mandates reach; to the secretariat, everything that was sent."""
        sent = self.filter(submitted_at__isnull=False)
        return sent if actor.is_secretariat else sent.filter(commission__in=actor.overseers)

    def with_overdue(self) -> Self:
        """With whether a yearly report of it is overdue today."""
        late = YearReport.objects.filter(application=OuterRef("pk"), status="due", due_on__lt=timezone.localdate())
        return self.annotate(has_overdue=Exists(late))

    def with_all(self) -> Self:
        """With what the rules and a page ask of a row: procedure, places, people, and whether its commission has anybody to examine it."""
        current = Mandate.objects.current()
        speaks = current.filter(entity=OuterRef("commission"), scope=Mandate.Scope.COUNTRY, user__is_active=True)
        # Nobody examines what they applied for, or what comes from an institution they speak for.
        own = current.filter(user=OuterRef("user"), entity=OuterRef(OuterRef("entity")))
        speaks = speaks.exclude(user=OuterRef("applicant")).exclude(Exists(own))
        return self.select_related("procedure__kind", "procedure__group", "country", "commission", "entity", "applicant__page").annotate(
            has_reviewer=Exists(speaks)
        )


class Application(models.Model):
    """One institution's way into a network, from the first draft to the last report. Its history is kept in steps, one row each."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        COMMISSION = "commission", _("With the National Commission")
        RETURNED = "returned", _("Returned for completion")
        SECRETARIAT = "secretariat", _("With the secretariat")
        ACTIVE = "active", _("Affiliated")
        SUSPENDED = "suspended", _("Affiliation suspended")
        LAPSED = "lapsed", _("Affiliation lapsed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Affiliation ended")

    AFFILIATED = (Status.ACTIVE, Status.SUSPENDED, Status.LAPSED)
    OVER = (Status.DECLINED, Status.WITHDRAWN, Status.ENDED)

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="applications", verbose_name=_("way to join"))
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications", verbose_name=_("applicant"))
    entity = models.ForeignKey(Entity, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("institution"))
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country"))
    commission = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="applications_reviewed", verbose_name=_("National Commission")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    # As typed: the certificate says these very letters.
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    basics = models.JSONField(_("contact"), default=dict, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    created_at = models.DateTimeField(_("begun on"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("sent on"), null=True, blank=True, editable=False)
    since = models.DateTimeField(_("in this status since"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True, editable=False)
    round = models.PositiveSmallIntegerField(default=0, editable=False)  # raised at each step: a reminder knows whether it is still meant
    term_start = models.DateField(_("agreement from"), null=True, blank=True)
    term_end = models.DateField(_("agreement until, inclusive"), null=True, blank=True)
    warned_for = models.DateField(null=True, blank=True, editable=False)  # the end of which both were told beforehand
    has_overdue: bool  # with_overdue()
    has_reviewer: bool  # with_all(): somebody may examine it for its commission now

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "due_at"]), models.Index(fields=["commission", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "procedure"],
                condition=Q(entity__isnull=False) & ~Q(status__in=["declined", "withdrawn", "ended"]),
                name="one_application_an_institution",
            ),
            models.UniqueConstraint(
                fields=["applicant", "procedure"], condition=Q(entity=None, status="draft"), name="one_draft_a_person_and_network"
            ),
            models.CheckConstraint(condition=Q(term_end=None) | Q(term_end__gte=models.F("term_start")), name="agreement_days_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False), name="decided_only_when_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}/{self.pk}"  # no name: what nobody may see stands in no list

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def kind(self) -> Kind:
        return self.procedure.kind

    @property
    def stream(self) -> str:
        return f"application.{self.pk}"

    @property
    def path(self) -> str:
        return f"/applications/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    @property
    def is_editable(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.RETURNED)

    @property
    def is_with_applicant(self) -> bool:
        """Nobody examines it: it is being written, or completed, or was taken back."""
        return self.is_editable or self.status == self.Status.WITHDRAWN

    @property
    def is_affiliated(self) -> bool:
        return self.status in self.AFFILIATED

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER

    @property
    def is_late(self) -> bool:
        """Whoever has to answer let the day pass."""
        return self.due_at is not None and self.due_at < timezone.now()

    @property
    def needs_stand_in(self) -> bool:
        """No commission stands in the register, or nobody there may examine it: the secretariat acts in its stead."""
        return self.commission_id is None or not self.has_reviewer

    @property
    def is_called(self) -> bool:
        """Its agreement ends within ninety days, or has ended: somebody must act."""
        return self.term_end is not None and self.is_affiliated and self.term_end - timedelta(days=CALLED) <= timezone.localdate()

    @property
    def tone(self) -> str:
        return {"active": "done", "declined": "danger", "suspended": "danger", "lapsed": "danger", "returned": "due"}.get(
            self.status, "info"
        )


class Step(models.Model):
    """What was done with an application: who, in whose name, when, with what remark. Never changed."""

    class Verb(models.TextChoices):
        SUBMITTED = "submitted", _("Application sent")
        RETURNED = "returned", _("Returned for completion")
        LATE = "late", _("The day for the answer has passed")
        DECLINED = "declined", _("Declined")
        ENDORSED = "endorsed", _("Endorsed")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUSPENDED = "suspended", _("Affiliation suspended")
        REINSTATED = "reinstated", _("Affiliation restored")
        ENDED = "ended", _("Affiliation ended")
        LEFT = "left", _("Left the network")
        LAPSED = "lapsed", _("Affiliation lapsed: the agreement ended")
        REPORTED = "reported", _("Yearly report sent")
        REPORT_RETURNED = "report_returned", _("Yearly report returned for completion")
        REPORT_CONFIRMED = "report_confirmed", _("Yearly report confirmed")
        RENEWAL_CALLED = "renewal_called", _("Reminder: the agreement ends soon")
        RENEWAL_ASKED = "renewal_asked", _("Renewal asked for")
        RENEWAL_ENDORSED = "renewal_endorsed", _("Renewal endorsed")
        RENEWAL_DECLINED = "renewal_declined", _("Renewal declined")
        RENEWED = "renewed", _("Agreement renewed")
        MET = "met", _("Minutes of a working session")

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps", verbose_name=_("application"))
    verb = models.CharField(_("what"), max_length=20, choices=Verb.choices)
    status = models.CharField(_("status afterwards"), max_length=12, choices=Application.Status.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by"))
    on_behalf_of = models.ForeignKey(Space, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of"))
    # The secretariat acted because nobody speaks for the commission.
    in_stead = models.BooleanField(_("in the stead of the National Commission"), default=False)
    remark = models.TextField(_("remark"), max_length=2000, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.verb}"

    @property
    def tone(self) -> str:
        """How the line of time shows it."""
        if self.verb in DUE:
            return "due"
        return "on"


# Steps after which somebody has to act, or could not.
DUE = frozenset("returned late declined suspended ended left lapsed report_returned renewal_called renewal_declined".split())


class Series(models.Model):
    """The last number given in a row of certificates: a kind, a country, a year. Raised under its lock, so that no number is left out."""

    letter = models.CharField(max_length=4)
    country = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("row of certificate numbers")
        verbose_name_plural = _("rows of certificate numbers")
        constraints = [models.UniqueConstraint(fields=["letter", "country", "year"], name="one_series")]

    def __str__(self) -> str:
        return f"{self.letter}-{self.country}-{self.year}: {self.last}"


class Certificate(models.Model):
    """Proof of affiliation. Whoever holds its code may ask whether it holds good."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="certificate", verbose_name=_("application"))
    number = models.CharField(_("number"), max_length=40, unique=True)
    code = models.CharField(_("verification code"), max_length=20, unique=True)
    name = models.CharField(_("name, as typed"), max_length=200)
    issued_on = models.DateField(_("issued on"))

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def path(self) -> str:
        return f"/certificates/{self.code}/"

    @property
    def standing(self) -> str:
        """valid, suspended, lapsed or ended, as the application and the register say now."""
        application = self.application
        if application.status == Application.Status.ACTIVE:
            entity = application.entity
            if entity is not None and entity.status != Entity.Status.ACTIVE:
                return "suspended" if entity.status == Entity.Status.SUSPENDED else "ended"
            over = application.term_end is not None and application.term_end < timezone.localdate()
            return "lapsed" if over else "valid"
        return str(application.status) if application.status in ("suspended", "lapsed") else "ended"


class YearReport(models.Model):
    """What an affiliated institution did in a year, as its network asks."""

    class Status(models.TextChoices):
        DUE = "due", _("Due")
        SENT = "sent", _("Sent, waits to be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")

    application = models.ForeignKey(Application, models.PROTECT, related_name="reports", verbose_name=_("application"))
    year = models.PositiveSmallIntegerField(_("year"))
    due_on = models.DateField(_("due on"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DUE)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    remark = models.TextField(_("remark"), max_length=2000, blank=True)  # of whoever returned it
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)  # that it is overdue

    class Meta:
        verbose_name = _("yearly report")
        verbose_name_plural = _("yearly reports")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["application", "year"], name="one_report_a_year")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.year}"

    @property
    def path(self) -> str:
        return f"/applications/{self.application_id}/reports/{self.pk}/"

    @property
    def is_returned(self) -> bool:
        return self.status == self.Status.DUE and self.sent_at is not None

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.DUE and self.due_on < timezone.localdate()


class Renewal(models.Model):
    """A new term is asked for: by the institution, endorsed by its commission, settled by the secretariat."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for the National Commission")
        ENDORSED = "endorsed", _("Waits for the secretariat")
        RENEWED = "renewed", _("Renewed")
        DECLINED = "declined", _("Declined")

    OPEN = (Status.ASKED, Status.ENDORSED)

    application = models.ForeignKey(Application, models.PROTECT, related_name="renewals", verbose_name=_("application"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ASKED)
    old_end = models.DateField(_("agreement until"))
    new_end = models.DateField(_("renewed until"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(status__in=["asked", "endorsed"]), name="one_open_renewal"),
            models.CheckConstraint(condition=~Q(status="renewed") | Q(new_end__gt=models.F("old_end")), name="renewed_for_longer"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.old_end}"


class Minutes(models.Model):
    """What was agreed in a working session of the secretariat or the commission with an affiliated institution. Never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="minutes", verbose_name=_("application"))
    held_on = models.DateField(_("day of the session"))
    participants = models.TextField(_("who met"), max_length=1000)
    agreed = models.TextField(_("what was agreed"), max_length=5000)
    next_steps = models.TextField(_("next steps"), max_length=5000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    on_behalf_of = models.ForeignKey(Space, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("minutes of a working session")
        verbose_name_plural = _("minutes of working sessions")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.held_on}"


class Paper(StoredFile):
    """A file of an application, or of a yearly report: the answer to the declared field of this code."""

    holder = "application"
    folder = "applications"

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("application")
    )
    report = models.ForeignKey(YearReport, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("yearly report"))
    code = models.CharField(_("field"), max_length=40, blank=True)

    class Meta(StoredFile.Meta):
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")

    @property
    def href(self) -> str:
        return f"/applications/files/{self.key}/"


def words_of(application: Application) -> dict[str, Any]:
    """Contact and place as they go into the register."""
    return {name: value for name, value in application.basics.items() if name != "title" and value}


def moment_of(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)
