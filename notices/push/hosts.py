"""Which addresses our server may knock at: those of the browsers' push services, and no others. Pure, no query."""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

LONGEST = 600
# The whole address is read here, letter by letter, and not by a library: they differ about where a host ends. To `urlsplit` the host of
# https://10.0.0.5\.push.apple.com/ ends in .push.apple.com; the library that connects goes to 10.0.0.5.
_ADDRESS = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::443)?/[!-\[\]-~]*")
_KEY = re.compile(r"[\w-]+={0,2}", re.ASCII)


def is_known(endpoint: str) -> bool:
    """Whether this is the address of a push service: asked when a browser brings it, and again whenever something is sent there."""
    if len(endpoint) > LONGEST:
        return False
    if any(endpoint.startswith(f"{origin}/") for origin in settings.PUSH_TRIAL_ORIGINS):
        return True
    found = _ADDRESS.fullmatch(endpoint)
    return found is not None and any(_covers(name, found[1]) for name in settings.PUSH_HOSTS)


def is_point(text: str) -> bool:
    """Whether a browser's public key (p256dh) is one: a point of the curve P-256, base64url."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(text, 65))
    except ValueError:
        return False
    return True


def is_secret(text: str) -> bool:
    """Whether a browser's secret (auth) is 16 bytes, base64url."""
    try:
        return bool(_bytes(text, 16))
    except ValueError:
        return False


def _covers(name: str, host: str) -> bool:
    return host == name or (name.startswith(".") and host.endswith(name))


def _bytes(text: str, length: int) -> bytes:
    # The decoder passes over what is no letter of base64; a column does not.
    if not _KEY.fullmatch(text):
        raise ValueError(text)
    try:
        raw = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as error:
        raise ValueError(text) from error
    if len(raw) != length:
        raise ValueError(text)
    return raw
