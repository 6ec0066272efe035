"""What an affiliation means for how an institution stands in the register (settings.ENTITY_HELD, ENTITY_AFFILIATIONS, ENTITY_LAPSED)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from network.accreditation.models import Application
from network.entities.models import Entity
from network.entities.standing import Affiliation

if TYPE_CHECKING:
    from django.db.models import QuerySet


def held(entity: Entity) -> str:
    """What is affiliated is suspended, restored and ended in its file, by the secretariat. One query."""
    if not Application.objects.filter(entity=entity.pk, status__in=Application.AFFILIATED).exists():
        return ""
    return _("It is affiliated: only the secretariat suspends, restores or ends its affiliation.")


def affiliations(numbers: Iterable[int] | QuerySet[Any, Any]) -> dict[int, Affiliation]:
    """Of these institutions, those that are affiliated: as their certificates say it. One query."""
    rows = Application.objects.filter(entity__in=numbers, status__in=Application.AFFILIATED).order_by("pk")
    found = {}
    for entity_id, code, register, term_end in rows.values_list("entity", "status", "entity__status", "term_end"):
        stands = _standing(code, register, term_end)
        found[entity_id] = Affiliation(stands.value, str(stands.label))
    return found


def _standing(code: str, register: str, term_end: date | None) -> Application.Status:
    """As Certificate.standing: the register may say less than the file, and the agreement be over before the calendar has come round."""
    status = Application.Status(code)
    if status != Application.Status.ACTIVE:
        return status
    if register != Entity.Status.ACTIVE:
        return Application.Status.SUSPENDED if register == Entity.Status.SUSPENDED else Application.Status.ENDED
    is_over = term_end is not None and term_end < timezone.localdate()
    return Application.Status.LAPSED if is_over else status


def lapsed() -> QuerySet[Application, int | None]:
    """The numbers of the institutions whose agreement ended, as a query."""
    over = Q(status=Application.Status.LAPSED) | Q(status=Application.Status.ACTIVE, term_end__lt=timezone.localdate())
    return Application.objects.filter(over, entity__isnull=False).values_list("entity", flat=True)
