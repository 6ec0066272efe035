"""Visits of the last sixty days, and what two commissions publish on websites of their own: invented, and fetched from nowhere."""

from __future__ import annotations

import math
from datetime import timedelta
from zlib import crc32

from django.utils import timezone

from insights.models import DailyCount
from insights.queries import DAYS
from network.demo.circles import speakers
from network.entities.models import Entity
from network.feeds import actions
from network.feeds.models import ExternalFeed, ExternalItem
from network.spaces.actors import Actor
from profiles.models import User

WEBSITES = {
    "natcom-tn": [
        (2, "ar", "ورشة وطنية لمنسّقي المدارس المنتسبة (تجريبي)", "لقاء ليومين حول الأنشطة المشتركة وتقارير نهاية السنة."),
        (
            9,
            "fr",
            "Appel à participation : concours de lecture (fictif)",
            "Les écoles associées déposent leurs dossiers avant la fin du mois.",
        ),
        (21, "ar", "صدور العدد الجديد من نشرة اللجنة (تجريبي)", "ملفّ خاصّ عن المكتبات المدرسية."),
    ],
    "natcom-jo": [
        (4, "ar", "افتتاح معرض المخطوطات العربية (تجريبي)", "يستقبل المعرض طلبة المدارس طوال الشهر."),
        (16, "en", "Call for nominations: young translators (fictional)", "Universities may name two candidates each."),
    ],
}


def websites() -> int:
    """Two feeds, paused so that no clock asks for them, with what they brought. How many items were added."""
    now, added = timezone.now(), 0
    known = set(ExternalFeed.objects.values_list("entity__handle", flat=True))
    for handle, rows in WEBSITES.items():
        entity = Entity.objects.filter(handle=handle).first()
        if entity is None or handle in known or handle not in speakers():
            continue
        actor = Actor.of(User.objects.get(page__handle=speakers()[handle]), fresh=True)
        feed = actions.add(actor, entity, url=f"https://www.example.org/{handle}/feed.xml")
        actions.pause(actor, feed, paused=True)
        ExternalFeed.objects.filter(pk=feed.pk).update(title=f"{entity.short_name} (تجريبي)", fetched_at=now - timedelta(hours=2))
        ExternalItem.objects.bulk_create(
            ExternalItem(
                feed=feed,
                key=str(number),
                title=title,
                excerpt=words,
                language=language,
                link=f"https://www.example.org/{handle}/{number}",
                published=now - timedelta(days=days, hours=3),
            )
            for number, (days, language, title, words) in enumerate(rows)
        )
        added += len(rows)
    return added


def visits() -> int:
    """Sixty days of every institution that somebody speaks for, in a week's rhythm. How many days were added; twice is the same as once."""
    today = timezone.localdate()
    if DailyCount.objects.filter(day__lt=today - timedelta(days=DAYS // 2)).exists():
        return 0
    rows: list[DailyCount] = []
    total = [0] * DAYS
    for pk, handle in Entity.objects.filter(handle__in=speakers(), listed=True).values_list("pk", "handle"):
        for kind, most in (("entity", 14), ("site", 26)):
            for ago in range(1, DAYS):
                seed = crc32(f"{handle} {kind} {ago}".encode())
                busy = 0.45 if (today - timedelta(days=ago)).weekday() in (4, 5) else 1.0
                visitors = round((2 + seed % most) * busy * (1 + 0.4 * math.cos(ago / 9)))
                if visitors:
                    pages = visitors + (seed >> 8) % (visitors + 3)
                    rows.append(DailyCount(day=today - timedelta(days=ago), key=f"{kind}.{pk}", visitors=visitors, visits=pages))
                    total[ago] += visitors
    rows += [
        DailyCount(day=today - timedelta(days=ago), key="platform", visitors=round(number * 0.8), visits=number * 3)
        for ago, number in enumerate(total)
        if number
    ]
    return len(DailyCount.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500))
