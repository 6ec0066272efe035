"""What guides accept from people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.actions import WORDS
from documents.models import Guide, GuideVersion
from network.content import Audience
from network.spaces.forms import radios
from network.text import RichTextField, RichTextWidget

AUDIENCES = radios(
    [
        (Audience.PUBLIC, _("Everyone"), _("Also without an account, and found by search engines.")),
        (Audience.NETWORK, _("The network"), _("People with a mandate or an approved membership.")),
        (Audience.MEMBERS, _("The institution's own people"), _("Whoever speaks for it, and whoever oversees it.")),
    ]
)


class SummaryInput(forms.Textarea):
    def __init__(self) -> None:
        super().__init__({"rows": 2})


class GuideForm(forms.ModelForm):
    """A version in up to three languages, for whom it is and who reads it."""

    meant_for = forms.ChoiceField(label=_("Whom it is for"), choices=Guide.For.choices)
    audience = forms.TypedChoiceField(
        label=_("Who may read it"), choices=AUDIENCES, widget=forms.RadioSelect, coerce=int, initial=int(Audience.PUBLIC)
    )
    body_ar = RichTextField(required=False, label=_("Text in Arabic"), widget=RichTextWidget({"rows": 8}, mentions_url="", attach=False))
    body_fr = RichTextField(required=False, label=_("Text in French"), widget=RichTextWidget({"rows": 8}, mentions_url="", attach=False))
    body_en = RichTextField(required=False, label=_("Text in English"), widget=RichTextWidget({"rows": 8}, mentions_url="", attach=False))

    class Meta:
        model = GuideVersion
        fields = WORDS
        widgets = {f"summary_{code}": SummaryInput() for code in ("ar", "fr", "en")}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not any(found.get(f"title_{code}", "").strip() for code in ("ar", "fr", "en")) and not self.errors:
            self.add_error("title_ar", _("Write a title in at least one language."))
        return found

    @property
    def languages(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each language together, as the page shows them."""
        return [(code, [self[f"{part}_{code}"] for part in ("title", "summary", "body", "changed")]) for code in ("ar", "fr", "en")]
