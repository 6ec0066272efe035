"""How the network is: rooms report measures by name (settings.HEALTH), the admin page and `manage.py health` show them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: what it is, how it stands, and, where it does not stand well, what to do."""

    name: str | Promise
    value: str
    state: str = OK
    advice: str | Promise = ""


def measures() -> list[Measure]:
    """All that rooms report now, what stands worst first. A room that cannot say how it is, is not well."""
    found: list[Measure] = []
    for name in settings.HEALTH:
        try:
            found += import_string(name)()
        except Exception:
            logger.exception("%s could not say how it is.", name)
            found.append(Measure(name, "–", BAD, _("It could not be asked: look into the log.")))
    return sorted(found, key=lambda measure: (BAD, WARN, OK).index(measure.state))


def of_age(since: datetime | None, *, warn: timedelta, bad: timedelta) -> tuple[str, str]:
    """How long something has waited, in words, and how bad that is; nothing waiting is well."""
    if since is None:
        return "–", OK
    now = timezone.now()
    age = max(now - since, timedelta(0))
    return timesince(since, now, depth=1).replace("\xa0", " "), BAD if age > bad else WARN if age > warn else OK
