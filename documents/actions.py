"""The only writer of guides, of the papers made of them, and of first steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import LANGUAGES, FinishedStep, Guide, GuideVersion, Paper, PutAway
from network.activity.recording import later, record
from network.content import Audience
from network.names import fold
from network.permissions import check
from network.text import clean_html, is_blank, text_of

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from network.spaces.models import Space

WORDS = tuple(f"{part}_{code}" for part in ("title", "summary", "body", "changed") for code in LANGUAGES)


# --- Guides ------------------------------------------------------------------------------------------------------------------
def create(actor: Actor, space: Space, *, meant_for: str, audience: int, code: str | None = None, **words: str) -> Guide:
    """Begin a guide of an institution, as a draft."""
    ready = _ready(words)
    with transaction.atomic():
        space = space.locked()
        check(actor, "guide.create", space)
        guide = Guide(space=space, author=actor.person, on_behalf_of=space, code=code)
        _address(guide, meant_for, audience)
        guide.save()
        _draft(actor, guide, ready)
        record(actor.speaking_for(actor.entity_id), "drafted_guide", guide, reach=Audience.MANAGERS, soon=False)
        return guide


def edit(actor: Actor, guide: Guide, *, meant_for: str, audience: int, **words: str) -> GuideVersion:
    """Change the draft; of a published guide, the next version begins."""
    ready = _ready(words)
    with transaction.atomic():
        guide = guide.locked()
        check(actor, "guide.edit", guide)
        if guide.newest_id is not None and audience != guide.audience:
            check(actor, "guide.publish", guide)  # it counts at once
        _address(guide, meant_for, audience)
        guide.save(update_fields=["meant_for", "audience", "reach"])
        draft = _draft(actor, guide, ready)
        record(actor.in_office(guide.space), "edited_guide", guide, reach=Audience.MANAGERS, soon=False)
        return draft


@transaction.atomic
def publish(actor: Actor, guide: Guide) -> GuideVersion:
    """The draft becomes the newest version, and its papers are made. ValidationError where there is none, or it is whole in no language."""
    guide = guide.locked()
    check(actor, "guide.publish", guide)
    draft = guide.versions.filter(published_at=None).first()
    if draft is None:
        raise ValidationError(_("There is no draft to publish: change something first."))
    if not draft.languages:
        raise ValidationError(_("A guide needs a title and a text in at least one language before it is published."))
    draft.published_at, draft.published_by = timezone.now(), actor.person
    draft.save(update_fields=["published_at", "published_by"])
    guide.newest = draft
    guide.save(update_fields=["newest"])
    for code in draft.languages:
        ask_for_paper(f"guide.{draft.pk}.{code}", code, version=draft)
    record(actor.in_office(guide.space), "published_guide", guide, reach=Audience.MANAGERS, soon=False)
    return draft


@transaction.atomic
def discard(actor: Actor, guide: Guide) -> Guide | None:
    """Throw the draft away; a guide that was never published goes with it (None)."""
    guide = guide.locked()
    check(actor, "guide.edit", guide)
    record(actor.in_office(guide.space), "discarded_guide", guide, reach=Audience.MANAGERS, soon=False)
    guide.versions.filter(published_at=None).delete()
    if guide.newest_id is not None:
        return guide
    guide.delete()
    return None


def _address(guide: Guide, meant_for: str, audience: int) -> None:
    if meant_for == Guide.For.SECRETARIAT and audience < Audience.MEMBERS:
        raise ValidationError({"audience": _("What is for the secretariat is read by the institution's own people only.")})
    guide.meant_for, guide.audience = meant_for, audience
    guide.reach = max(audience, guide.space.audience)


def _ready(words: dict[str, str]) -> dict[str, str]:
    """Cleaned before any transaction begins. ValidationError for a text too long or too deep."""
    ready = {}
    for name in WORDS:
        said = words.get(name, "").strip()
        if name.startswith("body_"):
            said = clean_html(said).html
            said = "" if is_blank(said) else said
        ready[name] = said
    if not any(ready[f"title_{code}"] for code in LANGUAGES):
        raise ValidationError({"title_ar": _("Write a title in at least one language.")})
    return ready


def _draft(actor: Actor, guide: Guide, ready: dict[str, str]) -> GuideVersion:
    draft = guide.versions.filter(published_at=None).first()
    if draft is None:
        last = guide.versions.aggregate(last=Max("number"))["last"] or 0
        draft = GuideVersion(guide=guide, number=last + 1)
    for name, said in ready.items():
        setattr(draft, name, said)
    draft.written_by, draft.written_at = actor.person, timezone.now()
    draft.folded = fold(" ".join(text_of(ready[name]) for name in WORDS if not name.startswith("changed")))[:40_000]
    draft.save()
    return draft


# --- Papers -------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_for_paper(key: str, language: str, *, version: GuideVersion | None = None) -> Paper:
    """A paper that waits to be made by the queue: asked for twice, it is made once."""
    paper, _new = Paper.objects.get_or_create(key=key, defaults={"language": language, "version": version})
    if paper.refused:
        Paper.objects.filter(pk=paper.pk).update(refused=False)
        paper.refused = False
    later("documents.paper", unique_key=f"paper.{key}", key=key)
    return paper


def count_download(paper: Paper) -> None:
    """One more, of nobody in particular."""
    Paper.objects.filter(pk=paper.pk).update(downloads=F("downloads") + 1)


# --- First steps ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def tick(actor: Actor, step: str) -> None:
    """Say by hand that a step is done; twice is quiet."""
    check(actor, "steps.take")
    FinishedStep.objects.get_or_create(user=actor.person, step=step, defaults={"by_hand": True})


@transaction.atomic
def untick(actor: Actor, step: str) -> None:
    """Take back what was ticked by hand."""
    check(actor, "steps.take")
    FinishedStep.objects.filter(user=actor.person, step=step, by_hand=True).delete()


@transaction.atomic
def put_away(actor: Actor, *, away: bool) -> None:
    """Put the card of first steps away, or take it out again."""
    check(actor, "steps.take")
    if away:
        PutAway.objects.get_or_create(user=actor.person)
    else:
        PutAway.objects.filter(user=actor.person).delete()
