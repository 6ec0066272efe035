"""Signed-in people, kept per process as long as nothing about them changed: one narrow read a request instead of a wide one.

`User.rights` is the number that every change raises: of the account (User.save), of the page and of memberships and mandates
(spaces.actions.rights_changed). A kept account is used only while the database still shows that number.
"""

from __future__ import annotations

import copy

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from profiles.models import User

_KEPT: dict[int, User] = {}
_MOST = 5_000


class KeepingBackend(AuthenticationBackend):
    """allauth's backend; who is signed in is read as above."""

    def get_user(self, user_id: int) -> User | None:
        """The active account with its page, or None."""
        kept = _KEPT.get(user_id := int(user_id))
        if kept is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT rights, is_active FROM profiles_user WHERE id = %s", [user_id])
                now = cursor.fetchone()
            if now is not None and now[0] == kept.rights and now[1]:
                return copy.copy(kept)  # a request may set attributes; the kept one stays as it was read
        user = User.objects.select_related("page").filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            _KEPT.pop(user_id, None)
            return None
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        _KEPT[user_id] = user
        return copy.copy(user)


def forget() -> None:
    """Forget everybody (tests, whose databases begin again with the same numbers)."""
    _KEPT.clear()
