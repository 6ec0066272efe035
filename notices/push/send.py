"""A notice to somebody's devices, straight from here to the browsers' push services: rights, quiet hours and wishes as they are now."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pywebpush import WebPushException, webpush
from requests import RequestException

from chat.models import Message
from network.activity.models import Activity
from network.spaces.actors import actors
from notices import hours
from notices.mail import links
from notices.mail.items import Bareness, Item, cut, of_notices
from notices.models import Device, Notice, Preferences
from notices.push import key
from notices.queries import sayable

if TYPE_CHECKING:
    from network.spaces.actors import Actor

logger = logging.getLogger(__name__)

TTL = 24 * 3600  # seconds a push service keeps it for a device that is off
TIMEOUT = 10
MOST_FAILURES = 5


def push(activity_id: int, users: Iterable[int], *, path: str, thread: str) -> int:
    """Tell the devices of these people of an activity, those who may still see it and are not resting; returns how many devices took it."""
    activity = Activity.objects.select_related("actor__page", "on_behalf_of", "space").filter(pk=activity_id).first()
    devices = _devices(users)
    if activity is None or not devices:
        return 0
    people = actors(devices)
    preferences = Preferences.objects.select_related("user__page__country").in_bulk(list(people))
    told, now = 0, timezone.now()
    for user_id, actor in people.items():
        # The queue may ask twice. (Where the cache forgot, the browser shows the newer one in the place of the older.)
        if not cache.add(f"pushed:{activity.pk}:{user_id}", 1, 86_400):
            continue
        row = preferences.get(user_id)
        if row is not None and hours.of(row.user, row).is_quiet(now):
            continue  # it waits in the inbox
        with translation.override(actor.person.language):
            item = _item(actor, activity, row)
            if item is None:
                continue
            payload = _payload(item, path, thread, actor.person.language)
        told += sum(_to(device, payload) for device in devices[user_id])
    return told


def trial(device: Device) -> bool:
    """A notice that its owner asked for; whether the push service took it."""
    with translation.override(device.user.language):
        item = Item(_("This is how a notice looks here."), "/settings/devices/")
        return _to(device, _payload(item, item.path, "trial", device.user.language))


def _devices(users: Iterable[int]) -> dict[int, list[Device]]:
    """Their devices where they are still signed in; others are forgotten."""
    rows = list(Device.objects.filter(user__in=list(users)))
    alive = set(
        Session.objects.filter(session_key__in=[row.session for row in rows], expire_date__gt=timezone.now()).values_list("pk", flat=True)
    )
    if gone := [row.pk for row in rows if row.session not in alive]:
        Device.objects.filter(pk__in=gone).delete()
    found: dict[int, list[Device]] = defaultdict(list)
    for row in rows:
        if row.session in alive:
            found[row.user_id].append(row)
    return found


def _item(actor: Actor, activity: Activity, preferences: Preferences | None) -> Item | None:
    """What is said of it to this person; None when they have read it, or may no longer see it."""
    mine = sayable(actor).filter(activity=activity, done=False).select_related("activity__actor__page", "activity__on_behalf_of", "space")
    notice: Notice | None = mine.first()
    bareness = Bareness.of(preferences is not None and preferences.without_content, [activity.space_id])
    if notice is not None:
        return next(iter(of_notices(actor, [notice], bareness)), None) if notice.unread else None
    # A message in a conversation of which another waits already has no row of its own.
    message = Message.objects.visible_to(actor).kept().filter(pk=activity.object_id).first() if activity.verb == "said" else None
    if message is None:
        return None
    if bareness.everything:
        return Item(_("A new message in a conversation"), message.path, bare=True)
    who = (activity.on_behalf_of or activity.actor.page).name
    return Item(who, message.path, excerpt=cut(message.text), speaker="")


def _payload(item: Item, path: str, thread: str, language: str) -> str:
    title = f"{item.speaker}: {item.title}" if item.speaker and not item.bare and item.thread else item.title
    return json.dumps(
        {
            "title": title[:160],
            "body": item.excerpt[:200],
            "url": links.absolute(item.path or path).removeprefix(settings.LINK_ORIGIN),
            "tag": thread,
            "lang": language,
            "dir": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
        },
        ensure_ascii=False,
    )


def _to(device: Device, payload: str) -> bool:
    """Hand one over; a device that is gone is forgotten, one that fails often too. Nothing that a push service answers stops the others."""
    target: dict[str, Any] = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    try:
        webpush(
            target,
            payload,
            vapid_private_key=key.private(),
            vapid_claims={"sub": f"mailto:postmaster@{settings.MAIL_DOMAIN}"},
            ttl=TTL,
            timeout=TIMEOUT,
            headers={"Urgency": "normal"},
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (404, 410):
            device.delete()
        elif status != 429:  # too many for now: the next one may pass
            _failed(device)
        return False
    except (RequestException, ValueError, TypeError):
        _failed(device)
        return False
    Device.objects.filter(pk=device.pk).update(told_at=timezone.now(), failures=0)
    return True


def _failed(device: Device) -> None:
    Device.objects.filter(pk=device.pk).update(failures=F("failures") + 1)
    Device.objects.filter(pk=device.pk, failures__gte=MOST_FAILURES).delete()
