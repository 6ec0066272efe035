"""What ties, offers and requests accept from people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.content import Audience
from network.spaces.forms import radios
from network.spaces.models import Country
from network.text import RichTextField, RichTextWidget
from network.ties.models import LANGUAGES, Offer, Relation

RELATIONS = radios(
    [
        (Relation.PARTNER, _("We are partners"), _("Two institutions that work together on something.")),
        (Relation.TWIN, _("We are twins"), _("A lasting exchange: once accepted, both share a space of their own.")),
        (Relation.MEMBER, _("We are a member of it"), _("It is a network or an association; we belong to it.")),
        (Relation.HAS_MEMBER, _("It is a member of ours"), _("We are a network or an association; it belongs to us.")),
        (Relation.SUPERVISED, _("It supervises us"), _("A university or an authority above us.")),
        (Relation.SUPERVISES, _("We supervise it"), _("We are the university or the authority above it.")),
    ]
)
KINDS = radios(
    [
        (Offer.Kind.OFFER, _("We offer"), _("What your institution can give, and to whom.")),
        (Offer.Kind.REQUEST, _("We are looking for"), _("What your institution needs, and from whom.")),
    ]
)
AUDIENCES = radios(
    [
        (Audience.PUBLIC, _("Everyone"), _("Also without an account, and found by search engines.")),
        (Audience.NETWORK, _("The network"), _("People with a mandate or an approved membership.")),
    ]
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ProposeForm(forms.Form):
    relation = forms.ChoiceField(label=_("What ties you"), choices=RELATIONS, widget=forms.RadioSelect, initial=Relation.PARTNER)
    message = forms.CharField(
        label=_("A word to those who answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-behaviour": "autosize"}),
        help_text=_("What you would do together, and who would begin."),
    )


class EndForm(forms.Form):
    on = forms.DateField(label=_("Ends on"), widget=DayInput(), help_text=_("Today, or the day on which it ended."))
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Read by the two institutions and those who oversee them, not by others."),
    )


class OfferForm(forms.Form):
    kind = forms.ChoiceField(label=pgettext_lazy("of an offer", "kind"), choices=KINDS, widget=forms.RadioSelect, initial=Offer.Kind.OFFER)
    title = forms.CharField(label=_("Title"), max_length=200)
    body = RichTextField(
        label=_("What you offer or need"),
        widget=RichTextWidget(attrs={"rows": 6}, attach=False),
        help_text=_("What, with whom, when, and what for."),
    )
    field = forms.ChoiceField(label=_("Field of work"), choices=Offer.Field.choices)
    languages = forms.MultipleChoiceField(
        label=_("Languages of work"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )
    countries = forms.ModelMultipleChoiceField(
        label=_("Countries wanted"),
        queryset=Country.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: from anywhere."),
    )
    until = forms.DateField(
        label=_("Open until, this day included"), widget=DayInput(), required=False, help_text=_("Empty: until you close it.")
    )
    audience = forms.TypedChoiceField(
        label=_("Who reads"), choices=AUDIENCES, coerce=int, widget=forms.RadioSelect, initial=Audience.PUBLIC
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["countries"].queryset = Country.objects.all()  # type: ignore[attr-defined]

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed already."))
        return day

    @staticmethod
    def of(offer: Offer) -> dict[str, Any]:
        """The first values of the form for an offer that is changed."""
        return {
            "kind": offer.kind,
            "title": offer.title,
            "body": offer.html,
            "field": offer.field,
            "languages": offer.languages.split(),
            "countries": list(offer.countries.all()),
            "until": offer.until,
            "audience": offer.audience,
        }
