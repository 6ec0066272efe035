"""What happened, who did it, where, and who may know. And the one queue of work for later."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.content import Audience, Reaching, VisibleQuerySet


class ActivityQuerySet(VisibleQuerySet):
    pass


class Activity(Reaching):  # type: ignore[django-manager-missing]  # notices are a library's model, which has no types
    """One thing that happened, in the W3C Activity Streams words. The two generic keys are the only ones in the house."""

    # Without indexes of their own: each of these begins one of those in Meta, and every index is written for everything that happens.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="activities", verbose_name=_("actor"), db_index=False)
    on_behalf_of = models.ForeignKey(
        "spaces.Space",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="spoken_activities",
        verbose_name=_("on behalf of"),
        db_index=False,
    )
    verb = models.CharField(_("verb"), max_length=40)
    object_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind of object"), db_index=False)
    object_id = models.BigIntegerField(_("object number"))
    object = GenericForeignKey("object_type", "object_id")
    target_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of target"), db_index=False
    )
    target_id = models.BigIntegerField(_("target number"), null=True, blank=True)
    target = GenericForeignKey("target_type", "target_id")
    space = models.ForeignKey(
        "spaces.Space", models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("space"), db_index=False
    )
    # The narrowest it was told to, whatever becomes of the thing; `reach` is that or the thing's, whichever is narrower.
    audience = models.SmallIntegerField(_("told to"), choices=Audience.choices, default=Audience.PUBLIC, editable=False)
    reach = models.SmallIntegerField(_("audience"), choices=Audience.choices, default=Audience.MANAGERS)
    data = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["space", "-id"]),
            models.Index(fields=["actor", "-id"]),
            models.Index(fields=["on_behalf_of", "-id"]),
            models.Index(fields=["target_type", "target_id", "-id"]),
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["reach", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb} {self.object_type_id}:{self.object_id}"

    @classmethod
    def realign(cls, space_id: int) -> None:
        """Follow the space and what stands in it: boards and topics have taken their own reach again before (realign_order)."""
        rows = cls.objects.filter(space=space_id)
        around = apps.get_model("spaces", "Space")._default_manager.filter(pk=space_id).values_list("audience", flat=True).get()
        rows.update(reach=Greatest(F("audience"), Value(around)))
        for model in apps.get_models():
            if model is cls or not issubclass(model, Reaching):
                continue
            kind = ContentType.objects.get_for_model(model)
            for key in ("object", "target"):
                there = Subquery(model._default_manager.filter(pk=OuterRef(f"{key}_id")).values("reach")[:1])  # type: ignore[misc]
                rows.filter(**{f"{key}_type": kind}).update(reach=Greatest(F("reach"), Coalesce(there, Value(0))))


class Job(models.Model):
    """Work for later, written in the same transaction as its cause. A killed worker's lease runs out and the row comes back."""

    name = models.CharField(_("name"), max_length=80)
    # A lane has workers of its own: a mail server that hangs must not hold up the bell.
    lane = models.CharField(_("lane"), max_length=8, blank=True, default="", db_default="")
    args = models.JSONField(_("arguments"), default=dict, blank=True)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    unique_key = models.CharField(_("unique key"), max_length=120, null=True, blank=True, unique=True)
    last_error = models.TextField(_("last error"), blank=True)
    parked_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["lane", "due_at", "id"], condition=models.Q(parked_at=None), name="job_due_in_lane")]

    def __str__(self) -> str:
        return f"{self.name} {self.args}"
