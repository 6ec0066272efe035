"""What institutions publish on their own websites, brought here by their feeds: marked as theirs, plain words and a link, never their HTML."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.entities.models import Entity

if TYPE_CHECKING:
    from network.spaces.actors import Actor

MOST_FEEDS = 5  # of one institution
MOST_ITEMS = 100  # kept of one feed


class Problem(models.TextChoices):
    """Why a feed could not be read, said to whoever looks after it."""

    ADDRESS = "address", _("This address cannot be fetched: only http and https addresses of public websites can.")
    UNKNOWN = "unknown", _("No website answers under this name.")
    SILENT = "silent", _("The website did not answer in time.")
    REFUSED = "refused", _("The website could not be reached, or its certificate is not valid.")
    STATUS = "status", _("The website answered with an error.")
    LARGE = "large", _("The feed is larger than 2 MB.")
    ROUND = "round", _("The address leads on to others, again and again.")
    OTHER = "other", _("There is no feed at this address: neither RSS nor Atom.")


class ExternalFeedQuerySet(models.QuerySet["ExternalFeed"]):
    def due(self, now: datetime) -> Self:
        """Those to fetch now: on, not given up, of institutions that everybody sees."""
        return self.filter(paused_at=None, stopped_at=None, next_at__lte=now, entity__listed=True)


class ExternalFeed(models.Model):
    """One address of an institution's own website that is asked for news by the clock."""

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="external_feeds", verbose_name=_("institution"))
    url = models.URLField(_("address of the feed"), max_length=500)
    title = models.CharField(_("title"), max_length=200, blank=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True, editable=False)  # by its officers
    stopped_at = models.DateTimeField(_("given up at"), null=True, blank=True, editable=False)  # after too many failures
    fetched_at = models.DateTimeField(_("last fetched"), null=True, blank=True, editable=False)
    next_at = models.DateTimeField(_("fetched again"), default=timezone.now, editable=False)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    problem = models.CharField(_("what is wrong"), max_length=10, choices=Problem.choices, blank=True, editable=False)
    status = models.PositiveSmallIntegerField(_("status of the last answer"), null=True, blank=True, editable=False)

    objects = ExternalFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed of another website")
        verbose_name_plural = _("feeds of other websites")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["entity", "url"], name="external_feed_once")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(paused_at=None, stopped_at=None), name="external_feed_due")]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def is_on(self) -> bool:
        return self.paused_at is None and self.stopped_at is None


class ExternalItemQuerySet(models.QuerySet["ExternalItem"]):
    def visible_to(self, actor: Actor) -> Self:
        """Of institutions whose card the actor sees. What a paused feed brought stays; what a removed one brought went with it."""
        return self.filter(feed__entity__in=Entity.objects.visible_to(actor).values("pk"))

    def newest_first(self) -> Self:
        return self.order_by("-published", "-pk")


class ExternalItem(models.Model):
    """One piece of news of another website: plain words and the address where it stands."""

    feed = models.ForeignKey(ExternalFeed, models.CASCADE, related_name="items", verbose_name=_("feed"), db_index=False)
    key = models.CharField(max_length=64, editable=False)  # a hash of what the feed calls it
    title = models.CharField(_("title"), max_length=300)
    link = models.URLField(_("address"), max_length=1000)
    published = models.DateTimeField(_("published"))
    excerpt = models.CharField(_("excerpt"), max_length=400, blank=True)
    language = models.CharField(_("language"), max_length=5, default="ar")
    seen_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)

    objects = ExternalItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("news of another website")
        verbose_name_plural = _("news of other websites")
        ordering = ["-published", "-pk"]
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="external_item_once")]
        indexes = [models.Index(fields=["feed", "-published"])]

    def __str__(self) -> str:
        return self.title

    @property
    def host(self) -> str:
        """Whose words these are: the website's name, for people."""
        return (urlsplit(self.link).hostname or "").removeprefix("www.")

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"
