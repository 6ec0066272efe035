"""What institutions accept from people."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.content import Audience
from network.declared import form_field, kept_value, said
from network.entities.models import Entity, Kind
from network.spaces.forms import PictureField, SpaceField
from network.spaces.models import Field, Mandate, usual_scope

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from network.spaces.handing import OpenItem
    from network.spaces.models import Space

RESERVED = {"new", "commissions", "unconfirmed"}


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
            "email_reach",
            "phone_reach",
            "address_reach",
        ]
        widgets = {f"about_{code}": forms.Textarea(attrs={"rows": 4, "data-behaviour": "autosize"}) for code in ("ar", "fr", "en")}
        help_texts = {
            "audience": _("Who may read what is written here. The institution's card stays in the directory for everyone."),
            "founded": _("A year is enough."),
            "short_ar": _("Shown where there is little room."),
        }

    def __init__(self, *args: Any, of_kind: Kind | None = None, **kwargs: Any) -> None:
        instance: Entity | None = kwargs.get("instance")
        # A refused form must not change the name above it.
        kwargs["instance"] = copy(instance)
        super().__init__(*args, **kwargs)
        for name in ("email_reach", "phone_reach", "address_reach"):
            self.fields[name].required = False
        kind = of_kind or (instance.entity_kind if instance else None)
        self.declared = [field for field in kind.spec if field.kind != "file"] if kind else []
        for field in self.declared:
            made = self.fields[f"d_{field.code}"] = form_field(field)
            made.initial = instance.details.get(field.code) if instance else None
        self.fields["audience"].choices = Audience.choices[:3]  # type: ignore[attr-defined]
        if not (instance and instance.picture):
            del self.fields["without_picture"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(f"name_{code}") for code in ("ar", "fr", "en")):
            raise ValidationError({"name_ar": _("Write a name in at least one language.")})
        for name in ("email_reach", "phone_reach", "address_reach"):
            if cleaned.get(name) in (None, ""):  # a form of before does not know it
                cleaned[name] = getattr(self.instance, name)
        asked = {field.code: cleaned.pop(f"d_{field.code}", None) for field in self.declared}
        kept = {code: value for code, value in (self.instance.details or {}).items() if code not in asked}
        cleaned["details"] = kept | {code: kept_value(value) for code, value in asked.items() if value not in (None, "", [], False)}
        return cleaned

    @property
    def of_its_kind(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of its kind, by section, for the page."""
        found: dict[str, list[forms.BoundField]] = {}
        for field in self.declared:
            found.setdefault(said(field.section), []).append(self[f"d_{field.code}"])
        return list(found.items())


class RegisterForm(EntityForm):
    """The same, with its place in the register: for the secretariat and whoever oversees it."""

    class Meta(EntityForm.Meta):
        fields = ["entity_kind", "country", "parent", "field", "status", "verified", *EntityForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # How it stands changes on a page of its own, with the reason.
            del self.fields["status"]
        parents = Entity.objects.filter(entity_kind__overseen=False).in_protocol_order()
        if self.instance.pk:
            parents = parents.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        if any(field.code == "field" for field in self.declared):
            del self.fields["field"]  # its kind asks for it


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

    def __init__(self, actor: Actor, entity: Space, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].ask(actor)  # type: ignore[attr-defined]
        _limit(self, actor, entity)

    def clean(self) -> dict[str, Any]:
        return _in_order(super().clean() or self.cleaned_data, self)


class DeputyForm(forms.Form):
    """Who stands in for whom, and for how long."""

    user = SpaceField(label=_("Person"), help_text=_("Handle, e-mail address or whole name."))
    title = forms.CharField(
        label=pgettext_lazy("of a representative", "Title"),
        max_length=120,
        help_text=_("As it stands under what they write, for example “deputy liaison officer”."),
    )
    from_day = forms.DateField(label=_("From"), widget=DayInput())
    until_day = forms.DateField(label=_("Until, this day included"), widget=DayInput())

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].ask(actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        return _in_order(super().clean() or self.cleaned_data, self)


class MandateInviteForm(forms.Form):
    """A mandate offered by mail, with everything preset but the person."""

    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The mail is the same whether this address has an account or not."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    title = forms.CharField(
        label=pgettext_lazy("of a representative", "Title"),
        max_length=120,
        help_text=_("As it stands under what they write, for example “liaison officer”."),
    )
    network = forms.ChoiceField(label=_("Speaks in"), choices=Mandate.Network.choices, initial=Mandate.Network.PLATFORM)
    is_head = forms.BooleanField(
        label=_("Heads the institution"), required=False, help_text=_("Names and ends the mandates of the others, and owns its page.")
    )
    until_day = forms.DateField(
        label=_("Until, this day included"),
        widget=DayInput(),
        required=False,
        help_text=_("It begins on the day the invitation is accepted. Empty: until it is ended."),
    )
    message = forms.CharField(
        label=_("A word with the invitation"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-behaviour": "autosize"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=[*settings.LANGUAGE_NAMES.items()])

    def __init__(self, actor: Actor, entity: Space, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(self, actor, entity)


class TermForm(forms.Form):
    """Until when a mandate lasts from now on."""

    until_day = forms.DateField(
        label=_("Until, this day included"), widget=DayInput(), required=False, help_text=_("Empty: until it is ended.")
    )


class RenewForm(TermForm):
    """A mandate that is over, once more: from when."""

    from_day = forms.DateField(label=_("From"), widget=DayInput())
    field_order = ["from_day", "until_day"]

    def clean(self) -> dict[str, Any]:
        return _in_order(super().clean() or self.cleaned_data, self)


class HandOverForm(forms.Form):
    """What is handed over, to whom, with a word."""

    keys = forms.MultipleChoiceField(label=_("What is handed over"), widget=forms.CheckboxSelectMultiple)
    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    note = forms.CharField(
        label=_("A word for the successor"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-behaviour": "autosize"}),
    )

    def __init__(self, items: list[OpenItem], successors: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].choices = [(item.key, item.words) for item in items]  # type: ignore[attr-defined]
        self.fields["keys"].initial = [item.key for item in items]
        self.fields["to"].choices = successors  # type: ignore[attr-defined]


class AccreditForm(forms.Form):
    """A decision on who is the commission of a country, with its grounds."""

    note = forms.CharField(label=_("Grounds"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))


def _limit(form: forms.Form, actor: Actor, entity: Space) -> None:
    """Only the headship and the reach that this actor may give here; what leaves no choice is not asked."""
    if not actor.governs(entity):
        del form.fields["is_head"]
    usual = usual_scope(entity)
    scopes = [usual] + ([Mandate.Scope.OWN] if usual != Mandate.Scope.OWN else []) + ([Mandate.Scope.FIELD] if actor.is_secretariat else [])
    if len(scopes) == 1:
        return
    form.fields["scope"] = forms.ChoiceField(
        label=_("How far it reaches"), choices=[(scope, Mandate.Scope(scope).label) for scope in scopes], initial=usual, required=False
    )
    if actor.is_secretariat:
        form.fields["field"] = forms.ModelChoiceField(
            label=_("Field of work"),
            queryset=Field.objects.all(),
            required=False,
            empty_label=_("None"),
            help_text=_("For mandates that reach over the institutions of one field."),
        )


def _in_order(cleaned: dict[str, Any], form: forms.Form) -> dict[str, Any]:
    first, last = cleaned.get("from_day"), cleaned.get("until_day")
    if first and last and last < first:
        form.add_error("until_day", _("The last day must not come before the first."))
    return cleaned
