"""The only writer of sites, their pages, and the questions that visitors ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from network.activity.recording import record
from network.content import Audience
from network.names import tidy_name
from network.permissions import check
from network.sites import covers
from network.sites.models import SAID, PageVersion, Question, Site, SitePage, SiteVersion
from network.sites.visitor import visitor
from network.spaces.actors import Actor
from network.spaces.models import Space
from network.text import clean_html, is_blank

LANGUAGES = ("ar", "fr", "en")
VISITORS_KEPT = timedelta(days=365)  # the form of a site says so


# --- A site ------------------------------------------------------------------------------------------------------------------
def describe(actor: Actor, site: Site, *, publish: bool = True, **said: Any) -> Site:
    """Say what stands on a site: any of models.SAID, `intro_*` and `mandate_*` as HTML as it was written; what is not named stays.

    A version more, unless nothing changed. An unsaved site is made. Without `publish` everyone goes on reading what stood there.
    """
    ready = {name: _clean(value) if name.startswith(("intro_", "mandate_")) else value for name, value in said.items()}
    with transaction.atomic():
        site = _saved(site)
        check(actor, "site.edit", site)
        _keep_the_first(site)
        before = site.latest or site
        if site.latest is None or any(getattr(before, name) != value for name, value in ready.items()):
            _say(actor, site, {name: getattr(before, name) for name in SAID} | ready)
            if not publish:
                record(actor.in_office(site.space), "drafted_site", site, space=site.space, reach=Audience.MANAGERS, soon=False)
        return _show(actor, site) if publish else site


@transaction.atomic
def publish_words(actor: Actor, site: Site) -> Site:
    """Let everyone read the latest words, order and colour of a site; publishing them twice is quiet."""
    site = _saved(site)
    check(actor, "site.edit", site)
    return _show(actor, site)


@transaction.atomic
def restore_words(actor: Actor, site: Site, number: int) -> Site:
    """Make what a site said before its latest version again; it is published like any other."""
    site = _saved(site)
    check(actor, "site.edit", site)
    old = site.versions.filter(number=number).first()
    if old is None:
        raise ValidationError(_("There is no such version."))
    if old.pk != site.latest_id:
        _say(actor, site, {name: getattr(old, name) for name in SAID})
        record(actor.in_office(site.space), "drafted_site", site, space=site.space, reach=Audience.MANAGERS, soon=False, restored=number)
    return site


def _say(actor: Actor, site: Site, said: Mapping[str, Any]) -> None:
    number = site.latest.number + 1 if site.latest is not None else 1
    site.latest = SiteVersion.objects.create(site=site, number=number, by=actor.person, **said)
    site.save(update_fields=["latest"])


def _keep_the_first(site: Site) -> None:
    """What stood on a site before versions were kept is its first."""
    said = {name: getattr(site, name) for name in SAID}
    if site.latest is None and any(said.values()):
        site.latest = site.published = SiteVersion.objects.create(site=site, number=1, by=site.changed_by, at=site.changed_at, **said)
        site.save(update_fields=["latest", "published"])


def _show(actor: Actor, site: Site) -> Site:
    if site.latest is not None and site.has_changes:
        site = site.saying(site.latest)
        site.published, site.changed_at, site.changed_by = site.latest, timezone.now(), actor.person
        site.save(update_fields=[*SAID, "published", "changed_at", "changed_by"])
        record(actor.in_office(site.space), "described_site", site, space=site.space, reach=Audience.MANAGERS, soon=False)
    return site


@transaction.atomic
def draft_cover(actor: Actor, site: Site, sizes: Mapping[str, bytes] | None, words: Mapping[str, str]) -> Site:
    """Keep a cover that nobody sees yet: `sizes` come from covers.redrawn (None: the picture there is), `words` say what it shows."""
    site = _saved(site)
    check(actor, "site.edit", site)
    before = site.cover_draft or site.cover
    if sizes is None and not before:
        raise ValidationError({"picture": _("Choose a picture.")})
    name = covers.keep(sizes) if sizes is not None else before["name"]
    site.cover_draft = {"name": name, **{code: tidy_name(words.get(code, "")) for code in LANGUAGES}}
    return _covered(actor, site, before)


@transaction.atomic
def show_cover(actor: Actor, site: Site) -> Site:
    """Let everyone see the cover that waits; where none does nothing happens. ValidationError while nobody has said what it shows."""
    site = _saved(site)
    check(actor, "site.edit", site)
    if not site.cover_draft:
        return site
    if not any(site.cover_draft.get(code) for code in LANGUAGES):
        raise ValidationError(_("Say first, in one language at least, what the picture shows: for whoever cannot see it."))
    before, site.cover, site.cover_draft = site.cover, site.cover_draft, {}
    return _covered(actor, site, before)


@transaction.atomic
def remove_cover(actor: Actor, site: Site) -> Site:
    """Take away the cover that waits; where none does, the one that everyone sees: the ornament stands again."""
    site = _saved(site)
    check(actor, "site.edit", site)
    before = site.cover_draft or site.cover
    if not before:
        return site
    if site.cover_draft:
        site.cover_draft = {}
    else:
        site.cover = {}
    return _covered(actor, site, before)


def _covered(actor: Actor, site: Site, before: Mapping[str, str]) -> Site:
    site.changed_at, site.changed_by = timezone.now(), actor.person
    site.save(update_fields=["cover", "cover_draft", "changed_at", "changed_by"])
    if before and before["name"] not in (site.cover.get("name"), site.cover_draft.get("name")):
        covers.forget(before["name"])
    record(actor.in_office(site.space), "changed_cover", site, space=site.space, reach=Audience.MANAGERS, soon=False)
    return site


def _saved(site: Site) -> Site:
    """The row, locked; made where there is none yet. Two who begin at once meet in one row: the institution's own is locked."""
    if site._state.adding:
        space = Space.objects.select_for_update(of=("self",)).get(pk=site.space_id)
        site, _made = Site.objects.get_or_create(space=space, section=site.section)
    return site.locked()


# --- Pages -------------------------------------------------------------------------------------------------------------------
def write(actor: Actor, site: Site, page: SitePage | None, *, publish: bool = False, **words: str) -> SitePage:
    """Write a page, or write it anew: a version more. `title_*` are texts, `body_*` HTML as it was written.

    What everyone reads stays as it was until it is published.
    """
    ready = {name: (tidy_name(text) if name.startswith("title_") else _clean(text)) for name, text in words.items()}
    if not any(ready.get(f"title_{code}") for code in LANGUAGES):
        raise ValidationError({"title_ar": _("Write a title in at least one language.")})
    with transaction.atomic():
        site = _saved(site)
        check(actor, "site.edit", site)
        if page is None:
            last = SitePage.objects.filter(site=site).aggregate(last=Max("position"))["last"] or 0
            page = SitePage.objects.create(site=site, position=last + 1)
        page = page.locked()
        before = page.latest
        if before is None or any(getattr(before, name) != text for name, text in ready.items()):
            page.latest = PageVersion.objects.create(page=page, number=(before.number if before else 0) + 1, by=actor.person, **ready)
            page.save(update_fields=["latest"])
            record(actor.in_office(site.space), "wrote_page", page, space=site.space, reach=Audience.MANAGERS, soon=False)
        return _publish(actor, page) if publish else page


@transaction.atomic
def publish(actor: Actor, page: SitePage) -> SitePage:
    """Let everyone read the latest version; publishing it twice is quiet."""
    page = page.locked()
    check(actor, "site.edit", page)
    return _publish(actor, page)


def _publish(actor: Actor, page: SitePage) -> SitePage:
    if page.published_id != page.latest_id:
        page.published, page.published_at = page.latest, timezone.now()
        page.save(update_fields=["published", "published_at"])
        record(actor.in_office(page.space), "published_page", page, space=page.space, reach=Audience.MANAGERS, soon=False)
    return page


@transaction.atomic
def hide(actor: Actor, page: SitePage) -> SitePage:
    """Take a page off the site; its versions stay, and it is a draft again."""
    page = page.locked()
    check(actor, "site.edit", page)
    if page.published_id is not None:
        page.published = page.published_at = None
        page.save(update_fields=["published", "published_at"])
        record(actor.in_office(page.space), "hid_page", page, space=page.space, reach=Audience.MANAGERS, soon=False)
    return page


@transaction.atomic
def remove(actor: Actor, page: SitePage) -> SitePage:
    """Put a page away: it stands in no list any more. Its versions are kept."""
    page = page.locked()
    check(actor, "site.edit", page)
    if page.removed_at is None:
        page.removed_at, page.published = timezone.now(), None
        page.save(update_fields=["removed_at", "published"])
        record(actor.in_office(page.space), "removed_page", page, space=page.space, reach=Audience.MANAGERS, soon=False)
    return page


@transaction.atomic
def restore(actor: Actor, page: SitePage, number: int) -> SitePage:
    """Make what a page said before its latest version again; it is published like any other."""
    page = page.locked()
    check(actor, "site.edit", page)
    old = page.versions.filter(number=number).first()
    if old is None:
        raise ValidationError(_("There is no such version."))
    if old.pk != page.latest_id:
        newest = page.latest.number if page.latest is not None else 0
        words = {f"{what}_{code}": getattr(old, f"{what}_{code}") for what in ("title", "body") for code in LANGUAGES}
        page.latest = PageVersion.objects.create(page=page, number=newest + 1, by=actor.person, **words)
        page.save(update_fields=["latest"])
        record(actor.in_office(page.space), "wrote_page", page, space=page.space, reach=Audience.MANAGERS, soon=False, restored=number)
    return page


@transaction.atomic
def move(actor: Actor, page: SitePage, *, up: bool) -> None:
    """One place up or down in the menu; at its end nothing happens."""
    site = page.site.locked()
    check(actor, "site.edit", site)
    pages = list(SitePage.objects.select_for_update(of=("self",)).kept().filter(site=site))
    here = next((at for at, one in enumerate(pages) if one.pk == page.pk), None)
    there = -1 if here is None else here + (-1 if up else 1)
    if here is None or not 0 <= there < len(pages):
        return
    pages[here], pages[there] = pages[there], pages[here]
    for at, one in enumerate(pages, 1):
        if one.position != at:
            SitePage.objects.filter(pk=one.pk).update(position=at)
    record(actor.in_office(site.space), "moved_page", page, space=site.space, reach=Audience.MANAGERS, soon=False)


# --- Questions ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask(actor: Actor, space: Space, *, client_id: UUID, section: str = "", **fields: str) -> Question:
    """A visitor asks an institution; nobody needs an account. The same form sent twice is one question.

    It goes to whoever speaks for the institution, with a copy to the secretariat (notices.subscribers).
    """
    question, made = Question.objects.get_or_create(
        client_id=client_id, defaults={"space": space, "section": section, "user": actor.user, **fields}
    )
    if made:
        # What happens is done by someone: a visitor has an account of the house that nobody signs in to.
        asker = actor if actor.user is not None else Actor(visitor(), actor.rights)
        record(asker, "asked_question", question, space=space, reach=Audience.MANAGERS)
    return question


@transaction.atomic
def answer(actor: Actor, question: Question, *, text: str) -> Question:
    """Answer a visitor by mail, in the name of the institution; the answer is kept. Only what is new is answered."""
    question = question.locked()
    check(actor, "question.answer", question)
    question.status, question.answer = Question.Status.ANSWERED, text.strip()
    if not question.answer:
        raise ValidationError({"text": _("Write something first.")})
    question.answered_by, question.answered_at = actor.person, timezone.now()
    question.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    record(actor.in_office(question.space), "answered_question", question, space=question.space, reach=Audience.MANAGERS)
    with translation.override(question.language):
        name = question.space.name
        subject = translation.gettext("%(name)s has answered your question") % {"name": name}
        words = render_to_string("sites/email/answer.txt", {"question": question, "name": name})
    EmailMessage(subject, words, to=[question.email]).send()  # waits in the outbox, in this transaction
    return question


@transaction.atomic
def close(actor: Actor, question: Question) -> Question:
    """Put a question away without an answer; closing twice is quiet."""
    question = question.locked()
    if question.status == Question.Status.CLOSED:
        check(actor, "question.view", question)
        return question
    check(actor, "question.answer", question)
    question.status = Question.Status.CLOSED
    question.answered_by, question.answered_at = actor.person, timezone.now()
    question.save(update_fields=["status", "answered_by", "answered_at"])
    record(actor.in_office(question.space), "closed_question", question, space=question.space, reach=Audience.MANAGERS)
    return question


def forget_visitors(now: datetime | None = None) -> int:
    """Empty who asked, a year after it was answered or closed: what was asked and answered stays. Returns how many questions."""
    over = Question.objects.filter(answered_at__lte=(now or timezone.now()) - VISITORS_KEPT).exclude(name="", email="", user=None)
    return over.update(name="", email="", user=None)


def _clean(html: str) -> str:
    clean = clean_html(html).html if html else ""
    return "" if is_blank(clean) else clean
