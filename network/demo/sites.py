"""The public sites of the demo world: two commissions with words and pages, the introductions of the sections, and what visitors asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from network.demo.circles import speakers
from network.demo.reading import Row, read
from network.demo.scenery import EVENING, MORNING, landscape
from network.demo.story import Happening, place
from network.sites import actions, covers
from network.sites.models import PageVersion, Question, Section, Site, SitePage, SiteVersion
from network.spaces.actors import Actor
from network.spaces.models import Space


def sites() -> Iterator[Happening]:
    """Words, pages and questions: what is missing of it."""
    data = read("sites")
    known = set(Site.objects.values_list("section", "space__handle"))
    secretariat = Space.objects.filter(sees_all=True).order_by("pk").values_list("handle", flat=True).first() or ""
    for row in data["sections"]:
        if secretariat in speakers() and not any(section == row["section"] for section, _handle in known):
            yield Happening(40, speakers()[secretariat], partial(_section, row))
    for row in data["sites"]:
        if ("", row["by"]) not in known and row["by"] in speakers():
            yield Happening(row["days"], speakers()[row["by"]], partial(_site, row))
    asked = set(Question.objects.values_list("client_id", flat=True))
    for number, row in enumerate(data["questions"]):
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"demo-question-{number}")
        if key not in asked and row["of"] in speakers():
            yield Happening(row["days"], speakers()[row["of"]], partial(_question, row, key))


def _section(row: Row, actor: Actor, when: datetime) -> None:
    site = Site(space=Space.objects.filter(sees_all=True).earliest("pk"), section=Section(row["section"]))
    actions.describe(actor, site, tone=row["tone"], order=[], hidden=[], **_html(row, "intro"))


def _site(row: Row, actor: Actor, when: datetime) -> None:
    speaker = actor.speaking_for(place(row["by"]).pk)
    words = _html(row, "intro") | _html(row, "mandate")
    site = actions.describe(speaker, Site(space=place(row["by"])), tone=row["tone"], order=[], hidden=[], **words)
    if shows := row.get("cover"):
        colours = EVENING if row["days"] % 2 == 0 else MORNING
        actions.show_cover(speaker, actions.draft_cover(speaker, site, covers.redrawn(landscape(colours, turn=row["days"])), shows))
    Site.objects.filter(pk=site.pk).update(changed_at=when)
    SiteVersion.objects.filter(site=site).update(at=when)
    for page in row["pages"]:
        titles = {f"title_{code}": page["title"][code] for code in page["title"]}
        made = actions.write(speaker, site, None, publish=page.get("published", True), **titles, **_html(page, "body"))
        SitePage.objects.filter(pk=made.pk).update(created_at=when, published_at=when if made.published_id else None)
        PageVersion.objects.filter(page=made).update(at=when)


def _question(row: Row, key: uuid.UUID, actor: Actor, when: datetime) -> None:
    fields = {name: row[name] for name in ("name", "email", "text", "language")}
    question = actions.ask(Actor.nobody(), place(row["of"]), client_id=key, **fields)
    Question.objects.filter(pk=question.pk).update(asked_at=when)
    if row.get("answer"):
        actions.answer(actor.speaking_for(place(row["of"]).pk), question, text=row["answer"])
        Question.objects.filter(pk=question.pk).update(answered_at=when)


def _html(row: Row, name: str) -> dict[str, Any]:
    return {f"{name}_{code}": "".join(f"<p>{part}</p>" for part in parts) for code, parts in row.get(name, {}).items()}
