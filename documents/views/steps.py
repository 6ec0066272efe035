"""First steps: one's own, and how far institutions are."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import actions, steps
from network.entities.models import Entity
from network.fragments import page
from network.permissions import check
from network.requests import Request, language
from network.spaces.answers import back
from network.spaces.models import Mandate


@require_safe
@login_required
def mine(request: Request) -> HttpResponse:
    return page(request, "documents/first_steps.html", nav="first-steps", progress=steps.progress(request.actor, language()))


@require_safe
@login_required
def institutions(request: Request) -> HttpResponse:
    """For the secretariat: what is written down, institution by institution, in protocol order."""
    check(request.actor, "steps.oversee")
    held = Mandate.objects.current().filter(entity=OuterRef("pk"))
    found = Entity.objects.visible_to(request.actor).filter(Exists(held)).select_related("entity_kind", "country").in_protocol_order()
    shown = Paginator(found, settings.PAGE_SIZE * 2).get_page(request.GET.get("page"))
    return page(request, "documents/standings.html", nav="first-steps", found=shown, standings=steps.standings(shown.object_list))


@require_POST
@login_required
def tick(request: Request, step: str) -> HttpResponse:
    if step not in steps.CODES:
        raise Http404
    if request.POST.get("undo"):
        actions.untick(request.actor, step)
        steps.card_again(request.actor)
    else:
        actions.tick(request.actor, step)
    return back(request, f"/{language()}/first-steps/")


@require_POST
@login_required
def away(request: Request) -> HttpResponse:
    gone = not request.POST.get("undo")
    actions.put_away(request.actor, away=gone)
    steps.card_again(request.actor)
    if gone:
        messages.info(request, _("Put away. Your first steps stay in the menu of your account."))
    return back(request, f"/{language()}/first-steps/")
