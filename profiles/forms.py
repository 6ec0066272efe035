"""What people tell of themselves."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.content import Audience
from network.files import UploadRefused
from network.names import tidy_name
from network.spaces.models import Country, Space
from network.spaces.pictures import redrawn
from profiles import actions, spoken
from profiles.models import Profile, User


class _Plain:
    """A label stands above each field; the same words inside it would only be in the way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Plain, allauth.LoginForm):
    pass


class RequestLoginCodeForm(_Plain, allauth.RequestLoginCodeForm):
    pass


class ReauthenticateForm(_Plain, allauth.ReauthenticateForm):
    pass


class AddEmailForm(_Plain, allauth.AddEmailForm):
    pass


class ChangePasswordForm(_Plain, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(_Plain, allauth.SetPasswordForm):
    pass


class ResetPasswordForm(_Plain, allauth.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_Plain, allauth.ResetPasswordKeyForm):
    pass


class SignupForm(_Plain, allauth.SignupForm):
    """allauth's e-mail and password, a name, and that one is an adult."""

    field_order = ["name", "email", "password1", "adult"]

    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        help_text=_("As colleagues know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    adult = forms.BooleanField(
        label=_("I am 18 or older"),
        help_text=_("Multaqa is for adults who work with institutions; it keeps no accounts of minors."),
        error_messages={"required": _("Accounts are for adults only: confirm that you are 18 or older.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 10 characters; a short sentence is easy to keep in mind.")

    def clean_name(self) -> str:
        return clean_person_name(self.cleaned_data["name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this; the adapter has opened the account."""


def clean_person_name(name: str) -> str:
    """The name tidied; ValidationError when it draws nothing or looks like an institution's."""
    if not name:
        return ""
    actions.check_name(name)
    return tidy_name(name)


class AboutMeForm(forms.Form):
    """The few things the first page asks a newcomer."""

    name_ar = forms.CharField(
        label=_("Name in Arabic letters"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=60, required=False)
    honorific = forms.CharField(
        label=_("Honorific"), max_length=40, required=False, help_text=_("As you wish to be addressed, for example Dr or Professor.")
    )
    job = forms.CharField(label=_("Work"), max_length=120, required=False, help_text=_("What you do, and where."))
    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.all(), required=False, empty_label=_("Not said"))
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"), choices=[*spoken.SPOKEN.items()], required=False, widget=forms.CheckboxSelectMultiple
    )

    page_fields: tuple[str, ...] = ("name_ar", "name_en", "country")
    profile_fields: tuple[str, ...] = ("honorific", "job", "languages")

    @classmethod
    def initial_of(cls, page: Space, profile: Profile) -> dict[str, Any]:
        """What stands there now."""
        initial = {name: getattr(page, name) for name in cls.page_fields if name != "audience"}
        initial |= {name: getattr(profile, name) for name in cls.profile_fields}
        initial["audience"] = page.audience
        initial["languages"] = spoken.codes(profile.languages)
        return initial

    def clean_name_ar(self) -> str:
        return clean_person_name(self.cleaned_data["name_ar"])

    def clean_name_en(self) -> str:
        return clean_person_name(self.cleaned_data["name_en"])

    def clean_honorific(self) -> str:
        return tidy_name(self.cleaned_data["honorific"])

    def clean_job(self) -> str:
        return tidy_name(self.cleaned_data["job"])

    def clean_languages(self) -> str:
        return " ".join(self.cleaned_data["languages"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("name_ar") and not cleaned.get("name_en"):
            self.add_error("name_ar", _("Write your name in at least one of the two."))
        return cleaned

    @property
    def of_page(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.page_fields}

    @property
    def of_profile(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.profile_fields}


def _about(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=actions.ABOUT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 4, "data-behaviour": "autosize"})
    )


class ProfileForm(AboutMeForm):
    """All that one says of oneself. `redrawn_picture` is the picture as it may be kept, or None."""

    about_ar = _about(_("About you, in Arabic"))
    about_fr = _about(_("About you, in French"))
    about_en = _about(_("About you, in English"))
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    audience = forms.TypedChoiceField(
        label=_("Who sees your page"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (Audience.PUBLIC.value, _("Everyone, also without an account")),
            (Audience.NETWORK.value, _("The network: people with a mandate or an approved membership")),
        ],
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF. It is cut to a square and drawn anew, so that nothing hidden in it is kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    without_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    page_fields = ("name_ar", "name_en", "country", "about_ar", "about_fr", "about_en", "audience")
    profile_fields = ("honorific", "job", "languages", "website")
    redrawn_picture: bytes | None = None

    def clean_website(self) -> str:
        website = self.cleaned_data["website"]
        if website and not website.startswith(("https://", "http://")):
            raise ValidationError(_("Write an address that begins with https://."))
        return website

    def clean_picture(self) -> Any:
        file = self.cleaned_data["picture"]
        if file:
            try:
                self.redrawn_picture = redrawn(file)
            except UploadRefused as refused:
                raise ValidationError(refused.messages) from refused
        return file


class PreferencesForm(forms.ModelForm):
    """How one wants to read: language, zone, digits, calendar, theme; and whether others see that one is here."""

    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["language", "zone", "calendar", "digits", "theme", "shows_presence"]
        widgets = {"theme": forms.RadioSelect, "digits": forms.RadioSelect}
        labels = {"shows_presence": _("Others see when I am here")}
        help_texts = {"shows_presence": _("A dot beside your name in conversations. Without it, you see others, and nobody sees you.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones: dict[str, str] = {}
        for country in Country.objects.all():
            zones.setdefault(country.zone, country.name)
        for zone in ("Europe/Paris", "UTC", self.instance.zone):
            if zone and zone not in zones:
                zones[zone] = zone
        self.fields["zone"].choices = [("", _("As this device says")), *((zone, name) for zone, name in zones.items())]  # type: ignore[attr-defined]

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(_("Choose a zone of the list."))
        return zone
