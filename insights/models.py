"""How many came, a day and a place: never who. What could tell two visits to be one person's lives for its day only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DailySalt(models.Model):
    """A day's random salt. With it the day's marks lose every tie to an address; it is deleted with them when the day is closed."""

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("salt of a day")
        verbose_name_plural = _("salts of days")

    def __str__(self) -> str:
        return str(self.day)


class DailyVisitor(models.Model):
    """That somebody was here today: a salted hash, of no use tomorrow and gone then."""

    day = models.DateField(db_index=False)
    key = models.CharField(max_length=60, db_index=False)
    mark = models.BinaryField(max_length=16)

    class Meta:
        verbose_name = _("mark of a day")
        verbose_name_plural = _("marks of days")
        constraints = [models.UniqueConstraint(fields=["day", "key", "mark"], name="a_visitor_once_a_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"


class DailyCount(models.Model):
    """What is kept: pages looked at, and different visitors, of one place on one day. `key` is platform, entity.5, site.5 or site.schools."""

    day = models.DateField(_("day"))
    key = models.CharField(_("place"), max_length=60)
    visits = models.PositiveIntegerField(_("pages looked at"), default=0)
    visitors = models.PositiveIntegerField(_("visitors"), default=0)

    class Meta:
        verbose_name = _("visits of a day")
        verbose_name_plural = _("visits by day")
        ordering = ["-day", "key"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.day}: {self.visitors}"
