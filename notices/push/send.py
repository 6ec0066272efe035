"""A notice to somebody's devices, straight from here to the browsers' push services: rights, quiet hours and wishes as they are now."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.models import Message, Seat
from network.activity.models import Activity
from network.activity.recording import later
from network.spaces.actors import actors
from notices import hours, queries
from notices.actions import devices as actions
from notices.kinds import OF_REASON
from notices.mail import links
from notices.mail.items import Bareness, Item, cut, of_notices
from notices.models import Device, Notice, Preferences
from notices.push.post import Answer, Parcel, Result, deliver

if TYPE_CHECKING:
    from network.spaces.actors import Actor

URGENT = ("waiting", "mentions", "messages")  # kinds for which a sleeping phone is woken
AGAIN = (30, 300, 1_800)  # seconds after which what could not be handed over is tried once more
_ISOLATED = "\u2068{}\u2069: \u2068{}\u2069"  # a name and a title may run in different directions


def push(activity_id: int, users: Iterable[int], *, path: str, thread: str, attempt: int = 0) -> int:
    """Tell the devices of these people of an activity, those who may still see it and are not resting; returns how many devices took it.

    What a push service could not take is tried again for the same people, a few times; who was told is not told again.
    """
    activity = Activity.objects.select_related("actor__page", "on_behalf_of", "space").filter(pk=activity_id).first()
    devices = _devices(users, f"pushed:{activity_id}")
    if activity is None or not devices:
        return 0
    parcels = list(_parcels(activity, devices, path, thread))
    results = deliver(parcels) if parcels else {}
    cache.set_many({f"pushed:{activity_id}:{pk}": 1 for pk, result in results.items() if result.answer is Answer.TOLD}, 86_400)
    _note(results, count=attempt == 0)
    if (left := _left(parcels, results)) and attempt < len(AGAIN):
        wait = max(AGAIN[attempt], min(max(result.after for result in results.values()), 3_600))
        later(
            "push.send",
            unique_key=f"push:{activity_id}:{left[0]}:{attempt + 1}",
            due_at=timezone.now() + timedelta(seconds=wait),
            activity_id=activity_id,
            users=left,
            path=path,
            thread=thread,
            attempt=attempt + 1,
        )
    return sum(result.answer is Answer.TOLD for result in results.values())


def trial(device_id: int) -> bool:
    """A notice that its owner asked for; whether the push service took it."""
    device = Device.objects.select_related("user").filter(pk=device_id, user__is_active=True).first()
    if device is None:
        return False
    language = device.user.language
    with translation.override(language):
        item = Item(_("This is how a notice looks here."), "/settings/devices/")
        payload = _payload(item, {"tag": "trial", "id": str(timezone.now().timestamp()), "lang": language})
    results = deliver([Parcel(device, payload, _topic(device, "trial"), urgent=True)])
    _note(results, count=True)
    return results[device.pk].answer is Answer.TOLD


def _devices(users: Iterable[int], told: str) -> dict[int, list[Device]]:
    """Their devices where they are signed in now, without those that took this notice already (the queue may ask twice)."""
    rows = list(Device.objects.filter(user__in=list(users)))
    wanted = [row.session for row in rows]
    alive = set(Session.objects.filter(session_key__in=wanted, expire_date__gt=timezone.now()).values_list("pk", flat=True))
    took = cache.get_many([f"{told}:{row.pk}" for row in rows])
    found: dict[int, list[Device]] = defaultdict(list)
    for row in rows:
        if row.session in alive and f"{told}:{row.pk}" not in took:
            found[row.user_id].append(row)
    return found


def _parcels(activity: Activity, devices: dict[int, list[Device]], path: str, thread: str) -> Iterator[Parcel]:
    """What each device is told, in its owner's language. Five queries for all of them, and about as many for each who is told."""
    people = actors(devices)
    preferences = Preferences.objects.select_related("user__page__country").in_bulk(list(people))
    silent = Bareness.of(False, [activity.space_id]).spaces
    now = timezone.now()
    for user_id, actor in people.items():
        row = preferences.get(user_id)
        if _rests(row, now):
            continue  # it waits in the inbox
        language = actor.person.language
        with translation.override(language):
            found = _item(actor, activity, Bareness(row is not None and row.without_content, silent))
            if found is None:
                continue
            item, reason = found
            about = {"tag": thread or f"activity.{activity.pk}", "id": str(activity.pk), "lang": language}
            payload = _payload(item, about, path=path, count=queries.unread_count(actor))
        urgent = OF_REASON[reason].code in URGENT
        for device in devices[user_id]:
            yield Parcel(device, payload, _topic(device, about["tag"]), urgent)


def _rests(preferences: Preferences | None, now: datetime) -> bool:
    return preferences is not None and hours.of(preferences.user, preferences).is_quiet(now)


def _item(actor: Actor, activity: Activity, bareness: Bareness) -> tuple[Item, str] | None:
    """What is said of it to this person, and why they are told; None when they have read it, or may no longer see it."""
    mine = queries.sayable(actor).filter(activity=activity).select_related("activity__actor__page", "activity__on_behalf_of", "space")
    notice: Notice | None = mine.first()
    if notice is None:
        return _message(actor, activity, bareness)
    if not notice.unread or notice.done:
        return None
    items = of_notices(actor, [notice], bareness)
    return (items[0], notice.reason) if items else None


def _message(actor: Actor, activity: Activity, bareness: Bareness) -> tuple[Item, str] | None:
    """A message in a conversation of which another waits already has no row of its own."""
    if activity.verb != "said":
        return None
    message = Message.objects.visible_to(actor).kept().select_related("conversation").filter(pk=activity.object_id).first()
    if message is None:
        return None
    if Seat.objects.filter(conversation=message.conversation_id, user=actor.user_id, number__gte=message.number).exists():
        return None  # read, or written oneself elsewhere
    if bareness.hides(message.conversation.space_id):
        return Item(_("A new message in a conversation"), message.path, bare=True), "message"
    who = (activity.on_behalf_of or activity.actor.page).name
    return Item(who, message.path, excerpt=cut(message.text)), "message"


def _payload(item: Item, about: dict[str, str], *, path: str = "/", count: int | None = None) -> str:
    title = _ISOLATED.format(item.speaker, item.title) if item.speaker and not item.bare and item.thread else item.title
    said = {
        "title": title[:160],
        "body": item.excerpt[:200],
        "url": links.absolute(item.path or path).removeprefix(settings.LINK_ORIGIN),
        "dir": "rtl" if translation.get_language_info(about["lang"])["bidi"] else "ltr",
        **about,
        **({"count": count} if count is not None else {}),
    }
    return json.dumps(said, ensure_ascii=False)


def _topic(device: Device, tag: str) -> str:
    """The same for what concerns the same thing on the same device. The push service learns from it neither what, nor who else is told of it."""
    return base64.urlsafe_b64encode(sha256(f"{device.auth}:{tag}".encode()).digest())[:32].decode()


def _left(parcels: Sequence[Parcel], results: dict[int, Result]) -> list[int]:
    """Whose devices were not reached, and may be later."""
    return sorted({one.device.user_id for one in parcels if results[one.device.pk].answer in (Answer.FAILED, Answer.LATER)})


def _note(results: dict[int, Result], *, count: bool) -> None:
    def those(*answers: Answer) -> list[int]:
        return [pk for pk, result in results.items() if result.answer in answers]

    failed = those(Answer.REFUSED, Answer.FAILED) if count else those(Answer.REFUSED)
    actions.answered(told=those(Answer.TOLD), gone=those(Answer.GONE), failed=failed)
