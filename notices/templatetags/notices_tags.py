"""What other rooms' pages show of notices."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from network.spaces.models import Space
from network.templatetags.house import icon
from notices import queries
from notices.models import Level

register = template.Library()


@register.simple_tag(takes_context=True)
def level_button(context: Context, space: Space) -> SafeString:
    """The bell of a place, for its members: how much they hear of it now, and the way to change that. Two queries at most."""
    level = queries.level_of(context["request"].actor, space)
    words = _("How much you hear") + pgettext("between a field and what is wrong with it", ": ") + str(Level.Of(level).label)
    shown = {"muted": "mute"}.get(level, "bell")
    held = " button-held" if level in ("tracking", "watching") else ""
    address = reverse("space_notices", args=[space.pk])
    return format_html(
        '<a class="button button-icon{}" href="{}" aria-label="{}" title="{}">{}</a>', held, address, words, words, icon(shown)
    )
