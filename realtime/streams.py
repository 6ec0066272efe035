"""Which streams there are, and who may hear what.

A client names a stream (`topic.42/ar`, `space.7`, `feed`, `user.3`); a Grant says which channels of the hub that means for this
actor, and until when. Hints have one channel for each audience, so nobody learns even the moment of what they may not see.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from chat.models import Conversation
from forums.models import Topic
from network.content import Audience
from network.permissions import can
from network.spaces.actors import Actor
from network.spaces.models import Space
from realtime.models import Epoch

LEVELS = {Audience.PUBLIC: "public", Audience.NETWORK: "network", Audience.MEMBERS: "members", Audience.MANAGERS: "managers"}
SPOKEN = ("topic", "conversation")  # streams that carry fragments, in each language apart
_NAME = re.compile(r"(?:(feed)|(topic|space|user|conversation)\.([1-9][0-9]{0,17}))(?:/([a-z]{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's name, taken apart."""

    kind: str
    number: int = 0
    language: str = ""

    @property
    def base(self) -> str:
        return f"{self.kind}.{self.number}" if self.number else self.kind


@dataclass(frozen=True, slots=True)
class Grant:
    """What hearing a stream means for one actor: the hub's channels, the space behind it, the instant at which it ends."""

    channels: tuple[str, ...]
    version: int | None = None  # of the stream as it stands, where it has one
    space_id: int | None = None
    until: datetime | None = None
    talks: bool = field(default=False)  # may say "typing" and "here" on it


def parse(name: str) -> Stream | None:
    """The stream of this name, or None when there cannot be one."""
    found = _NAME.fullmatch(name) if len(name) <= 40 else None
    if found is None:
        return None
    feed, kind, number, language = found.groups()
    spoken = kind in SPOKEN
    if spoken != bool(language) or (spoken and language not in dict(settings.LANGUAGES)):
        return None
    return Stream(feed or kind, int(number or 0), language or "")


def authorise(actor: Actor, stream: Stream) -> Grant | None:
    """May this actor hear it now? None is "gone": not allowed and not there are the same answer."""
    return _KINDS[stream.kind](actor, stream)


def heads(wanted: Mapping[str, set[int]]) -> tuple[str, dict[str, int]]:
    """The epoch, and the present version of each stream asked for: one query a kind. Kinds without versions are passed over."""
    found: dict[str, int] = {}
    if topics := wanted.get("topic"):
        found.update((f"topic.{pk}", version) for pk, version in Topic.objects.filter(pk__in=topics).values_list("pk", "version"))
    if talks := wanted.get("conversation"):
        rows = Conversation.objects.filter(pk__in=talks).values_list("pk", "version")
        found.update((f"conversation.{pk}", version) for pk, version in rows)
    return Epoch.now(), found


def level_of(reach: int) -> str:
    """The hint channel's last word for this audience; "" for what no hint may speak of."""
    return LEVELS.get(Audience(reach), "")


def _topic(actor: Actor, stream: Stream) -> Grant | None:
    topic = Topic.objects.visible_to(actor).select_related("space").filter(pk=stream.number).first()
    if topic is None or not can(actor, "topic.view", topic):
        return None
    # The plain channel carries heads; who is signed in also hears who types and who is here.
    channels = [f"{stream.base}/{stream.language}", stream.base]
    if actor.user_id is not None:
        channels.append(f"{stream.base}/people")
    return Grant(
        tuple(channels),
        topic.version,
        topic.space_id,
        _until(actor, topic.reach),
        talks=actor.user_id is not None and can(actor, "topic.reply", topic),
    )


def _space(actor: Actor, stream: Stream) -> Grant | None:
    space = Space.objects.visible_to(actor).filter(pk=stream.number).first()
    if space is None or not can(actor, "space.view", space):
        return None
    most = Audience.NETWORK if actor.is_networked else Audience.PUBLIC
    role = actor.roles.get(space.pk)
    if role in ("owner", "moderator") or actor.looks_over(space):
        most = Audience.MANAGERS
    elif role is not None:
        most = Audience.MEMBERS
    channels = tuple(f"{stream.base}/{word}" for level, word in LEVELS.items() if level <= most)
    return Grant(channels, None, space.pk, actor.until)


def _feed(actor: Actor, stream: Stream) -> Grant:
    """The feed hints at what is new for this actor: what all may see, what the network may, and what their own spaces say inside."""
    channels = ["feed/public"]
    if actor.is_networked:
        channels.append("feed/network")
    for space_id, role in actor.roles.items():
        channels.append(f"space.{space_id}/members")
        if role != "member":
            channels.append(f"space.{space_id}/managers")
    return Grant(tuple(channels), None, None, actor.until)


def _conversation(actor: Actor, stream: Stream) -> Grant | None:
    conversation = Conversation.objects.visible_to(actor).with_participants().filter(pk=stream.number).first()
    if conversation is None or not can(actor, "conversation.view", conversation):
        return None
    channels = (conversation.channel(stream.language), stream.base, f"{stream.base}/people")
    # The space of a group's room: whoever is removed from the group is asked again here too.
    return Grant(channels, conversation.version, conversation.space_id, actor.until, talks=can(actor, "conversation.speak", conversation))


def _user(actor: Actor, stream: Stream) -> Grant | None:
    """What concerns this person alone, and that something was said in the rooms of their groups."""
    if actor.user_id != stream.number:
        return None
    return Grant((stream.base, *(f"space.{space.pk}/chat" for space in actor.groups)), until=actor.until)


def _until(actor: Actor, reach: int) -> datetime | None:
    # What everybody may see needs no right that could end.
    return None if reach == Audience.PUBLIC else actor.until


_KINDS: dict[str, Callable[[Actor, Stream], Grant | None]] = {
    "topic": _topic,
    "space": _space,
    "feed": _feed,
    "user": _user,
    "conversation": _conversation,
}
