"""The house's own tags. Each is a plain function that returns safe HTML, so that fragments may call it in a loop for next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from time import monotonic
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, PasswordInput, RadioSelect, Textarea, TextInput
from django.forms.widgets import EmailInput, NumberInput, URLInput
from django.template import Context
from django.templatetags.static import static
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from network.assets import bundle_css
from network.permissions import can as is_allowed
from network.requests import language

register = template.Library()

# What points is mirrored in right-to-left pages; clocks, ticks, search and logos are not.
POINTING = frozenset("chevron arrow reply send circular list numbered menu sign-in sign-out undo redo".split())
_CLOCK = ZoneInfo(settings.TIME_ZONE)
_DATE_FORMATS = {"date": "j F Y", "day": "l j F", "datetime": "j F Y{comma} H:i", "time": "H:i", "relative": "j F Y{comma} H:i"}
_THOUSANDS = {"ar": "٬", "fr": "\u202f"}
_DECIMALS = {"ar": "٫", "fr": ","}


Face = tuple[str, str, int, str]  # kind (person or entity), monogram, tone, address of the picture or nothing


# --- Marks ------------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, *, size: str = "", flip: bool | None = None) -> SafeString:
    """An icon of static/icons.svg, hidden from assistive technology; `size` is "", small or large."""
    return _icon(
        static("icons.svg") if settings.DEBUG else _sprite(settings.STATIC_URL), name, size, name in POINTING if flip is None else flip
    )


@lru_cache(maxsize=4)
def _sprite(static_url: str) -> str:
    # The manifest is read once a process; asking it for each icon would cost more than the icon.
    return static("icons.svg")


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, size: str, flip: bool) -> SafeString:
    classes = "icon" + (f" icon-{size}" if size else "") + (" icon-flip" if flip else "")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, sprite, name)


@register.simple_tag
def avatar(thing: Any, *, size: str = "", here: bool = False) -> SafeString:
    """The circle of a person or the star of an institution or group, with a dot for whoever is `here` now. None (a deleted account) gives an empty circle."""
    return _avatar(_face(thing), size, here, "")


@register.simple_tag
def avatar_pair(entity: Any, person: Any, *, size: str = "") -> SafeString:
    """Who speaks for whom: the person's circle on the institution's star; only the circle when `entity` is empty."""
    if not entity:
        return avatar(person, size=size)
    badge = "" if person is None else _avatar(_face(person), "badge", False, "")
    return _avatar(_face(entity), size, False, badge)


def _face(thing: Any) -> Face:
    if thing is not None and not hasattr(thing, "avatar_kind"):
        thing = getattr(thing, "page", thing)  # an account has its face on its page
    if thing is None:
        return "person", "", 1, ""
    letters = getattr(thing, "monogram", "") or str(thing).strip()[:1]
    return getattr(thing, "avatar_kind", "person"), letters, getattr(thing, "tone", 1), getattr(thing, "picture_url", "") or ""


@lru_cache(maxsize=4096)
def _avatar(face: Face, size: str, online: bool, badge: str) -> SafeString:
    kind, monogram, tone, picture = face
    classes = "avatar"
    if kind != "person":
        classes += " avatar-entity"
    if size == "badge":
        classes += " avatar-tiny avatar-badge"
    elif size:
        classes += f" avatar-{size}"
    if online:
        classes += " avatar-online"
    inside: str = monogram
    if picture:
        inside = format_html('<img class="avatar-picture" src="{}" alt="" loading="lazy" decoding="async">', picture)
    return format_html('<span class="{}" data-tone="{}" aria-hidden="true">{}{}</span>', classes, tone, inside, badge)


# --- Times and numbers ---------------------------------------------------------------------------------------------------
@register.simple_tag
def when(moment: datetime | date | None, style: str = "relative") -> SafeString:
    """A `<time>` that static/js turns into the reader's zone, calendar and digits; without script, the secretariat's clock.

    `style` is relative, date, day (today, yesterday, Sunday 22 November), datetime or time. None gives nothing.
    """
    if moment is None:
        return SafeString("")
    if style not in _DATE_FORMATS:
        raise template.TemplateSyntaxError(f"when: {style!r} is none of {', '.join(_DATE_FORMATS)}")
    if isinstance(moment, datetime):
        local = moment if is_naive(moment) else moment.astimezone(_CLOCK)
        pattern = _DATE_FORMATS[style].replace("{comma}", "،" if language() == "ar" else ",")
        return format_html(
            '<time datetime="{}" data-time="{}">{}</time>',
            moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
            style,
            format_date(local, pattern),
        )
    style, pattern = ("day", _DATE_FORMATS["day"]) if style == "day" else ("date", "j F Y")
    return format_html('<time datetime="{}" data-time="{}">{}</time>', moment.isoformat(), style, format_date(moment, pattern))


@register.simple_tag
def number(value: float | Decimal | None) -> SafeString:
    """A `<data>` with the thousands grouped as the page's language does; static/js gives it the reader's digits."""
    if value is None:
        return SafeString("")
    return format_html('<data value="{}">{}</data>', value, _grouped(value))


@register.filter
def at_most(value: int, most: int) -> int:
    """The smaller of the two, as a plain int."""
    return min(int(value or 0), most)


@register.filter(name="bytes")
def file_size(size: int | None) -> str:
    """`2.1 MB`, in the words of the page's language; nothing for None."""
    if size is None:
        return ""
    amount = float(size)
    if amount < 1000:
        return _("%(size)s B") % {"size": size}
    for sentence in (_("%(size)s kB"), _("%(size)s MB")):
        amount /= 1000
        if amount < 999.5:
            return sentence % {"size": _short(amount)}
    return _("%(size)s GB") % {"size": _short(amount / 1000)}


def _short(amount: float) -> str:
    return _grouped(round(amount)) if amount >= 10 else _grouped(round(amount, 1)).removesuffix(_DECIMALS.get(language(), ".") + "0")


def _grouped(value: float | Decimal) -> str:
    code = language()
    whole, _point, part = str(value).partition(".")
    digits = f"{int(whole):,}".replace(",", _THOUSANDS.get(code, ","))
    return f"{digits}{_DECIMALS.get(code, '.')}{part}" if part else digits


# --- Permission -------------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def can(context: Context, verb: str, thing: Any = None) -> bool:
    """`{% can "post.edit" post as may_edit %}`: pages only, since fragments do not know their viewer. An unknown verb raises KeyError."""
    return is_allowed(context["request"].actor, verb, thing)


# --- Pages of a list ----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> SafeString:
    """Links to the pages of a list, keeping the other parameters of the address; nothing when there is only one."""
    last = page.paginator.num_pages
    if last < 2:
        return SafeString("")
    asked = context["request"].GET
    kept = tuple((name, value) for name, values in asked.lists() if name != param for value in values) if asked else ()
    return _pagination(page.number, last, param, kept, language())


@lru_cache(maxsize=512)
def _pagination(here: int, last: int, param: str, kept: tuple[tuple[str, str], ...], language: str) -> SafeString:
    """The same for all who read that page of a list of that length: a tenth of what such a page took."""

    def link(target: int, face: str | SafeString, label: str, **marks: str) -> SafeString:
        address = "?" + urlencode([*kept, (param, target)])
        extra = format_html_join("", ' {}="{}"', marks.items())
        held = " button-held" if marks.get("aria-current") else ""
        return format_html('<a class="button button-icon{}" href="{}" aria-label="{}"{}>{}</a>', held, address, label, extra, face)

    parts: list[SafeString] = []
    if here > 1:
        chevron = icon("chevron").replace('class="icon', 'class="icon icon-back', 1)
        # Safe: our own icon, turned round.
        parts.append(link(here - 1, SafeString(chevron), _("Previous page"), rel="prev"))  # nosec B703 # our own icon
    for target in Paginator(range(last), 1).get_elided_page_range(here, on_each_side=1, on_ends=1):
        if isinstance(target, int):
            marks = {"aria-current": "page"} if target == here else {}
            parts.append(link(target, number(target), _("Page %(number)s") % {"number": target}, **marks))
        else:
            parts.append(SafeString('<span class="button button-icon pagination-gap" aria-hidden="true">…</span>'))
    if here < last:
        parts.append(link(here + 1, icon("chevron"), _("Next page"), rel="next"))
    return format_html('<nav class="pagination" aria-label="{}">{}</nav>', _("Pages"), SafeString("".join(parts)))  # nosec B703 # parts of format_html


# --- Forms ------------------------------------------------------------------------------------------------------------------------
@register.simple_tag
def errors(form: BaseForm | None) -> SafeString:
    """What is wrong with a refused form, as one note above it with a link to each field; nothing when nothing is."""
    if form is None or not form.is_bound or not form.errors:
        return SafeString("")
    lines = [format_html("<li>{}</li>", sentence) for sentence in form.non_field_errors()]
    for bound in form:
        for sentence in bound.errors:
            if bound.is_hidden:
                lines.append(format_html("<li>{}</li>", sentence))
            else:
                colon = pgettext("between a field and what is wrong with it", ": ")
                lines.append(
                    format_html('<li><a href="#{}">{}</a>{}{}</li>', bound.id_for_label or bound.auto_id, bound.label, colon, sentence)
                )
    return format_html(
        '<div class="note note-danger" role="alert" tabindex="-1" data-errors>{}<div><b>{}</b><ul class="error-list">{}</ul></div></div>',
        icon("alert"),
        _("Nothing was saved yet; what you wrote is still here."),
        SafeString("".join(lines)),  # nosec B703 # lines of format_html
    )


@register.simple_tag
def field(bound: BoundField, *, label: str = "") -> SafeString:
    """One field of a form: label, widget, help and error, tied together for assistive technology."""
    if bound.is_hidden:
        return bound.as_widget()
    widget = bound.field.widget
    words = str(label or bound.label)
    if isinstance(widget, CheckboxInput):
        return _single_choice(bound, words)
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return _choice_list(bound, words)
    optional = SafeString("") if bound.field.required else format_html(' <span class="field-optional">({})</span>', _("optional"))
    control = bound.as_widget(attrs=_direction(bound))
    if isinstance(widget, PasswordInput):
        control = format_html('<span class="reveal" data-behaviour="reveal">{}</span>', control)
    return format_html(
        '<div class="field"><label for="{}">{}{}</label>{}{}{}</div>',
        bound.id_for_label,
        words,
        optional,
        control,
        _help(bound),
        _error(bound),
    )


def _direction(bound: BoundField) -> dict[str, str | bool]:
    """What people write takes its own direction; addresses, numbers and passwords run left to right."""
    widget = bound.field.widget
    if "dir" in widget.attrs:
        return {}
    if isinstance(widget, EmailInput | URLInput | NumberInput | PasswordInput):
        return {"dir": "ltr"}
    if isinstance(widget, Textarea) or (isinstance(widget, TextInput) and getattr(widget, "input_type", "") in ("text", "search")):
        return {"dir": "auto"}
    return {}


def _single_choice(bound: BoundField, words: str) -> SafeString:
    control = bound.as_widget()
    return format_html(
        '<div class="field"><label class="option">{}<span><b>{}</b>{}</span></label>{}</div>',
        control,
        words,
        _help(bound, block=True),
        _error(bound),
    )


def _choice_list(bound: BoundField, words: str) -> SafeString:
    rows = format_html_join(
        "",
        '<label class="option option-pick" for="{}">{}<span>{}</span></label>',
        ((w.id_for_label, w.tag(), w.choice_label) for w in bound.subwidgets),
    )
    described = f"{bound.auto_id}_helptext" * bool(bound.help_text) + f" {bound.auto_id}_error" * bool(bound.errors)
    return format_html(
        '<fieldset class="field" id="{}" aria-describedby="{}"><legend class="field-label">{}</legend><div class="option-list">{}</div>{}{}</fieldset>',
        bound.auto_id,
        described.strip(),
        words,
        rows,
        _help(bound),
        _error(bound),
    )


def _help(bound: BoundField, *, block: bool = False) -> SafeString:
    if not bound.help_text:
        return SafeString("")
    # A label may hold no div; the lists of Django's password help need one.
    frame = '<span class="field-help block" id="{}_helptext">{}</span>' if block else '<div class="field-help" id="{}_helptext">{}</div>'
    return format_html(frame, bound.auto_id, bound.help_text)


def _error(bound: BoundField) -> SafeString:
    if not bound.errors:
        return SafeString("")
    sentences = format_html_join(" ", "{}", ((sentence,) for sentence in bound.errors))
    return format_html(
        '<span class="field-error" id="{}_error">{}<span>{}</span></span>', bound.auto_id, icon("alert", size="small"), sentences
    )


# --- The page's own ------------------------------------------------------------------------------------------------------------------
@register.simple_tag
def space_links(spaces: Iterable[Any], here: int | str | None = None, *, look: str = "") -> SafeString:
    """A link to each of the first twelve spaces, for the rail and the sheet of a phone; `here` is the id of the one that is open."""
    rows = (
        (
            look,
            space.get_absolute_url(),
            SafeString(' aria-current="page"') if space.pk == here else "",
            avatar(space, size="tiny"),
            space.name,
        )
        for space in islice(spaces or (), 12)
    )
    return format_html_join("", '<a class="{}" href="{}"{}>{}<span class="truncate" dir="auto">{}</span></a>', rows)


@register.simple_tag
def posted(html: str) -> SafeString:
    """The stored text of a post or message. Safe: it was cleaned at write (network.text), twice by the same guard, and nothing else writes it."""
    return SafeString(html)  # nosec B703 # see above


@register.simple_tag
def stylesheets() -> SafeString:
    """The one style sheet, and the letters that the page's language needs first."""
    if not settings.PRODUCTION:
        _fresh_bundle(int(monotonic()) if settings.DEBUG else 0)
    font = "fonts/plex-arabic-400.woff2" if language() == "ar" else "fonts/plex-latin-400.woff2"
    return format_html(
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin><link rel="stylesheet" href="{}">',
        static(font),
        static("css/bundle.css"),
    )


@lru_cache(maxsize=1)
def _fresh_bundle(moment: int) -> None:
    """Join the style sheet anew: once a second while someone works on it, else once a process."""
    bundle_css()


__all__ = ["avatar", "avatar_pair", "field", "file_size", "icon", "number", "when"]
