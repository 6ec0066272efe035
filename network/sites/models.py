"""The public site of an institution or of a section (Site), what stood on it (SiteVersion), the pages its officers write (SitePage), and what visitors ask it (Question)."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.content import VisibleQuerySet
from network.spaces.models import FALLBACK, Space, in_language

if TYPE_CHECKING:
    from network.spaces.actors import Actor

PERSON = settings.AUTH_USER_MODEL


class Section(models.TextChoices):
    """The sites that belong to no single institution; the secretariat looks after them."""

    CONFERENCE = "general-conference", _("General Conference")
    COUNCIL = "executive-council", _("Executive Council")
    COMMISSIONS = "commissions", _("National Commissions")
    SCHOOLS = "schools", _("Associated schools")
    CLUBS = "clubs", _("Clubs")
    CHAIRS = "chairs", _("Scientific chairs")


class Said(models.Model):
    """What officers say of a site by its form, and what a version of it keeps."""

    tone = models.PositiveSmallIntegerField(_("colour of the cover"), default=0)  # 0: the institution's own
    intro_ar = models.TextField(_("introduction in Arabic"), blank=True)
    intro_fr = models.TextField(_("introduction in French"), blank=True)
    intro_en = models.TextField(_("introduction in English"), blank=True)
    mandate_ar = models.TextField(_("mandate in Arabic"), blank=True)
    mandate_fr = models.TextField(_("mandate in French"), blank=True)
    mandate_en = models.TextField(_("mandate in English"), blank=True)
    order = models.JSONField(_("order of its parts"), default=list, blank=True)
    hidden = models.JSONField(_("parts not shown"), default=list, blank=True)

    class Meta:
        abstract = True


SAID = tuple(field.name for field in Said._meta.local_fields)


class Site(Said):
    """What stands on a site besides what the register knows. `space` is the institution; of a section, the secretariat."""

    space = models.ForeignKey(
        Space, models.PROTECT, related_name="sites", verbose_name=_("institution"), limit_choices_to={"kind": "entity"}
    )
    section = models.CharField(_("section"), max_length=30, choices=Section.choices, blank=True)
    cover = models.JSONField(_("cover picture"), default=dict, blank=True, editable=False)  # name, and ar, fr, en: what it shows
    cover_draft = models.JSONField(_("cover picture not shown yet"), default=dict, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("changed by"))
    # What everyone reads stands in the fields above, as the `published` version says it; its officers work on the `latest`.
    published = models.ForeignKey(
        "sites.SiteVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published version"), editable=False
    )
    latest = models.ForeignKey(
        "sites.SiteVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("latest version"), editable=False
    )

    class Meta:
        verbose_name = _("public site")
        verbose_name_plural = _("public sites")
        ordering = ["section", "space"]
        constraints = [
            models.UniqueConstraint(fields=["space"], condition=Q(section=""), name="one_site_an_institution"),
            models.UniqueConstraint(fields=["section"], condition=~Q(section=""), name="one_site_a_section"),
            models.CheckConstraint(condition=Q(tone__lte=6), name="site_tone_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_section_display()) if self.section else self.space.name

    def locked(self) -> Site:
        return type(self).objects.select_for_update(of=("self",)).select_related("space", "latest").get(pk=self.pk)

    def saying(self, version: SiteVersion) -> Site:
        """The same site with the words, order and colour of this version: to look at, not to save."""
        site = copy(self)
        for name in SAID:
            setattr(site, name, getattr(version, name))
        return site

    @property
    def has_changes(self) -> bool:
        """Something was written that not everyone reads yet."""
        return self.latest_id != self.published_id

    @property
    def intro(self) -> str:
        return in_language(self, "intro")

    @property
    def mandate(self) -> str:
        return in_language(self, "mandate")


class SiteVersion(Said):
    """What stood on a site, in which order and colour, when somebody saved it. Never changed, never deleted."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="versions", verbose_name=_("site"))
    number = models.PositiveIntegerField(_("number"))
    # Empty for what stood there before versions were kept, where nobody is known to have written it.
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("changed by"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a site")
        verbose_name_plural = _("versions of sites")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="site_version_once")]

    def __str__(self) -> str:
        return f"{self.site_id} v{self.number}"


class SitePageQuerySet(VisibleQuerySet):
    """Published pages of institutions that everyone sees; the others only those who look after the site."""

    space = "site__"
    shown = Q(site__space__listed=True, removed_at=None, published__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        return self.exclude_hidden(actor)

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def published(self) -> Self:
        return self.kept().exclude(published=None)

    def with_words(self) -> Self:
        return self.select_related("site__space", "published", "latest")


class SitePage(models.Model):
    """A page of a site's own menu. Its words are versions: everyone reads the `published` one, its officers work on the `latest`."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="pages", verbose_name=_("site"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    published = models.ForeignKey(
        "sites.PageVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published version")
    )
    latest = models.ForeignKey(
        "sites.PageVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("latest version")
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = SitePageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page of a site")
        verbose_name_plural = _("pages of sites")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["site", "position"])]

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"

    @property
    def title(self) -> str:
        shown = self.published or self.latest
        return shown.title if shown is not None else ""

    def locked(self) -> SitePage:
        return type(self).objects.select_for_update(of=("self",)).with_words().get(pk=self.pk)

    # What permissions read.
    @property
    def space(self) -> Space:
        return self.site.space

    @property
    def space_id(self) -> int:
        return self.site.space_id

    @property
    def is_published(self) -> bool:
        return self.published_id is not None and self.removed_at is None

    @property
    def has_changes(self) -> bool:
        """Something was written since it was published."""
        return self.published_id is not None and self.latest_id != self.published_id


class PageVersion(models.Model):
    """What a page said when somebody saved it. Never changed, never deleted."""

    page = models.ForeignKey(SitePage, models.CASCADE, related_name="versions", verbose_name=_("page of a site"))
    number = models.PositiveIntegerField(_("number"))
    title_ar = models.CharField(_("title in Arabic"), max_length=120, blank=True)
    title_fr = models.CharField(_("title in French"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    body_ar = models.TextField(_("text in Arabic"), blank=True)
    body_fr = models.TextField(_("text in French"), blank=True)
    body_en = models.TextField(_("text in English"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="page_version_once")]

    def __str__(self) -> str:
        return f"{self.page_id} v{self.number}"

    @property
    def language(self) -> str:
        """The language in which the reader gets it: theirs, or the first in which it is whole, or the first that has a word."""
        mine = FALLBACK[(get_language() or "ar")[:2]]
        whole = (code for code in mine if getattr(self, f"title_{code}") and getattr(self, f"body_{code}"))
        return next(whole, next((code for code in mine if getattr(self, f"title_{code}")), mine[0]))

    @property
    def title(self) -> str:
        return getattr(self, f"title_{self.language}") or in_language(self, "title")

    @property
    def body(self) -> str:
        return getattr(self, f"body_{self.language}") or ""

    @property
    def is_translated(self) -> bool:
        """Whether the reader's own language has it."""
        return self.language == (get_language() or "ar")[:2]


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those asked of an institution one speaks for; the secretariat has a copy of all."""
        if actor.is_secretariat:
            return self
        return self.filter(space__in=list(actor.mandates))

    def waiting(self) -> Self:
        return self.filter(status=Question.Status.NEW)


class Question(models.Model):
    """What a visitor asked an institution by the form of its site, and what was answered."""

    class Status(models.TextChoices):
        NEW = "new", pgettext_lazy("a question", "New")
        ANSWERED = "answered", pgettext_lazy("a question", "Answered")
        CLOSED = "closed", pgettext_lazy("a question", "Closed without an answer")

    space = models.ForeignKey(
        Space, models.PROTECT, related_name="questions", verbose_name=_("asked of"), limit_choices_to={"kind": "entity"}
    )
    section = models.CharField(_("section"), max_length=30, choices=Section.choices, blank=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    text = models.TextField(pgettext_lazy("asked by a visitor", "question"), max_length=4000)
    language = models.CharField(
        _("language"), max_length=2, choices=[("ar", _("Arabic")), ("fr", _("French")), ("en", _("English"))], default="ar"
    )
    user = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person"))
    client_id = models.UUIDField(unique=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.NEW)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    answer = models.TextField(pgettext_lazy("to a visitor", "answer"), max_length=8000, blank=True)
    answered_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by the person")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of a visitor")
        verbose_name_plural = _("questions of visitors")
        ordering = ["-id"]
        indexes = [models.Index(fields=["space", "status"]), models.Index(fields=["status", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="new", answered_at=None) | (~Q(status="new") & Q(answered_at__isnull=False)),
                name="question_answered_has_its_hour",
            ),
            models.CheckConstraint(condition=~Q(status="answered") | ~Q(answer=""), name="question_answered_has_an_answer"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def locked(self) -> Question:
        return type(self).objects.select_for_update(of=("self",)).select_related("space").get(pk=self.pk)

    @property
    def is_new(self) -> bool:
        return self.status == self.Status.NEW

    @property
    def path(self) -> str:
        return f"/questions/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"
