"""From an activity to frames: right after commit, a post's fragment once for each language that somebody hears, and hints.

Which languages are heard Redis says itself (`PUBSUB NUMSUB`, for each language's channel); without Redis the hub of this process knows.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from chat.fragments import message_html
from chat.models import Conversation, Message
from chat.queries import people_of
from forums.models import Post, Topic
from network import live
from network.activity.models import Activity
from network.content import Audience
from realtime.streams import level_of

logger = logging.getLogger(__name__)

FRAGMENT = "forums.fragments.post_html"  # (post, language) -> html; by name, so that a stream's fragment is found like a template


def announce(activity: Activity) -> None:
    """Tell every open page that something happened. Called after commit, in the request's thread; quick, and never raises."""
    try:
        frames: list[tuple[str, live.Frame]] = []
        thing = activity.object
        if isinstance(thing, Message | Conversation):
            live.publish_all(conversation_frames(activity, thing))
            return
        post = thing if isinstance(thing, Post) else None
        topic = post.topic if post is not None else thing if isinstance(thing, Topic) else None
        if post is not None:
            frames += post_frames(post, op="append" if activity.verb == "replied" else "replace")
            if activity.data.get("before"):  # the answer accepted until now has changed with it
                former = Post.objects.with_author().with_topic().filter(pk=activity.data["before"]).first()
                frames += post_frames(former, op="replace") if former is not None else []
        elif topic is not None:
            frames.append((topic.stream, {"type": "head", "version": topic.version}))
        if topic is not None and activity.verb in TOPIC_CHANGES:  # what stands round the posts is asked for anew
            frames.append((topic.stream, {"type": "hint", "kind": "topic"}))
        frames += hints(activity)
        changed = {topic.stream, f"space.{topic.space_id}", f"board.{topic.board_id}", "feed"} if topic is not None else set()
        if activity.space_id:
            changed.add(f"space.{activity.space_id}")
        changed.update(getattr(thing, "listed_on", ()))
        live.publish_all(frames, changed=changed)
        # Who may see it may have changed with it: every listener is asked at the door again.
        if topic is not None and (activity.verb in TOPIC_NARROWS or topic.deleted_at is not None):
            live.withdraw(stream=topic.stream)
        elif activity.verb in SPACE_NARROWS and activity.space_id:
            live.withdraw(space_id=activity.space_id)
    except Exception:
        logger.exception("An activity could not be announced; pages catch up by themselves.")


TOPIC_CHANGES = {"closed", "reopened", "pinned", "unpinned", "retitled", "answered", "unanswered", "restored_topic"}
TOPIC_NARROWS = {"deleted_topic", "restored_topic", "moved"}
SPACE_NARROWS = {"edited_board"}


def post_frames(post: Post, *, op: str) -> list[tuple[str, live.Frame]]:
    """One frame a language that is heard; and, for pages whose language could not be told, nothing: the heartbeat heals them."""
    stream = post.topic.stream
    heard = live.listened(f"{stream}/{code}" for code, _name in settings.LANGUAGES)
    render: Callable[[Post, str], str] = import_string(FRAGMENT)
    frames: list[tuple[str, live.Frame]] = []
    for code, _name in settings.LANGUAGES:
        if f"{stream}/{code}" in heard:
            frame = {"op": op, "id": post.element_id, "number": post.number, "version": post.version, "html": render(post, code)}
            frames.append((f"{stream}/{code}", frame))
    return frames


def conversation_frames(activity: Activity, thing: Message | Conversation) -> list[tuple[str, live.Frame]]:
    """A message in each language that is heard, the new head for all, and a hint to everybody who takes part.

    What somebody who came later may not see never travels as text: then there is only the head, and each asks with their own rights.
    """
    conversation = thing.conversation if isinstance(thing, Message) else thing
    stream, frames = conversation.stream, list[tuple[str, live.Frame]]()
    if isinstance(thing, Message) and thing.number >= conversation.shared_from and not thing.requoted:
        channels = {code: conversation.channel(code) for code, _name in settings.LANGUAGES}
        heard = live.listened(channels.values())
        for code, channel in channels.items():
            if channel in heard:
                html = message_html(thing, code)
                op = "append" if thing.number == conversation.last_number else "replace"
                frames.append((channel, {"op": op, "id": thing.element_id, "number": thing.number, "version": thing.version, "html": html}))
    else:
        frames.append((stream, {"type": "head", "version": conversation.version}))
    hint = {"type": "hint", "kind": "chat", "conversation": conversation.pk, "quiet": activity.verb != "said", "passing": True}
    if conversation.kind == Conversation.Kind.GROUP:
        frames.append((f"space.{conversation.space_id}/chat", hint))
    else:
        frames += [(f"user.{user_id}", hint) for user_id in people_of(conversation)]
    return frames


def hints(activity: Activity) -> list[tuple[str, live.Frame]]:
    """ "Something is new": to the space's listeners whose audience covers it, and to the feed. Never what, never who."""
    level = level_of(activity.reach) if activity.space_id else ""
    if not level or activity.verb in QUIET:
        return []
    hint = {"type": "hint", "kind": "activity", "space": activity.space_id}
    found: list[tuple[str, live.Frame]] = [(f"space.{activity.space_id}/{level}", hint)]
    if activity.reach <= Audience.NETWORK:
        found.append((f"feed/{level}", {"type": "hint", "kind": "activity"}))
    return found


# What changes no list and deserves no "1 new".
QUIET = {
    "reacted", "unreacted", "edited", "retitled", "deleted", "restored", "deleted_topic", "restored_topic",
    "pinned", "unpinned", "answered", "unanswered", "closed", "reopened", "opened_board", "edited_board",
}  # fmt: skip
