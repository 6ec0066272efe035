"""What a register costs as it grows: sixty institutions filtered out of a hundred, and out of ten thousand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

FEW, MANY, ASKED = 100, 10_000, 15
MATCHING = 60  # of the hundred as of the ten thousand: more than a page holds
FIELDS = [
    {
        "code": "level",
        "kind": "choice",
        "label": {"ar": "المرحلة"},
        "filter": True,
        "column": True,
        "choices": [{"value": value, "label": {"ar": label}} for value, label in (("primary", "ابتدائية"), ("secondary", "ثانوية"))],
    }
]
# The second and the third find their rows by no index.
QUESTIONS = {
    "country and level, cards": "country=BH&level=primary",
    "level, cards": "level=primary",
    "name, cards": "q=مدرسة+الستين",
    "level, table": "level=primary&view=table",
    "level, by country": "level=primary&view=map",
}


def registers(rounds: int, row: Callable[..., Any]) -> list[Any]:
    """The rows of the table; the world is left as it was."""
    from django.db import transaction  # noqa: PLC0415 -- after setup

    rows = {asked: row(f"register of {MANY:,}: {asked}", 2.0, f"× of {FEW}") for asked in QUESTIONS}
    for _ in range(min(rounds, 3)):
        with transaction.atomic():
            few = _fill(0, FEW)
            many = _fill(FEW, MANY)
            transaction.set_rollback(True)
        for asked in QUESTIONS:
            rows[asked].values.append(many[asked] / few[asked])
            rows[asked].note = f"{1000 * many[asked]:.1f} and {1000 * few[asked]:.1f} ms"
    return list(rows.values())


def _fill(first: int, last: int) -> dict[str, float]:
    """Let the register grow to `last` schools, sixty of them asked for; the quickest of some requests of each question, CPU seconds."""
    from django.db import connection  # noqa: PLC0415 -- after setup
    from django.utils import timezone  # noqa: PLC0415

    from network.content import Audience  # noqa: PLC0415
    from network.entities.actions import work_out  # noqa: PLC0415
    from network.entities.models import Entity, Kind  # noqa: PLC0415
    from network.spaces.models import Country, Space  # noqa: PLC0415

    kind, _made = Kind.objects.get_or_create(code="bench-schools", defaults={"name_ar": "مدارس القياس", "fields": FIELDS})
    countries = [country.pk for country in Country.objects.exclude(pk="BH")] or ["TN"]
    born = timezone.now()
    for number in range(first, last):
        asked = number < MATCHING
        entity = Entity(
            kind="entity",
            handle=f"bench-school-{number}",
            name_ar=f"مدرسة القياس {number}",
            about_ar="مدرسة تقرأ وتزرع وتكتب.",
            monogram="مد",
            folded=f"مدرسه {'الستين' if asked else 'الالاف'} {number}",
            skeleton=f"bench-school-{number}",
            audience=Audience.PUBLIC,
            country_id="BH" if asked else countries[number % len(countries)],
            entity_kind=kind,
            city="المنامة",
            languages="العربية",
            details={"level": "primary" if asked else "secondary"},
            created_at=born,
        )
        work_out(entity)
        entity.save()
    assert Space.objects.filter(entity__entity_kind=kind).count() == last
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself in time
    return {asked: _seconds(f"/ar/institutions/?kind=bench-schools&{query}") for asked, query in QUESTIONS.items()}


def _seconds(path: str) -> float:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- after setup
    from django.test import Client  # noqa: PLC0415

    from network.spaces.models import Mandate  # noqa: PLC0415

    user = get_user_model().objects.filter(pk__in=Mandate.objects.current().values("user")).order_by("pk").first()
    assert user is not None
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    spent = []
    for _ in range(ASKED):
        began = time.process_time()
        answer = client.get(path)
        spent.append(time.process_time() - began)
        assert answer.status_code == 200, answer.status_code
        assert "bench-school-1/" in answer.content.decode() or "view=map" in path
    return min(spent)
