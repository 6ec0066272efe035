"""What people tell of themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """allauth adds e-mail and password; we ask for a name and that one is an adult."""

    name = forms.CharField(label=_("Your name"), max_length=60, help_text=_("As colleagues know you."))
    adult = forms.BooleanField(label=_("I am 18 or older. Multaqa is for adults who work with institutions."))

    def signup(self, request: object, user: object) -> None:
        """allauth asks for this; the adapter has opened the account."""
