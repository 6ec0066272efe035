"""Bringing a list into the registers: send, choose the columns, look, confirm, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.entities.models import Entity, Kind
from network.fragments import done, fragment, is_partial, page
from network.imports import actions, plan
from network.imports import report as files
from network.imports.forms import ColumnsForm, UploadForm
from network.imports.models import Import, Line
from network.imports.words import PLANNED, Words, parents_of
from network.permissions import can
from network.requests import Request
from network.spaces.answers import refuse, sentence

ROWS, LINES = 20, 50


def _holders(request: Request) -> list[Entity]:
    """For whom this reader brings lists in; for whoever does not, there are no such pages."""
    held = actions.may_start(request.actor)
    if not held:
        raise Http404
    return held


def _find(request: Request, import_id: int, verb: str = "view") -> Import:
    """A list this reader may see, or look after while it is not confirmed."""
    batch = get_object_or_404(Import.objects.visible_to(request.actor).with_all(), pk=import_id)
    if verb == "view" and not can(request.actor, "import.view", batch):
        raise Http404
    return batch


@require_safe
@login_required
def imports(request: Request) -> HttpResponse:
    """Who brought in what and when, the latest first; and a template for each kind."""
    held = _holders(request)
    found = Paginator(Import.objects.visible_to(request.actor).with_all(), ROWS).get_page(request.GET.get("page"))
    return page(request, "imports/list.html", nav="entities", found=found, kinds=_kinds(held))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """Send a file. It is read and its columns are guessed; nothing is written."""
    held = _holders(request)
    form = UploadForm(held, request.POST or None, request.FILES or None)
    if request.method == "POST":
        rates.spend("import", request.actor.person.pk)
        if form.is_valid():
            fields = form.cleaned_data
            chosen = next((entity for entity in held if "entity" not in fields or entity.pk == fields["entity"].pk), held[0])
            try:
                batch = actions.start(
                    request.actor,
                    chosen,
                    file=fields["file"],
                    table=fields["table"],
                    kind=fields["kind"],
                    country=fields.get("country"),
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                return done(request, f"{batch.get_absolute_url()}columns/")
    return page(request, "imports/new.html", status=422 if request.method == "POST" else 200, nav="entities", form=form, kinds=_kinds(held))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def columns(request: Request, import_id: int) -> HttpResponse:
    """Which column of the file is which field: as guessed, to be changed."""
    batch = get_object_or_404(Import.objects.visible_to(request.actor).select_related("space", "kind", "country"), pk=import_id)
    if not can(request.actor, "import.run", batch):
        return _confirmed(request, batch)
    form = ColumnsForm(batch, plan.columns_of(batch), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(request.actor, batch, form.columns())
        except ValidationError as error:
            refuse(form, error)
        else:
            return done(request, batch.get_absolute_url())
    return page(request, "imports/columns.html", status=422 if request.method == "POST" else 200, nav="entities", batch=batch, form=form)


def _confirmed(request: Request, batch: Import) -> HttpResponse:
    if not can(request.actor, "import.view", batch):
        raise Http404
    return done(request, batch.get_absolute_url())


@require_safe
@login_required
def one(request: Request, import_id: int) -> HttpResponse:
    """The preview, row by row; while it is checked or written, how far it is; then the report."""
    batch = _find(request, import_id)
    if batch.state == Import.State.COLUMNS:
        return done(request, f"{batch.get_absolute_url()}columns/")
    if batch.is_busy and is_partial(request):
        return fragment(request, "imports/_progress.html", batch=batch)
    if is_partial(request) and request.headers.get("HX-Target") == "import-progress":
        return done(request, batch.get_absolute_url())  # it is through: the whole page shows what became of it
    asked = request.GET.get("outcome", "")
    lines = batch.lines.select_related("entity")
    if asked in Line.Outcome.values:
        lines = lines.filter(outcome=asked)
    found = Paginator(lines, LINES).get_page(request.GET.get("page"))
    rows = list(found.object_list)
    words, parents = Words(batch), parents_of(rows)
    shown = [(line, words.outcome(line), words.changes(line, parents), words.why(line, isolated=True), words.place(line)) for line in rows]
    counts = [(outcome, PLANNED[outcome], count) for outcome, count in batch.counts if count]
    return page(
        request,
        "imports/one.html",
        nav="entities",
        batch=batch,
        found=found,
        shown=shown,
        counts=counts,
        asked=asked,
        may_run=can(request.actor, "import.run", batch),
    )


@require_POST
@login_required
def confirm(request: Request, import_id: int) -> HttpResponse:
    """Write what was shown."""
    batch = _find(request, import_id)
    try:
        actions.confirm(request.actor, batch)
    except ValidationError as error:
        messages.error(request, sentence(error))
    return done(request, batch.get_absolute_url())


@require_POST
@login_required
def drop(request: Request, import_id: int) -> HttpResponse:
    """Throw a list away that is not confirmed."""
    batch = _find(request, import_id)
    actions.drop(request.actor, batch)
    messages.success(request, _("The file is thrown away. Nothing was written."))
    return done(request, f"/{get_language() or 'ar'}/imports/")


@require_safe
@login_required
def report(request: Request, import_id: int) -> HttpResponse:
    """Every row with its outcome, as XLSX or (`?form=csv`) CSV."""
    return files.report(_find(request, import_id), request.GET.get("form", "xlsx"))


@require_safe
@login_required
def refused(request: Request, import_id: int) -> HttpResponse:
    """The refused rows, to mend and bring in again."""
    return files.refused(_find(request, import_id), request.GET.get("form", "xlsx"))


@require_safe
@login_required
def template(request: Request, kind_code: str) -> HttpResponse:
    """An empty table with the fields of a kind, as XLSX or (`?form=csv`) CSV."""
    held = _holders(request)
    wanted = get_object_or_404(Kind, code=kind_code)
    if wanted not in _kinds(held):
        raise Http404
    return files.template(wanted, request.GET.get("form", "xlsx"), wide=any(entity.sees_all for entity in held))


def _kinds(held: list[Entity]) -> list[Kind]:
    kinds = list(Kind.objects.all())
    return kinds if any(entity.sees_all for entity in held) else [kind for kind in kinds if kind.overseen]
