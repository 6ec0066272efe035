"""What institutions accept from people."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.content import Audience
from network.entities.models import Entity
from network.spaces.forms import PictureField, SpaceField
from network.spaces.models import Mandate

if TYPE_CHECKING:
    from network.spaces.actors import Actor

RESERVED = {"new"}


class EntityForm(forms.ModelForm):
    """What an institution says of itself. Gives values only: actions.edit writes them."""

    picture = PictureField(label=_("Logo"))
    without_picture = forms.BooleanField(label=_("Take the logo away"), help_text=_("The letters on the star stand again."), required=False)

    class Meta:
        model = Entity
        fields = [
            "name_ar",
            "name_fr",
            "name_en",
            "short_ar",
            "short_fr",
            "short_en",
            "about_ar",
            "about_fr",
            "about_en",
            "city",
            "address",
            "phone",
            "email",
            "website",
            "languages",
            "founded",
            "audience",
        ]
        widgets = {f"about_{code}": forms.Textarea(attrs={"rows": 4, "data-behaviour": "autosize"}) for code in ("ar", "fr", "en")}
        help_texts = {
            "audience": _("Who may read what is written here. The institution's card stays in the directory for everyone."),
            "founded": _("A year is enough."),
            "short_ar": _("Shown where there is little room."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance: Entity | None = kwargs.get("instance")
        # A refused form must not change the name above it.
        kwargs["instance"] = copy(instance)
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = Audience.choices[:3]  # type: ignore[attr-defined]
        if not (instance and instance.picture):
            del self.fields["without_picture"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(f"name_{code}") for code in ("ar", "fr", "en")):
            raise ValidationError({"name_ar": _("Write a name in at least one language.")})
        return cleaned


class RegisterForm(EntityForm):
    """The same, with its place in the register: for the secretariat and whoever oversees it."""

    class Meta(EntityForm.Meta):
        fields = ["entity_kind", "country", "parent", "status", "verified", *EntityForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Entity.objects.filter(entity_kind__overseen=False).in_protocol_order()
        if self.instance.pk:
            parents = parents.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class NewEntityForm(RegisterForm):
    """A new institution needs its code as well."""

    handle = forms.CharField(
        label=_("Code"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Small Latin letters, digits and hyphens only."))],
        help_text=_("It stands in the address and in mentions, for example natcom-tn. It stays when the name changes."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    field_order = ["handle"]

    class Meta(RegisterForm.Meta):
        fields = ["handle", *RegisterForm.Meta.fields]

    def clean_handle(self) -> str:
        handle = self.cleaned_data["handle"]
        if handle in RESERVED:
            raise ValidationError(_("This code is kept for the house itself. Choose another."))
        return handle


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MandateForm(forms.Form):
    """Who speaks for an institution, as what, from when until when."""

    user = SpaceField(label=_("Person"), help_text=_("Handle, e-mail address or whole name."))
    title = forms.CharField(
        label=pgettext_lazy("of a representative", "Title"),
        max_length=120,
        help_text=_("As it stands under what they write, for example “liaison officer”."),
    )
    network = forms.ChoiceField(label=_("Speaks in"), choices=Mandate.Network.choices, initial=Mandate.Network.PLATFORM)
    is_head = forms.BooleanField(
        label=_("Heads the institution"), required=False, help_text=_("Names and ends the mandates of the others, and owns its page.")
    )
    from_day = forms.DateField(label=_("From"), widget=DayInput())
    until_day = forms.DateField(
        label=_("Until, this day included"), widget=DayInput(), required=False, help_text=_("Empty: until it is ended.")
    )

    def __init__(self, actor: Actor, *args: Any, may_name_head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].ask(actor)  # type: ignore[attr-defined]
        if not may_name_head:
            del self.fields["is_head"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_day"), cleaned.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("The last day must not come before the first."))
        return cleaned
