"""How django-allauth meets the house: accounts open through our action, redirects stay at home, secrets are sealed."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override

from network import live
from network.fragments import remember_language
from profiles import actions
from profiles.models import User


def display(user: User) -> str:
    """What letters call a person (setting ACCOUNT_USER_DISPLAY); a half-opened account has no page yet."""
    return user.name if hasattr(user, "page") else user.email


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        if commit:
            actions.open_account(user, name=form.cleaned_data["name"], language=getattr(request, "LANGUAGE_CODE", "ar"))
        return user

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: a neighbour in ALLOWED_HOSTS is not where one meant to go."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        with override(user.language if isinstance(user, User) else None):
            return reverse("home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("welcome")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response

    def format_email_subject(self, subject: str) -> str:
        return _("Multaqa: %(subject)s") % {"subject": subject}


class MFAAdapter(DefaultMFAAdapter):
    """The secret of a second step is sealed with the site's key: whoever reads only the database cannot make codes."""

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Another key sealed it: no code fits, the recovery codes or the secretariat help.
            return ""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": _("Multaqa")}


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Any) -> None:
        sessions = list(sessions)
        users = {session.user_id for session in sessions}
        super().end_sessions(sessions)
        for user_id in users:
            actions.sessions_ended(user_id, [session.session_key for session in sessions if session.user_id == user_id])
            transaction.on_commit(partial(live.withdraw, user_id), robust=True)


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mfa:" + key.encode()).digest())) for key in keys])
