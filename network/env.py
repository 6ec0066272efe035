"""Typed reading of the environment: a wrong value refuses to start and says its own name."""

import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if (value := raw.strip().lower()) in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def number(name: str, default: int, *, least: int = 0) -> int:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name} must be {least} or more, not {value}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def hosts(name: str) -> list[str]:
    """Names of hosts; one that begins with a dot stands for all below it."""
    found = words(name)
    for word in found:
        if not re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+", word):
            raise ImproperlyConfigured(f"{name} must hold names of hosts such as push.example.org or .example.org, not {word!r}.")
    return found


def sites(name: str) -> dict[str, str]:
    """Hosts of their own for public sites: `natcom.example=commissions/tn school.example=sites/school-12` → {host: address of the site}."""
    found: dict[str, str] = {}
    for word in words(name):
        host, _equals, at = word.partition("=")
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) or not re.fullmatch(r"commissions/[a-z]{2}|sites/[\w.-]+|[a-z-]+", at):
            raise ImproperlyConfigured(f"{name} must hold pairs such as tunisia.example.org=commissions/tn, not {word!r}.")
        if host in found or at in found.values():
            raise ImproperlyConfigured(f"{name} names {host} or {at} twice.")
        found[host] = at
    return found


def secret_key(path: Path, *, production: bool) -> str:
    """The key from SECRET_KEY, or, outside production, one made at the first start and kept beside the data (mode 0600)."""
    if key := text("SECRET_KEY"):
        if len(key) < 50 or len(set(key)) < 10:
            raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")
        return key
    if production:
        raise ImproperlyConfigured("SECRET_KEY is missing: production has no default secret.")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()
