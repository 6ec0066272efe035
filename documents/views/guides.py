"""Guides: the list, a guide in its versions, its paper, and writing one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import actions, papers, steps
from documents.contents import with_contents
from documents.forms import GuideForm
from documents.models import FinishedStep, Guide, GuideVersion, Paper
from network import rates
from network.files import serve_stored
from network.fragments import done, page
from network.names import fold
from network.permissions import can, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse
from network.spaces.models import Space, in_language

DRAFTS = Prefetch("versions", GuideVersion.objects.filter(published_at=None), to_attr="drafts")


@require_safe
def guides(request: Request) -> HttpResponse:
    """What the actor may read, the network's own first; narrowed by word, reader and institution."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "for", "of", "mine")}
    if asked["q"]:
        rates.spend("lookup", actor.user_id or rates.address_of(request))
    found = Guide.objects.visible_to(actor)
    writes_in = list(actor.mandates)
    if asked["mine"] and writes_in:
        found = found.filter(space__in=writes_in).prefetch_related(DRAFTS)  # type: ignore[no-redef]  # the model names it for its readers
    else:
        found = found.published()
    for word in fold(asked["q"]).split()[:8]:
        found = found.filter(newest__folded__contains=word)
    if asked["for"] in Guide.For.values:
        found = found.filter(meant_for=asked["for"])
    if asked["of"] == "network":
        found = found.filter(space__sees_all=True)
    elif asked["of"]:
        found = found.filter(space__handle=asked["of"])
    return page(
        request,
        "documents/guides.html",
        cache=not asked["q"],
        streams=Guide.listed_on,
        nav="guides",
        found=Paginator(found.with_words().order_by("-space__sees_all", "-id"), settings.PAGE_SIZE).get_page(request.GET.get("page")),
        asked=asked,
        narrowed=any(asked.values()),
        readers=Guide.For.choices,
        may_write=any(can(actor, "guide.create", one) for one in actor.entities),
    )


@require_safe
def guide(request: Request, guide_id: int) -> HttpResponse:
    """The newest version; of a guide that is a draft, its writers are led to the draft."""
    found = _find(request.actor, guide_id)
    if found.newest is None:
        return HttpResponseRedirect(f"{found.get_absolute_url()}draft/")
    return _show(request, found, found.newest)


@require_safe
def version(request: Request, guide_id: int, number: int) -> HttpResponse:
    """An older version says that it is one, and leads to the newest."""
    found = _find(request.actor, guide_id)
    return _show(request, found, _version(found, number))


@require_safe
@login_required
def draft(request: Request, guide_id: int) -> HttpResponse:
    """The draft, as readers would see it."""
    found = _find(request.actor, guide_id)
    check(request.actor, "guide.edit", found)
    written = get_object_or_404(found.versions, published_at=None)
    return _show(request, found, written)


def _show(request: Request, found: Guide, shown: GuideVersion) -> HttpResponse:
    actor: Actor = request.actor
    asked = request.LANGUAGE_CODE[:2]
    language = shown.language_for(asked)
    body, parts = with_contents(getattr(shown, f"body_{language}")) if language else ("", [])
    is_draft = shown.published_at is None
    return page(
        request,
        "documents/guide.html",
        cache=not is_draft,
        streams=(f"space.{found.space_id}",),
        nav="guides",
        guide=found,
        version=shown,
        title=getattr(shown, f"title_{language}") if language else shown.title,
        summary=in_language(shown, "summary", language or asked),
        language=language,
        missing=bool(language) and language != asked,
        body=body,
        parts=parts,
        versions=list(found.versions.exclude(published_at=None).order_by("-number")[:50]),
        others=[code for code in shown.languages if code != asked],
        is_draft=is_draft,
        is_old=not is_draft and shown.pk != found.newest_id,
        may_edit=can(actor, "guide.edit", found),
        may_publish=is_draft and can(actor, "guide.publish", found),
        may_say_read=bool(found.code)
        and found.code == steps.GUIDES.get(steps.role_of(actor))
        and actor.user is not None
        and not FinishedStep.objects.filter(user=actor.user_id, step="guide").exists(),
        names=settings.LANGUAGE_NAMES,
    )


@require_safe
def guide_pdf(request: Request, guide_id: int, number: int) -> HttpResponseBase:
    """The paper of a version in the page's language, or in the one that stands in for it."""
    found = _find(request.actor, guide_id)
    check(request.actor, "guide.view", found)  # the file lies outside the database: asked at its own door too
    shown = _version(found, number)
    language = shown.language_for(request.LANGUAGE_CODE[:2])
    key = f"guide.{shown.pk}.{language}"
    paper = Paper.objects.filter(key=key).first()
    name = f"{getattr(shown, f'title_{language}')} – {shown.number}"
    return offer(request, paper, key, language, name=name, back=found.get_absolute_url(), version=shown)


def offer(  # noqa: PLR0913 -- a paper, where it leads back to and what it is of
    request: Request,
    paper: Paper | None,
    key: str,
    language: str,
    *,
    name: str,
    back: str,
    version: GuideVersion | None = None,
    stale: bool = False,
) -> HttpResponseBase:
    """The stored paper; while it is not there, a page that says so, asks for it, and looks again by itself."""
    if paper is not None and paper.place and not stale:
        response = serve_stored(paper.place, f"{name}.pdf"[-120:], "application/pdf")
        if request.method == "GET":
            actions.count_download(paper)
        return response
    refused = paper is not None and paper.refused
    if request.method == "GET" and not refused:
        actions.ask_for_paper(key, language, version=version)
    answer = page(request, "documents/preparing.html", nav="guides", name=name, to=back, refused=refused, again=request.get_full_path())
    answer["Cache-Control"] = "no-store"
    if not refused:
        answer["Refresh"] = "3"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """In the name of an institution one speaks for."""
    actor: Actor = request.actor
    own = [one for one in actor.entities if can(actor, "guide.create", one)]
    if not own:
        raise PermissionDenied(_("Guides are written by institutions: whoever speaks for one writes them here."))
    chosen = request.POST.get("space") or request.GET.get("of", "")
    space = next((one for one in own if chosen in (one.handle, str(one.pk))), own[0])
    form = GuideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rates.spend("post", actor.person.pk)
        try:
            made = actions.create(actor.speaking_for(space.pk), space, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            return _kept(request, made)
    return _form(request, form, guide=None, own=own, space=space)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, guide_id: int) -> HttpResponse:
    """The draft; where there is none, what the newest version says begins one."""
    actor: Actor = request.actor
    found = _find(actor, guide_id)
    check(actor, "guide.edit", found)
    written = found.versions.filter(published_at=None).first() or found.newest
    initial: dict[str, Any] = {name: getattr(written, name) for name in actions.WORDS} if written else {}
    if written is not None and written.published_at is not None:
        initial |= {f"changed_{code}": "" for code in ("ar", "fr", "en")}
    initial |= {"meant_for": found.meant_for, "audience": found.audience}
    form = GuideForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        rates.spend("post", actor.person.pk)
        try:
            actions.edit(actor, found, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            return _kept(request, found)
    return _form(request, form, guide=found, own=[], space=found.space, has_draft=written is not None and written.published_at is None)


def _kept(request: Request, guide: Guide) -> HttpResponse:
    messages.success(request, _("The draft is kept. This is how readers would see it."))
    return done(request, f"{guide.get_absolute_url()}draft/")


def _form(
    request: Request, form: GuideForm, *, guide: Guide | None, own: list[Space], space: Space, has_draft: bool = False
) -> HttpResponse:
    return page(
        request,
        "documents/guide_form.html",
        status=422 if form.is_bound else 200,
        nav="guides",
        form=form,
        guide=guide,
        own=own,
        space=space,
        has_draft=has_draft,
        names=settings.LANGUAGE_NAMES,
    )


@require_POST
@login_required
def publish(request: Request, guide_id: int) -> HttpResponse:
    found = _find(request.actor, guide_id)
    try:
        actions.publish(request.actor, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return done(request, f"{found.get_absolute_url()}edit/")
    messages.success(request, _("Published. Its PDF files are being made."))
    return done(request, found.get_absolute_url())


@require_POST
@login_required
def discard(request: Request, guide_id: int) -> HttpResponse:
    found = _find(request.actor, guide_id)
    left = actions.discard(request.actor, found)
    messages.success(request, _("The draft is gone."))
    return done(request, left.get_absolute_url() if left is not None else f"/{request.LANGUAGE_CODE}/guides/")


@require_safe
@login_required
def help_for_me(request: Request) -> HttpResponse:
    """The "?" of the account menu: the guide of one's role, or the list."""
    code = steps.GUIDES[steps.role_of(request.actor)]
    found = Guide.objects.visible_to(request.actor).published().filter(code=code).first()
    return HttpResponseRedirect(found.get_absolute_url() if found else f"/{request.LANGUAGE_CODE}/guides/")


# --- The register as a booklet --------------------------------------------------------------------------------------------------
@require_safe
def booklet(request: Request) -> HttpResponse:
    """Choose a kind and a country; the booklet is made of what everyone may see of the register."""
    from network.entities.models import Kind  # noqa: PLC0415 -- beside its use
    from network.spaces.models import Country  # noqa: PLC0415 -- as above

    return page(
        request,
        "documents/booklet.html",
        cache=True,
        nav="guides",
        kinds=list(Kind.objects.all()),
        countries=list(Country.objects.all()),
    )


@require_safe
def booklet_pdf(request: Request) -> HttpResponseBase:
    from network.entities.models import Kind  # noqa: PLC0415 -- beside its use
    from network.spaces.models import Country  # noqa: PLC0415 -- as above

    rates.spend("lookup", request.actor.user_id or rates.address_of(request))
    asked_kind, asked_country = request.GET.get("kind", "")[:40], request.GET.get("country", "")[:2]
    kind = Kind.objects.filter(code=asked_kind).first() if asked_kind else None
    country = Country.objects.filter(code=asked_country).first() if asked_country else None
    if (asked_kind and kind is None) or (asked_country and country is None):
        raise Http404
    language = request.LANGUAGE_CODE[:2]
    codes = (kind.code if kind else "all", country.code if country else "all")
    rows = papers.register(*codes)
    back = f"/{language}/guides/booklet/"
    if not rows:
        messages.info(request, _("The register has no institution of this kind in this country."))
        return HttpResponseRedirect(back)
    key = f"booklet.{codes[0]}.{codes[1]}.{language}"
    paper = Paper.objects.filter(key=key).first()
    stale = paper is not None and paper.digest != papers.digest_of(rows, language)
    name = " – ".join([_("Directory of institutions"), *(one.plural for one in [kind] if one), *(one.name for one in [country] if one)])
    return offer(request, paper, key, language, name=name, back=back, stale=stale)


# --- Finding -----------------------------------------------------------------------------------------------------------------
def _find(actor: Actor, guide_id: int) -> Guide:
    return get_object_or_404(Guide.objects.visible_to(actor).with_words(), pk=guide_id)


def _version(guide: Guide, number: int) -> GuideVersion:
    """Only what was published: the draft has an address of its own."""
    return get_object_or_404(guide.versions.filter(~Q(published_at=None)), number=number)
