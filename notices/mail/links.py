"""Addresses that stand in a mail: absolute ones, and the signed one that stops it without signing in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import get_language

from notices.kinds import KINDS

if TYPE_CHECKING:
    from profiles.models import User

# The digest as a list of its own: whatever comes in it at the time when it is stopped.
DIGEST = "digest"
_SALT, _WEEKLY = "notices.mail.stop", "notices.mail.weekly"


def absolute(path: str) -> str:
    """The whole address of a path of ours; a path without a language gets the reader's."""
    if path.startswith("http"):
        return path
    first = path[1:3]
    if path[3:4] != "/" or first not in settings.LANGUAGE_NAMES:
        path = f"/{(get_language() or settings.LANGUAGE_CODE)[:2]}{path}"
    return f"{settings.LINK_ORIGIN}{path}"


def stop_url(user: User, kinds: Iterable[str]) -> str:
    """Where one click ends the mails of these kinds: for this person and these kinds, and for nothing else. It does not expire."""
    return f"{settings.LINK_ORIGIN}{reverse('mail_stop', args=[signing.dumps([user.pk, sorted(kinds)], salt=_SALT)])}"


def weekly_url(user: User) -> str:
    """Where one click turns what is daily into weekly."""
    return f"{settings.LINK_ORIGIN}{reverse('mail_weekly', args=[signing.dumps(user.pk, salt=_WEEKLY)])}"


def read_weekly(token: str) -> int | None:
    """Whom such an address means; None for one that we did not sign."""
    try:
        return int(signing.loads(token, salt=_WEEKLY))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def read_stop(token: str) -> tuple[int, list[str]] | None:
    """Whom and which kinds a stopping address means; None for one that we did not sign."""
    try:
        user_id, kinds = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(user_id), [code for code in kinds if code in KINDS or code == DIGEST]


def stop_headers(user: User, kinds: Iterable[str]) -> dict[str, str]:
    """The headers by which a mail program offers to unsubscribe (RFC 2369, RFC 8058), and the list's own name (RFC 2919)."""
    kinds = sorted(kinds)
    name = kinds[0] if len(kinds) == 1 else "notices"
    return {
        "List-Unsubscribe": f"<{stop_url(user, kinds)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"Multaqa <{name}.{settings.MAIL_DOMAIN}>",
    }
