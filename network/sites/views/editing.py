"""How its officers look after a site: its words, its order, its pages. Seen by nobody else."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.fragments import done, page
from network.permissions import check
from network.requests import Request
from network.sites import actions, blocks, queries
from network.sites.covers import Cover
from network.sites.forms import CoverForm, PageForm, SiteForm
from network.sites.models import PageVersion, SitePage, SiteVersion
from network.sites.places import Place, find
from network.sites.views.public import front_blocks, show_front, show_page
from network.spaces.actors import Actor
from network.spaces.answers import refuse


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, at: str) -> HttpResponse:
    """Words, colour, and the order of its parts: published, or looked at first."""
    place = _own(request.actor, at)
    if place.site.latest is not None:
        place.site = place.site.saying(place.site.latest)
    parts = blocks.arranged(place, front_blocks(place, request), all_of_them=True)
    form = SiteForm(parts, request.POST if request.method == "POST" else None, initial=SiteForm.of(place.site, parts))
    if request.method == "POST" and form.is_valid():
        order, hidden = form.arranged()
        publish, said = "publish" in request.POST, {"tone": form.cleaned_data["tone"], "order": order, "hidden": hidden, **form.words()}
        actions.describe(request.actor, place.site, publish=publish, **said)
        messages.success(request, _("Everyone reads it now.") if publish else _("Saved as a draft."))
        return done(request, place.path if publish else f"{place.path}preview/")
    return page(request, "sites/edit.html", status=422 if form.is_bound else 200, nav="sites", place=place, base=place.path, form=form)


@require_safe
@login_required
def preview_site(request: Request, at: str) -> HttpResponse:
    """The front page as it would stand, in the latest words or older ones (`?version=2`)."""
    place = _own(request.actor, at)
    version = place.site.latest
    if asked := _number(request.GET.get("version", "")):
        version = get_object_or_404(SiteVersion, site=place.site.pk or 0, number=asked)
    if version is not None:
        place.site = place.site.saying(version)
    return show_front(request, place, is_preview=True, version=version)


@require_safe
@login_required
def site_history(request: Request, at: str) -> HttpResponse:
    """What stood on it, the newest first."""
    place = _own(request.actor, at)
    versions = list(SiteVersion.objects.filter(site=place.site.pk or 0).select_related("by__page")[:200])
    return page(
        request,
        "sites/history.html",
        nav="sites",
        place=place,
        base=place.path,
        at=place.path,
        heading=_("History of the site"),
        title=place.name,
        shown=place.site,
        versions=versions,
    )


@require_POST
@login_required
def publish_site(request: Request, at: str) -> HttpResponse:
    place = _own(request.actor, at)
    actions.publish_words(request.actor, place.site)
    messages.success(request, _("Everyone reads it now."))
    return done(request, place.path)


@require_POST
@login_required
def restore_site(request: Request, at: str) -> HttpResponse:
    place = _own(request.actor, at)
    try:
        actions.restore_words(request.actor, place.site, _number(request.POST.get("number", "")))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return done(request, f"{place.path}history/")
    messages.success(request, _("It says so again, as a draft: publish it when it is right."))
    return done(request, f"{place.path}preview/")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cover(request: Request, at: str) -> HttpResponse:
    """The cover picture: a new one waits until it is shown, and this page shows how it would look."""
    place = _own(request.actor, at)
    waits = Cover.of(place.site.cover_draft)
    shown = waits or place.cover
    sent = request.method == "POST"
    form = CoverForm(request.POST if sent else None, request.FILES if sent else None, initial=dict(shown.words) if shown else {})
    if request.FILES:
        rates.spend("upload", request.actor.person.pk)
    if sent and form.is_valid():
        words = dict(form.cleaned_data)
        try:
            actions.draft_cover(request.actor, place.site, words.pop("picture"), words)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("This is how it would look. Nobody else sees it yet."))
            return done(request, f"{place.path}cover/")
    status = 422 if form.is_bound else 200
    return page(
        request,
        "sites/cover.html",
        status=status,
        nav="sites",
        place=place,
        base=place.path,
        form=form,
        cover=shown,
        waits=waits is not None,
    )


@require_POST
@login_required
def show_cover(request: Request, at: str) -> HttpResponse:
    place = _own(request.actor, at)
    try:
        actions.show_cover(request.actor, place.site)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return done(request, f"{place.path}cover/")
    messages.success(request, _("Everyone sees it now."))
    return done(request, place.path)


@require_POST
@login_required
def remove_cover(request: Request, at: str) -> HttpResponse:
    place = _own(request.actor, at)
    actions.remove_cover(request.actor, place.site)
    messages.success(request, _("The picture is gone."))
    return done(request, f"{place.path}cover/")


@require_safe
@login_required
def pages(request: Request, at: str) -> HttpResponse:
    """Its pages in the order of its menu, drafts too; and what to do next."""
    place = _own(request.actor, at)
    found = list(SitePage.objects.kept().filter(site=place.site.pk or 0).with_words())
    return page(request, "sites/pages.html", nav="sites", place=place, base=place.path, found=found, steps=steps(place, request, found))


def steps(place: Place, request: Request, found: list[SitePage]) -> list[tuple[str, str, bool]]:
    """What makes a site whole: words, address, whether it is done."""
    site = place.site
    listed = [
        (_("Introduce it in three languages"), f"{place.path}edit/", all((site.intro_ar, site.intro_fr, site.intro_en))),
        (_("Give it a cover picture"), f"{place.path}cover/", bool(site.cover)),
        (_("Say what it is charged with"), f"{place.path}edit/", bool(site.mandate)),
        (_("Publish a page of your own"), f"{place.path}pages/new/", any(one.is_published for one in found)),
    ]
    if place.entity is not None:
        entity = place.entity
        listed += [
            (_("Give an address or a telephone"), f"{entity.get_absolute_url()}edit/", bool(entity.address or entity.phone)),
            (_("Write a first piece of news, for everyone"), f"{entity.get_absolute_url()}wall/", queries.news(place).exists()),
        ]
    return listed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page_new(request: Request, at: str) -> HttpResponse:
    return _write(request, _own(request.actor, at), None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page_edit(request: Request, at: str, page_id: int) -> HttpResponse:
    place = _own(request.actor, at)
    return _write(request, place, _page(place, page_id))


def _write(request: Request, place: Place, found: SitePage | None) -> HttpResponse:
    form = PageForm(request.POST if request.method == "POST" else None, initial=PageForm.of(found.latest if found else None))
    if request.method == "POST" and form.is_valid():
        publish = "publish" in request.POST
        try:
            written = actions.write(request.actor, place.site, found, publish=publish, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Everyone reads it now.") if publish else _("Saved as a draft."))
            return done(request, f"{place.path}pages/{written.pk}/" if publish else f"{place.path}pages/{written.pk}/preview/")
    status = 422 if form.is_bound else 200
    return page(request, "sites/page_form.html", status=status, nav="sites", place=place, base=place.path, form=form, shown=found)


@require_safe
@login_required
def preview(request: Request, at: str, page_id: int) -> HttpResponse:
    """The page as it would stand, in its latest version or an older one (`?version=2`)."""
    place = _own(request.actor, at)
    found = _page(place, page_id)
    check(request.actor, "sitepage.view", found)
    version = found.latest
    if asked := _number(request.GET.get("version", "")):
        version = get_object_or_404(PageVersion, page=found, number=asked)
    return show_page(request, place, found, version, is_preview=True)


@require_safe
@login_required
def history(request: Request, at: str, page_id: int) -> HttpResponse:
    place = _own(request.actor, at)
    found = _page(place, page_id)
    versions = list(found.versions.select_related("by__page")[:200])
    title = found.latest.title if found.latest is not None else ""
    at = f"{place.path}pages/{found.pk}/"
    return page(
        request,
        "sites/history.html",
        nav="sites",
        place=place,
        base=place.path,
        at=at,
        heading=_("History of a page"),
        title=title,
        shown=found,
        versions=versions,
    )


# --- One button each ---------------------------------------------------------------------------------------------------------
def _button(
    act: Callable[[Actor, SitePage, QueryDict], object], said: str | Promise = "", *, leads: str = ""
) -> Callable[..., HttpResponse]:
    """The view behind one button: find the page, do it, say so; back to the list of pages, or to what it `leads` to there."""

    @require_POST
    @login_required
    def pressed(request: Request, at: str, page_id: int) -> HttpResponse:
        place = _own(request.actor, at)
        back = f"{place.path}pages/"
        try:
            act(request.actor, _page(place, page_id), request.POST)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return done(request, back)
        if said:
            messages.success(request, str(said))
        return done(request, back + leads.format(page_id))

    return pressed


publish = _button(lambda actor, page, _said: actions.publish(actor, page), gettext_lazy("Everyone reads it now."))
hide = _button(
    lambda actor, page, _said: actions.hide(actor, page), gettext_lazy("It is a draft again: only you and your colleagues see it.")
)
remove = _button(lambda actor, page, _said: actions.remove(actor, page), gettext_lazy("The page is put away."))
move = _button(lambda actor, page, said: actions.move(actor, page, up=said.get("to") == "up"))
restore = _button(
    lambda actor, page, said: actions.restore(actor, page, _number(said.get("number", ""))),
    gettext_lazy("It says so again, as a draft: publish it when it is right."),
    leads="{}/preview/",
)


def _number(asked: str) -> int:
    """The number of a version; 0, which none has, for what is no number."""
    return int(asked) if asked.isdecimal() and len(asked) < 10 else 0


def _own(actor: Actor, at: str) -> Place:
    """A site that the actor looks after; whoever sees it and does not is refused."""
    place = find(at, actor)
    check(actor, "site.edit", place.site)
    return place


def _page(place: Place, page_id: int) -> SitePage:
    return get_object_or_404(SitePage.objects.kept().with_words(), pk=page_id, site=place.site.pk or 0)
