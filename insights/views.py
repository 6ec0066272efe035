"""Visits: of an institution for those who look after it, of the whole platform for the secretariat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insights import queries
from insights.chart import chart
from insights.counting import PLATFORM
from insights.queries import Day
from network.entities.models import Entity
from network.entities.views.place import find, show
from network.fragments import page
from network.permissions import check
from network.requests import Request
from network.sheets import Cell, csv_response, xlsx_response
from network.sites.models import Section


@require_safe
@login_required
def entity_visits(request: Request, code: str) -> HttpResponse:
    """Sixty days of an institution's page here and of its own site, as bars and as a table."""
    entity = _entity(request, code)
    return show(request, entity, "visits", "insights/entity.html", parts=_parts(_keys(entity)))


@require_safe
@login_required
def entity_csv(request: Request, code: str) -> HttpResponse:
    return _sheet(csv_response, _entity(request, code))


@require_safe
@login_required
def entity_xlsx(request: Request, code: str) -> HttpResponse:
    return _sheet(xlsx_response, _entity(request, code), rtl=translation.get_language_bidi())


@require_safe
@login_required
def platform_visits(request: Request) -> HttpResponse:
    """Sixty days of everything and of the sites of the sections, and thirty of each institution's site: the secretariat only."""
    check(request.actor, "visits.survey")
    return page(request, "insights/platform.html", nav="visits", parts=_parts(_all_keys()), sites=queries.sites(request.actor))


@require_safe
@login_required
def platform_csv(request: Request) -> HttpResponse:
    check(request.actor, "visits.survey")
    return _sheet(csv_response, None)


@require_safe
@login_required
def platform_xlsx(request: Request) -> HttpResponse:
    check(request.actor, "visits.survey")
    return _sheet(xlsx_response, None, rtl=translation.get_language_bidi())


def _entity(request: Request, code: str) -> Entity:
    entity = find(request, code)
    check(request.actor, "visits.view", entity)
    return entity


def _keys(entity: Entity) -> dict[str, str]:
    return {f"entity.{entity.pk}": _("Its page here"), f"site.{entity.pk}": _("Its own site")}


def _all_keys() -> dict[str, str]:
    return {PLATFORM: _("The whole platform")} | {f"site.{value}": str(label) for value, label in Section.choices}


def _parts(keys: dict[str, str]) -> list[dict[str, Any]]:
    rtl, found = translation.get_language_bidi(), queries.days(list(keys))
    parts: list[dict[str, Any]] = []
    for key, days in found.items():
        total = sum(day.visitors for day in days)
        if total or not parts:
            pages = sum(day.visits for day in days)
            last = sum(day.visitors for day in days[-queries.LATELY :])
            parts.append(
                {
                    "key": key.replace(".", "-"),
                    "title": keys[key],
                    "chart": chart(days, rtl=rtl),
                    "days": days[::-1],
                    "total": total,
                    "lately": last,
                    "pages": pages,
                    "best": max(days, key=lambda day: day.visitors) if total else None,
                }
            )
    return parts


def _sheet(response: Any, entity: Entity | None, **more: Any) -> HttpResponse:
    keys = _keys(entity) if entity is not None else _all_keys()
    found = queries.days(list(keys), 365)
    header = [_("Day"), _("Place"), _("Visitors"), _("Pages looked at")]
    places = sorted(
        ((day.day, keys[key], day) for key, days in found.items() for day in _since_first(days)), key=lambda row: row[:2], reverse=True
    )
    rows: list[Sequence[Cell]] = [[when, place, day.visitors, day.visits] for when, place, day in places]
    name = f"visits-{entity.handle}" if entity is not None else "visits"
    answer: HttpResponse = response(name, header, rows, **more)
    return answer


def _since_first(days: list[Day]) -> list[Day]:
    """From the first day on which anybody came."""
    first = next((n for n, day in enumerate(days) if day.visits), len(days))
    return days[first:]
