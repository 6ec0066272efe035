"""The life of mandates in the demo world: a deputy, one to come, one that lapsed, one that lapses soon, an invitation, two claimants of a seat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from network.demo.story import Happening, person, place
from network.entities import actions as entities
from network.entities.models import Entity, Kind
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Country, Mandate, MandateInvitation

HEAD, COMMISSION, MANAGER = "sg-tn", "natcom-tn", "platform-manager"
INVITED = "clubs-tn@demo.multaqa.example"
CLAIMANT = "natcom-tn-claimant"
# Who, as what, in which network, from and until how many days before the demo day (negative: after it).
ROWS = (
    ("teacher-tn", "منسّق المدارس المنتسبة سابقًا (تجريبي)", "schools", 55, 12),
    ("coord-tn-zaytouna", "منسّق المدارس المنتسبة (تجريبي)", "schools", 20, -20),
    ("holder-tn-turath", "منسّقة الكراسي العلمية (تجريبي)", "chairs", -15, -380),
)
DEPUTY = ("coord-tn-nakhil", "نائبة ضابط الاتصال (تجريبي)", 2, -12)


def lives() -> Iterator[Happening]:
    """What is missing of it."""
    titles = set(Mandate.objects.filter(entity__handle=COMMISSION).values_list("title", flat=True))
    for row in ROWS:
        if row[1] not in titles:
            yield Happening(min(50.0, max(row[3] + 1.0, 3.0)), HEAD, partial(_name, row))
    if DEPUTY[1] not in titles:
        yield Happening(2.5, HEAD, _deputy)
    if not MandateInvitation.objects.filter(address=INVITED).exists():
        yield Happening(1.5, HEAD, _invite)
    if not Entity.objects.filter(handle=CLAIMANT).exists():
        yield Happening(9.0, MANAGER, _claim)


def _name(row: tuple[str, str, str, int, int], actor: Actor, when: datetime) -> None:
    who, title, network, begins, ends = row
    today = _today()
    made = spaces.name_mandate(
        actor,
        place(COMMISSION),
        person(who),
        title=title,
        network=network,
        from_day=today - timedelta(days=begins),
        until_day=today - timedelta(days=ends),
    )
    Mandate.objects.filter(pk=made.pk).update(named_at=when)


def _deputy(actor: Actor, when: datetime) -> None:
    who, title, begins, ends = DEPUTY
    today = _today()
    original = Mandate.objects.get(entity__handle=COMMISSION, user__page__handle="liaison-tn", deputises=None)
    made = spaces.name_mandate(
        actor,
        place(COMMISSION),
        person(who),
        title=title,
        from_day=today - timedelta(days=begins),
        until_day=today - timedelta(days=ends),
        deputises=original,
    )
    Mandate.objects.filter(pk=made.pk).update(named_at=when)


def _invite(actor: Actor, when: datetime) -> None:
    made = spaces.invite_by_mail(
        actor,
        place(COMMISSION),
        INVITED,
        title="منسّقة النوادي (تجريبي)",
        network=Mandate.Network.CLUBS,
        message="نرحّب بكم منسّقةً للنوادي في تونس (تجريبي).",
    )
    MandateInvitation.objects.filter(pk=made.pk).update(sent_at=when, expires_at=when + timedelta(days=14))


def _claim(actor: Actor, when: datetime) -> None:
    """A second, invented body that claims the seat: a draft, which oversees nobody until the secretariat decides."""
    entities.create(
        actor,
        kind=Kind.objects.get(code="national-commission"),
        handle=CLAIMANT,
        country=Country.objects.get(pk="TN"),
        name_ar="هيئة أخرى تطلب الاعتماد (تجريبي)",
        name_fr="Autre organisme demandant l’accréditation (démo)",
        name_en="Another body that asks for accreditation (demo)",
        status=Entity.Status.DRAFT,
        fictional=True,
    )


def _today() -> date:

    return timezone.now().date()
