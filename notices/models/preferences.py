"""How a person wants to be told (Preferences, and a Level a space), and how a space writes to its people (SpaceMail)."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Frequency(models.TextChoices):
    """When a kind of notice is mailed."""

    NONE = "none", _("Never")
    NOW = "now", _("At once")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Daily digest")
    WEEKLY = "weekly", _("Weekly digest")


class Channel(models.TextChoices):
    SHOWN = "shown", _("In the platform")
    MAIL = "mail", _("Mail")
    PUSH = "push", _("On your devices")


class Preferences(models.Model):
    """What a person chose; where they chose nothing, the usual of their role holds (notices.kinds)."""

    class Weekend(models.TextChoices):
        COUNTRY = "", _("As in my country")
        FRIDAY = "5,6", _("Friday and Saturday")
        SATURDAY = "6,7", _("Saturday and Sunday")

    user = models.OneToOneField(PERSON, models.CASCADE, primary_key=True, related_name="preferences", verbose_name=_("person"))
    # {kind: {channel: value}}: only what differs from the usual.
    choices: models.JSONField[Any, dict[str, dict[str, Any]]] = models.JSONField(_("choices"), default=dict, blank=True)
    digest_at = models.TimeField(_("when the digest comes"), default=time(7, 30))
    quiet = models.BooleanField(_("quiet hours"), default=True)
    quiet_from = models.TimeField(_("quiet from"), default=time(20, 0))
    quiet_until = models.TimeField(_("quiet until"), default=time(7, 0))
    quiet_weekend = models.BooleanField(_("quiet on weekend days"), default=True)
    weekend = models.CharField(_("weekend"), max_length=3, blank=True, default="", choices=Weekend.choices)
    without_content = models.BooleanField(_("mails without content"), default=False)
    next_digest_at = models.DateTimeField(_("next digest"), null=True, blank=True, db_index=True)
    last_digest_at = models.DateTimeField(_("last digest"), null=True, blank=True)
    # Mail does not arrive: nothing more is sent until the person says so.
    paused_at = models.DateTimeField(_("mail paused at"), null=True, blank=True)
    paused_because = models.CharField(_("why mail is paused"), max_length=200, blank=True)
    bounces = models.PositiveSmallIntegerField(default=0, editable=False)  # passing ones, in a row

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"


def preferences_at_hand(user: Any) -> Preferences | None:
    """A person's preferences, as fetched with them or by one query; None while they have none."""
    try:
        preferences: Preferences = user.preferences
    except Preferences.DoesNotExist:
        return None
    return preferences


class Level(models.Model):
    """How much a person wants to hear of a space; without a row, the space's usual."""

    class Of(models.TextChoices):
        MUTED = "muted", _("Muted")
        NORMAL = "normal", _("Normal")
        TRACKING = "tracking", _("New topics")
        WATCHING = "watching", _("Every post")

    space = models.ForeignKey("spaces.Space", models.CASCADE, related_name="levels", verbose_name=_("space"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="levels", verbose_name=_("person"))
    level = models.CharField(_("level"), max_length=10, choices=Of.choices)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        constraints = [models.UniqueConstraint(fields=["space", "user"], name="one_level_a_space")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.level} {self.space_id}"


class SpaceMail(models.Model):
    """How a space writes to its people, as its managers set it; without a row, the usual."""

    space = models.OneToOneField("spaces.Space", models.CASCADE, primary_key=True, related_name="space_mail", verbose_name=_("space"))
    level = models.CharField(_("usual level of its members"), max_length=10, choices=Level.Of.choices, default=Level.Of.NORMAL)
    without_content = models.BooleanField(_("mails without content"), default=False)
    # Where a mail to the space's address becomes a topic; empty: no mail is taken.
    board = models.ForeignKey("forums.Board", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topics by mail"))

    class Meta:
        verbose_name = _("mail of a space")
        verbose_name_plural = _("mail of spaces")

    def __str__(self) -> str:
        return f"mail of {self.space_id}"
