"""What people choose about notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from forums.models import Board
from network.entities.models import Kind as EntityKind
from network.spaces.models import Country, Space
from network.text import RichTextField, RichTextWidget
from notices.kinds import FIXED, KINDS, MAIL, SENTENCES, Kind, Wish
from notices.models import Channel, Frequency, Level, Newsletter, Preferences, SpaceMail


class PreferencesForm(forms.ModelForm):
    """The grid (a field for each kind and channel that may be chosen) and the hours."""

    digest_at = forms.TimeField(
        label=_("When the digest comes"), widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M")
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M"))
    quiet_until = forms.TimeField(label=_("until"), widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M"))

    class Meta:
        model = Preferences
        fields = ("digest_at", "quiet", "quiet_from", "quiet_until", "quiet_weekend", "weekend", "without_content")
        labels = {
            "quiet": _("Quiet hours: no mail at once, nothing on your devices"),
            "quiet_weekend": _("Quiet on weekend days too"),
            "weekend": _("Your weekend"),
            "without_content": _("Mails to me say that something is new, never what"),
        }
        widgets = {
            "quiet": forms.CheckboxInput(attrs={"class": "switch"}),
            "quiet_weekend": forms.CheckboxInput(attrs={"class": "switch"}),
            "without_content": forms.CheckboxInput(attrs={"class": "switch"}),
        }

    def __init__(self, *args: Any, grid: dict[str, Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        for kind in KINDS.values():
            for channel in kind.channels:
                if channel not in kind.fixed:
                    self.fields[f"{kind.code}-{channel}"] = _cell(kind, channel, getattr(grid[kind.code], channel))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The grid as the page shows it: a row for each kind, a cell for each channel."""
        rows = []
        for kind in KINDS.values():
            cells = []
            for channel in Channel.values:
                has = channel in kind.channels
                fixed = channel in kind.fixed
                cells.append(
                    {
                        "label": Channel(channel).label,
                        "field": self[f"{kind.code}-{channel}"] if has and not fixed else None,
                        "fixed": has and fixed and (channel != MAIL),
                    }
                )
            rows.append({"kind": kind, "cells": cells, "why": FIXED.get(kind.code, "")})
        return rows

    @property
    def chosen(self) -> dict[str, Wish]:
        """The grid as it was sent; what is fixed stays."""
        grid = {}
        for code, kind in KINDS.items():
            values = {
                channel: self.cleaned_data[f"{code}-{channel}"] for channel in kind.channels if f"{code}-{channel}" in self.cleaned_data
            }
            before = self.grid[code]
            grid[code] = Wish(
                shown=values.get(Channel.SHOWN, before.shown),
                mail=values.get(Channel.MAIL, before.mail),
                push=values.get(Channel.PUSH, before.push),
            )
        return grid

    @property
    def hours(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _cell(kind: Kind, channel: str, value: Any) -> forms.Field:
    if channel == MAIL:
        words = [(code, Frequency(code).label) for code in kind.mails]
        return forms.ChoiceField(choices=words, initial=value, label=Channel(channel).label)
    return forms.BooleanField(
        required=False, initial=value, label=Channel(channel).label, widget=forms.CheckboxInput(attrs={"class": "switch"})
    )


class SpaceMailForm(forms.ModelForm):
    """How a space writes to its people, for those who manage it."""

    class Meta:
        model = SpaceMail
        fields = ("level", "without_content", "board")
        labels = {
            "level": _("What members hear, unless they choose otherwise"),
            "without_content": _("Mails about this place say that something is new, never what"),
            "board": _("Mails of members become topics on this board"),
        }
        widgets = {"without_content": forms.CheckboxInput(attrs={"class": "switch"})}

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        board = self.fields["board"]
        board.queryset = Board.objects.filter(space=space)  # type: ignore[attr-defined]  # a ModelChoiceField
        board.empty_label = _("None: no mail is taken")  # type: ignore[attr-defined]
        self.fields["level"].choices = [(code, Level.Of(code).label) for code in Level.Of.values if code != "muted"]  # type: ignore[attr-defined]


AUDIENCE = ("kinds", "countries", "languages", "entities")


class NewsletterForm(forms.ModelForm):
    """A letter in up to three languages, and to whom."""

    body_ar = RichTextField(required=False, label=_("Text in Arabic"), widget=RichTextWidget(mentions_url="", attach=False))
    body_fr = RichTextField(required=False, label=_("Text in French"), widget=RichTextWidget(mentions_url="", attach=False))
    body_en = RichTextField(required=False, label=_("Text in English"), widget=RichTextWidget(mentions_url="", attach=False))
    kinds = forms.MultipleChoiceField(required=False, label=_("Kinds of institution"), widget=forms.CheckboxSelectMultiple)
    countries = forms.MultipleChoiceField(required=False, label=_("Countries"), widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(
        required=False,
        label=_("Languages of the readers"),
        choices=list(settings.LANGUAGE_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    entities = forms.CharField(
        required=False,
        label=_("Only these institutions"),
        help_text=_("Codes such as natcom-tn, separated by spaces. Empty: all that the choices above mean."),
        max_length=2_000,
    )

    class Meta:
        model = Newsletter
        fields = ("title_ar", "title_fr", "title_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind.code, kind.name) for kind in EntityKind.objects.all()]  # type: ignore[attr-defined]
        self.fields["countries"].choices = [(country.pk, country.name) for country in Country.objects.all()]  # type: ignore[attr-defined]
        if self.instance.pk:
            for name in ("body_ar", "body_fr", "body_en"):
                self.initial[name] = getattr(self.instance, name)
            chosen = self.instance.audience
            self.initial.update({name: chosen.get(name, []) for name in ("kinds", "countries", "languages")})
            codes = Space.objects.filter(pk__in=chosen.get("entities", [])).order_by("handle").values_list("handle", flat=True)
            self.initial["entities"] = " ".join(filter(None, codes))

    def clean_entities(self) -> list[int]:
        codes = {word.removeprefix("@") for word in self.cleaned_data["entities"].replace(",", " ").replace("،", " ").split()}
        found = dict(Space.objects.entities().filter(handle__in=codes).values_list("handle", "pk"))
        if unknown := sorted(codes - set(found)):
            raise ValidationError(_("No institution has this code: %(codes)s") % {"codes": ", ".join(unknown)[:200]})
        return sorted(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for code, name in settings.LANGUAGE_NAMES.items():
            title, body = cleaned.get(f"title_{code}"), cleaned.get(f"body_{code}")
            if bool(title) != bool(body) and not self.errors:
                self.add_error(
                    f"title_{code}" if body else f"body_{code}",
                    _("In each language write both, a title and a text: %(language)s.") % {"language": name},
                )
        return cleaned

    @property
    def audience(self) -> dict[str, list[Any]]:
        """What was chosen so far; see `audience_errors` first, for an empty list chooses all."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or [] for name in AUDIENCE}

    @property
    def audience_errors(self) -> list[str]:
        """What is wrong with the choices: as long as there is something, they mean nobody."""
        return [str(sentence) for name in AUDIENCE for sentence in self.errors.get(name, ())]

    @property
    def fields_of_letter(self) -> dict[str, Any]:
        names = [f"{part}_{code}" for part in ("title", "body") for code in settings.LANGUAGE_NAMES]
        return {name: self.cleaned_data[name] for name in names} | {"audience": self.audience}


__all__ = ["SENTENCES", "NewsletterForm", "PreferencesForm", "SpaceMailForm"]
