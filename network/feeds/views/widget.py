"""The latest news of an institution in a frame on its own website, and the page that gives its officers the line to put there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from csp.constants import HEADER, SELF
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from network.entities.models import Entity
from network.entities.views.place import find, show
from network.feeds.items import latest, public_entities
from network.feeds.views.feeds import answered, origin_of
from network.permissions import check
from network.requests import Request

COUNTS = (3, 5, 8, 12)
THEMES = [("auto", _("As the visitor's device")), ("light", _("Light")), ("dark", _("Dark"))]
# It may stand in any site's frame, and do nothing there but show words and lead here.
POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


class WidgetForm(forms.Form):
    """How the frame looks. Everything has an answer: a wrong one is the first."""

    language = forms.ChoiceField(label=_("Language"), choices=list(settings.LANGUAGE_NAMES.items()))
    count = forms.TypedChoiceField(label=_("How many"), choices=[(n, str(n)) for n in COUNTS], coerce=int)
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES)


@dataclass(frozen=True, slots=True)
class Look:
    language: str
    count: int = 5
    theme: str = "auto"

    @property
    def height(self) -> int:
        return 150 + 84 * self.count


@require_safe
@xframe_options_exempt
def widget(request: Request, code: str) -> HttpResponse:
    """A small page of public news, the same for everybody, without script, cookie or form."""
    entity = get_object_or_404(public_entities(), handle=code)
    look = _look(request)
    items = latest(Entity.objects.filter(pk=entity.pk), most=look.count)
    response = render(request, "feeds/widget.html", {"entity": entity, "items": items, "look": look, "origin": origin_of(request)})
    response = answered(request, response, (f"space.{entity.pk}",))
    # Also when nothing changed: a browser renews what it kept by the headers of a 304.
    response.headers[HEADER] = POLICY
    response.stands_anywhere = True  # type: ignore[attr-defined]
    return response


@require_safe
@login_required
def code(request: Request, code: str) -> HttpResponse:
    """The line of HTML to copy, with its options and how it looks."""
    entity = find(request, code)
    check(request.actor, "feed.manage", entity)
    look = _look(request)
    path = _path(entity, look)
    response = show(
        request,
        entity,
        "widget",
        "feeds/widget_code.html",
        form=WidgetForm(initial={"language": look.language, "count": look.count, "theme": look.theme}),
        snippet=snippet(entity, look, origin_of(request)),
        preview=path,
        preview_size=min((size for size in COUNTS if size >= look.count), default=COUNTS[-1]),
        is_public=public_entities().filter(pk=entity.pk).exists(),
    )
    response.headers[HEADER] = build_policy(update={"frame-src": [SELF]})
    return response


def snippet(entity: Entity, look: Look, origin: str) -> SafeString:
    """The frame for somebody else's page: sealed, loaded when it is scrolled to, leading out only into new windows."""
    with translation.override(look.language):
        title = gettext("Latest from %(name)s") % {"name": entity.name}
    return format_html(
        '<iframe src="{}{}" title="{}" width="100%" height="{}" loading="lazy" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" '
        'referrerpolicy="no-referrer"></iframe>',
        origin,
        _path(entity, look),
        title,
        look.height,
    )


def _path(entity: Entity, look: Look) -> str:
    with translation.override(look.language):
        path = reverse("entity_widget", args=[entity.handle])
    return f"{path}?{urlencode({'count': look.count, 'theme': look.theme})}"


def _look(request: Request) -> Look:
    language = request.GET.get("language", "")
    count = request.GET.get("count", "")
    theme = request.GET.get("theme", "")
    return Look(
        language=language if language in settings.LANGUAGE_NAMES else translation.get_language() or settings.LANGUAGE_CODE,
        count=int(count) if count in map(str, COUNTS) else 5,
        theme=theme if theme in ("light", "dark") else "auto",
    )
