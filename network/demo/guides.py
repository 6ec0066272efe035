"""Guides of the demo world: the network's own, one of them in its second version, and one of a Commission."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from documents import actions, reference
from documents.models import Guide, GuideVersion
from network.content import Audience
from network.demo.circles import speakers
from network.demo.reading import Row, read
from network.demo.story import Happening, place
from network.spaces.actors import Actor

SECRETARIAT = "alecso-secretariat"
CHANGED = {
    "changed_ar": "أُضيف ما تطلبه العضوية وكيف تنتهي.",
    "changed_fr": "Ce que demande l’adhésion et comment elle prend fin ont été ajoutés.",
    "changed_en": "What membership asks, and how it ends, were added.",
}


def guides() -> Iterator[Happening]:
    """What is missing of them."""
    for number, code in enumerate(reference.missing()):
        yield Happening(52 - number, speakers()[SECRETARIAT], partial(_own, code))
        if code == "networks":
            yield Happening(9, speakers()[SECRETARIAT], _second)
    known = set(Guide.objects.filter(newest__isnull=False).values_list("space__handle", "newest__title_ar"))
    for row in read("guides")["guides"]:
        if (row["by"], row["words"]["title_ar"]) not in known and row["by"] in speakers():
            yield Happening(row["days"], speakers()[row["by"]], partial(_of_institution, row))


def _own(code: str, actor: Actor, when: datetime) -> None:
    secretariat = place(SECRETARIAT)
    guide = reference.put_in(actor.speaking_for(secretariat.pk), secretariat, code)
    _set_back(guide, when)


def _second(actor: Actor, when: datetime) -> None:
    guide = Guide.objects.get(code="networks")
    meant_for, audience = reference.GUIDES["networks"]
    words = {name: getattr(guide.newest, name) for name in actions.WORDS}
    actions.edit(actor, guide, meant_for=meant_for, audience=audience, **{**words, **CHANGED})
    version = actions.publish(actor, guide)
    GuideVersion.objects.filter(pk=version.pk).update(written_at=when, published_at=when)


def _of_institution(row: Row, actor: Actor, when: datetime) -> None:
    space = place(row["by"])
    guide = actions.create(actor.speaking_for(space.pk), space, meant_for=row["for"], audience=Audience.PUBLIC, **row["words"])
    actions.publish(actor, guide)
    _set_back(guide, when)


def _set_back(guide: Guide, when: datetime) -> None:
    Guide.objects.filter(pk=guide.pk).update(created_at=when)
    GuideVersion.objects.filter(guide=guide).update(written_at=when, published_at=when)
