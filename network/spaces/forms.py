"""What places accept from people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from network.names import fold
from network.spaces.models import Space
from network.spaces.pictures import redrawn

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from network.spaces.actors import Actor

SUGGESTED = 60


class SpacePicker(forms.TextInput):
    """A text field with suggestions that need no script: handles to choose, names to read."""

    suggestions: Iterable[Space] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}_list"
        widget = super().render(name, value, {**(attrs or {}), "list": listed, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="@{}">{}</option>', ((space.handle, space.name) for space in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', widget, listed, options)


class SpaceField(forms.CharField):
    """A person (or an institution, with `kinds`) by handle, e-mail or name, among those the actor sees. Gives their Space.

    Call `ask(actor)` before use: what is unseen is not found, in the same words as what is not there.
    """

    widget = SpacePicker

    def __init__(self, *, kinds: tuple[str, ...] = (Space.Kind.PERSON,), **kwargs: Any) -> None:
        self.kinds = kinds
        self.found = Space.objects.none()
        super().__init__(max_length=200, **kwargs)

    def ask(self, actor: Actor, *, suggest: Iterable[Space] | None = None) -> None:
        """Whom this actor may name; `suggest` are offered first (by default, some of them)."""
        self.found = Space.objects.visible_to(actor).reachable().filter(kind__in=self.kinds)
        self.widget.suggestions = suggest if suggest is not None else self.found.exclude(handle=None).order_by("kind", "pk")[:SUGGESTED]

    def clean(self, value: Any) -> Space | None:
        words = super().clean(value)
        if not words:
            return None
        found = self.found.select_related("user")
        handle = words.strip().removeprefix("@")
        if "@" in handle:
            one = found.filter(user__email__iexact=handle).first()
        else:
            one = found.filter(handle__iexact=handle).first()
        if one is not None:
            return one
        named = list(found.filter(folded__contains=fold(handle))[:6]) if fold(handle) else []
        if len(named) == 1:
            return named[0]
        if named:
            raise ValidationError(
                _("Several are called so: %(names)s. Write the handle."),
                params={
                    "names": pgettext("between items", ", ").join(f"{space.name} (@{space.handle})" for space in named if space.handle)
                },
                code="several",
            )
        raise ValidationError(
            _("Nobody is found by “%(words)s”. Write a handle, an e-mail address or a whole name."), params={"words": words}, code="nobody"
        )


class PictureField(forms.FileField):
    """A picture, made anew as a square before anything is locked. Gives bytes, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}))
        kwargs.setdefault("label", _("Picture"))
        kwargs.setdefault("help_text", _("PNG, JPEG or WebP; the middle of it is shown, as a square."))
        super().__init__(required=False, **kwargs)

    def clean(self, data: UploadedFile | None, initial: Any = None) -> bytes | None:
        file = super().clean(data, initial)
        return redrawn(file) if isinstance(file, UploadedFile) else None


_in_readers_language = lazy(format_html, SafeString)


def radios(choices: Iterable[tuple[object, StrOrPromise, StrOrPromise]]) -> list[tuple[object, SafeString]]:
    """Choices for RadioSelect, each with its sentence under its name, in the language of whoever reads them later."""
    return [
        (value, _in_readers_language('<b class="block">{}</b><span class="faint block">{}</span>', name, words))
        for value, name, words in choices
    ]
