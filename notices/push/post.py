"""Handing notices over to push services: many at once, never for longer than a job may take, and nothing they answer is followed or read."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from pywebpush import WebPusher
from requests import RequestException, Session

from notices.models import Device
from notices.push import hosts, key

logger = logging.getLogger(__name__)

TTL = 24 * 3600  # seconds a push service keeps it for a device that is off
TIMEOUT = (5, 10)  # seconds to be let in, and to be answered
BUDGET = 30.0  # seconds for all of a job's; its lease is sixty
THREADS = 8
MOST_SILENT = 3  # a service that let so many wait is not asked again in the same job


class Answer(Enum):
    TOLD = "told"
    GONE = "gone"  # the browser takes no more
    REFUSED = "refused"  # this device, or something about it
    FAILED = "failed"  # the service could not, and may be asked again
    LATER = "later"  # too many for now, or nobody came to it


@dataclass(frozen=True, slots=True)
class Parcel:
    device: Device
    payload: str
    topic: str  # a newer one with the same takes the place of one that waits; at most 32 letters of base64url
    urgent: bool


@dataclass(slots=True)
class Result:
    answer: Answer
    after: int = 0  # seconds that the service wants to be left alone


def deliver(parcels: Sequence[Parcel]) -> dict[int, Result]:
    """What became of each, by the device's number. No query; one that hangs or fails holds up no other."""
    signed = _signatures(parcels)
    silent: Counter[str] = Counter()
    results = {parcel.device.pk: Result(Answer.LATER) for parcel in parcels}
    ends = time.monotonic() + BUDGET
    with Session() as line:
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="push")
        turns = {pool.submit(_hand_over, line, parcel, signed[_origin(parcel)], silent, ends): parcel for parcel in parcels}
        finished, _open = wait(turns, BUDGET)
        pool.shutdown(wait=False, cancel_futures=True)
        for turn in finished:
            results[turns[turn].device.pk] = turn.result()
    return results


def _hand_over(line: Session, parcel: Parcel, signature: dict[str, str], silent: Counter[str], ends: float) -> Result:
    origin = _origin(parcel)
    if silent[origin] >= MOST_SILENT or time.monotonic() >= ends:
        return Result(Answer.LATER)
    device = parcel.device
    if not hosts.is_known(device.endpoint):  # it was, when it came
        return Result(Answer.GONE)
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TTL),
        "Urgency": "high" if parcel.urgent else "normal",
        "Topic": parcel.topic,
        **signature,
    }
    try:
        target = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
        body = WebPusher(target).encode(parcel.payload.encode())["body"]
        # No other address than this one, and no word of what it says beyond the status.
        with line.post(device.endpoint, body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            return _read(answer.status_code, answer.headers.get("Retry-After", ""))
    except RequestException as error:
        silent[origin] += 1
        logger.info("The push service %s does not answer: %s", origin, type(error).__name__)
        return Result(Answer.FAILED)
    except Exception:
        logger.exception("A notice for device %s could not be packed.", device.pk)
        return Result(Answer.REFUSED)


def _read(status: int, after: str) -> Result:
    if 200 <= status < 300:
        return Result(Answer.TOLD)
    if status in (404, 410):
        return Result(Answer.GONE)
    pause = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    if status == 429:
        return Result(Answer.LATER, pause)
    return Result(Answer.FAILED, pause) if status >= 500 else Result(Answer.REFUSED)


def _signatures(parcels: Sequence[Parcel]) -> dict[str, dict[str, str]]:
    """The proof of who we are (RFC 8292), one for each service: it says nothing about whom it is for."""
    ours = key.private()
    exp, sub = int(time.time()) + 12 * 3600, f"mailto:postmaster@{settings.MAIL_DOMAIN}"
    return {origin: dict(ours.sign({"sub": sub, "aud": origin, "exp": exp})) for origin in {_origin(parcel) for parcel in parcels}}


def _origin(parcel: Parcel) -> str:
    parts = urlsplit(parcel.device.endpoint)
    return f"{parts.scheme}://{parts.netloc}".removesuffix(":443")
