"""How django-allauth meets the house: an account opened by sign-up gets its page through the action, and safe redirects only."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from profiles import actions
from profiles.models import User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        if commit:
            actions.open_account(user, name=form.cleaned_data["name"], language=getattr(request, "LANGUAGE_CODE", "ar"))
        return user
