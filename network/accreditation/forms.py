"""What an application accepts from people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.accreditation.models import Application, Procedure
from network.declared import Declared, DeclaredForm
from network.entities.forms import DayInput
from network.spaces.models import Country, Space

ANSWERS = "a"  # the prefix of declared fields, so that none meets a field of ours


class StartForm(forms.Form):
    """Where the institution is, or which of one's own it is."""

    entity = forms.ChoiceField(label=_("For which institution?"), required=False)
    country = forms.ModelChoiceField(
        Country.objects.all(),
        label=_("Country"),
        required=False,
        empty_label=_("Choose a country"),
        help_text=_("The National Commission of this country examines the application; no other sees it."),
    )

    def __init__(self, procedure: Procedure, own: Iterable[Space], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(space.pk), space.name) for space in own]
        if choices:
            self.fields["entity"].choices = [("", _("A new institution")), *choices]  # type: ignore[attr-defined]
            self.fields["country"].help_text = _(
                "For a new institution. Its National Commission examines the application; no other sees it."
            )
        else:
            del self.fields["entity"]
            self.fields["country"].required = procedure.needs_country
        if not procedure.needs_country:
            self.fields["country"].empty_label = _("No single country")  # type: ignore[attr-defined]


class ApplicationForm(forms.Form):
    """The name as the certificate shall say it, and where to find the institution. Kept half-filled as well."""

    name_ar = forms.CharField(
        label=_("Name in Arabic"),
        max_length=200,
        required=False,
        help_text=_("Exactly as it shall stand on the certificate: no letter of it is changed."),
    )
    name_fr = forms.CharField(label=_("Name in French"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    title = forms.CharField(
        label=_("Your function there"),
        max_length=120,
        required=False,
        help_text=_("Once the application is approved you speak for the institution under this title."),
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=pgettext_lazy("of an institution", "Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https", max_length=200)


def answers_form(application: Application, fields: list[Declared], answers: dict[str, Any], *args: Any, draft: bool = True) -> DeclaredForm:
    """The declared part of a form, under its prefix."""
    return DeclaredForm(fields, *args, initial=answers, draft=draft, prefix=ANSWERS)


class RemarkForm(forms.Form):
    """An answer with a word to it."""

    outcome = forms.CharField(required=False, widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-behaviour": "autosize"}),
        help_text=_("The applicant reads it, and it stays in the history."),
    )


class LeaveForm(forms.Form):
    """Why an institution leaves its network."""

    remark = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-behaviour": "autosize"}),
        help_text=_("Your National Commission and the secretariat read it, and it stays in the history."),
    )


class TermForm(RemarkForm):
    """The same, with the end of an agreement."""

    until = forms.DateField(label=_("Agreement until, this day included"), required=False, widget=DayInput())


class MinutesForm(forms.Form):
    """Who met, when, and what was agreed."""

    held_on = forms.DateField(label=_("Day of the session"), widget=DayInput())
    participants = forms.CharField(label=_("Who met"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    agreed = forms.CharField(label=_("What was agreed"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    next_steps = forms.CharField(
        label=_("Next steps"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class CodeForm(forms.Form):
    """The code that stands on a certificate."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=40,
        help_text=_("It stands under the square on the certificate: three groups of four letters and digits."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Without what people put between the groups."""
        kept = "".join(sign for sign in self.cleaned_data["code"].upper() if sign.isascii() and sign.isalnum())
        if len(kept) != 12:
            raise forms.ValidationError(_("The code has twelve letters and digits."))
        return "-".join(kept[place : place + 4] for place in (0, 4, 8))
