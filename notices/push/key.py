"""The VAPID key (RFC 8292): made by the first who needs it, kept with the data, since every device remembers it."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from notices.models import PushKey


def private() -> Vapid02:
    """Our key, ready to sign with."""
    return _vapid(_pem())


def public() -> str:
    """What a browser is given when it subscribes: the uncompressed point, base64url."""
    point = private().public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _pem() -> str:
    row = PushKey.objects.filter(pk=1).first()
    if row is None:
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # Two who need it at once: one row gets in, and both read that.
        PushKey.objects.bulk_create([PushKey(pk=1, private=made.decode())], ignore_conflicts=True)
        row = PushKey.objects.get(pk=1)
    return row.private


@lru_cache(maxsize=4)
def _vapid(pem: str) -> Vapid02:
    return Vapid02.from_pem(pem.encode())
