"""The demonstration's door: the cast by role, one click signs in. Routed only with DEMO=1, which production refuses."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network.fragments import page
from network.requests import Request, as_number
from network.spaces.models import Mandate, Membership, Role
from profiles.models import User

MOST = 30  # people a role


@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: Request) -> HttpResponse:
    """The cast; a POST with `user` signs in as that person."""
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
    if request.method == "POST":
        user = get_object_or_404(User, pk=as_number(request.POST.get("user", "")), is_active=True)
        adapter = get_adapter()
        adapter.login(request, user)
        return adapter.post_login(
            request, user, email_verification="none", signal_kwargs=None, email=user.email, signup=False, redirect_url=None
        )
    return page(request, "profiles/demo.html", roles=_cast(), password=_password())


def _password() -> str:
    """The one password of the cast, for pages that ask again who one is."""
    try:
        return str(import_string("network.demo.cast.PASSWORD"))
    except ImportError:
        return ""


def _cast() -> list[dict[str, Any]]:
    """Roles, what one can do with each, and who has it; everybody stands once, under the first role that fits."""
    roles = {
        "secretariat": (_("The secretariat"), _("Sees all spaces, names institutions and their heads, suspends accounts.")),
        "head": (
            _("Heads of National Commissions"),
            _("Speak for their commission, name its officers, oversee the schools, clubs and chairs of their country."),
        ),
        "commission": (
            _("Liaison officers of National Commissions"),
            _("Write in the name of their commission, open topics and groups, answer in the forums."),
        ),
        "school": (_("Schools"), _("Coordinate an associated school and write in its name.")),
        "club": (_("Clubs"), _("Lead a club and write in its name.")),
        "chair": (_("Scientific chairs"), _("Hold a chair and write in its name.")),
        "other": (_("Departments and partners"), _("Write in the name of their department or organization.")),
        "moderator": (_("Group moderators"), _("Admit members, close and pin topics, keep the tone.")),
        "member": (_("Members of groups"), _("Read and write where they were admitted.")),
        "newcomer": (_("Newcomers"), _("Belong nowhere yet: see what the public sees, may ask to join.")),
    }
    kinds = {"national-commission": "commission", "associated-school": "school", "club": "club", "scientific-chair": "chair"}
    order = {name: place for place, name in enumerate(roles)}
    found: dict[int, tuple[str, Any, str]] = {}

    def place(user_id: int, role: str, entity: Any, words: str) -> None:
        if user_id not in found or order[role] < order[found[user_id][0]]:
            found[user_id] = (role, entity, words)

    for mandate in Mandate.objects.current().select_related("entity__entity__entity_kind"):
        kind = kinds.get(mandate.entity.entity.entity_kind.code, "other")
        role = "secretariat" if mandate.entity.sees_all else "head" if kind == "commission" and mandate.is_head else kind
        place(mandate.user_id, role, mandate.entity, mandate.title)
    for membership in Membership.objects.exclude(user=None).select_related("space"):
        role = "member" if membership.role == Role.MEMBER else "moderator"
        place(membership.user_id or 0, role, None, membership.space.name)
    cast: dict[str, list[tuple[User, Any, str]]] = {name: [] for name in roles}
    for user in User.objects.filter(is_active=True, page__isnull=False).select_related("page").order_by("pk"):
        role, entity, words = found.get(user.pk, ("newcomer", None, ""))
        if len(cast[role]) < MOST:
            cast[role].append((user, entity, words))
    return [{"name": roles[role][0], "may": roles[role][1], "people": people} for role, people in cast.items() if people]
