"""GET /live/: what changed after the versions a page knows? State, not events: it converges whatever was lost."""

from collections.abc import Callable

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chat.models import Conversation, Message
from chat.queries import reads, shown
from forums.models import Post
from network.live import PROTOCOL
from network.requests import Request, as_number
from network.spaces.actors import Actor
from realtime import streams
from realtime.broadcast import FRAGMENT
from realtime.models import Epoch

MOST_ROWS = 200
MOST_STREAMS = 30


@require_GET
@never_cache
def catch_up(request: Request) -> HttpResponse:
    """`?topic.42=17&user.3=0&lang=ar&epoch=…` → for each stream `{"head", "rows"}`, `{"gone": true}` or `{"reload": true}`."""
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    asked = [(name, str(value)) for name, value in request.GET.items() if name not in ("lang", "epoch", "v")]
    if language not in dict(settings.LANGUAGES) or len(asked) > MOST_STREAMS:
        return JsonResponse({"error": "bad-request"}, status=400)
    epoch = Epoch.now()
    known = request.GET.get("epoch", "")
    answer: dict[str, object] = {"v": PROTOCOL, "epoch": epoch, "streams": {}}
    if known and known != epoch:
        answer["reload"] = True
        return JsonResponse(answer)
    found: dict[str, object] = {}
    for name, value in asked:
        stream = streams.parse(f"{name}/{language}" if name.partition(".")[0] in streams.SPOKEN else name)
        after = as_number(value, digits=9)
        if after is None:
            return JsonResponse({"error": "bad-request"}, status=400)
        grant = streams.authorise(request.actor, stream) if stream else None
        if grant is None or stream is None:
            found[name] = {"gone": True}
        elif grant.version is None:
            found[name] = {}
        else:
            changes = _CHANGES[stream.kind]
            found[name] = changes(request.actor, stream.number, after, grant.version, language)
    answer["streams"] = found
    return JsonResponse(answer)


def topic_changes(actor: Actor, topic_id: int, after: int, head: int, language: str) -> dict[str, object]:
    """Every row of the topic that changed after that version, as it is now, in the order of the page."""
    if after > head:  # the page knows more than the database: a backup was restored
        return {"reload": True, "head": head}
    if after == head:
        return {"head": head, "rows": []}
    changed = Post.objects.filter(Q(topic=topic_id), version__gt=after).with_author().with_topic().order_by("number")
    posts = list(changed[: MOST_ROWS + 1])
    if len(posts) > MOST_ROWS:
        return {"reload": True, "head": head}
    render = import_string(FRAGMENT)
    rows = [
        {"op": "append", "id": post.element_id, "number": post.number, "version": post.version, "html": render(post, language)}
        for post in posts
    ]
    return {"head": head, "rows": rows}


def conversation_changes(actor: Actor, conversation_id: int, after: int, head: int, language: str) -> dict[str, object]:
    """Every message that changed after that version, as it is now, of those this reader may see; and how far each person has read."""
    if after > head:
        return {"reload": True, "head": head}
    conversation = Conversation.objects.with_participants().get(pk=conversation_id)
    first = conversation.seen_from(actor)
    if first is None:  # taken out between the door and here
        return {"gone": True}
    answer: dict[str, object] = {"head": head, "rows": [], "reads": reads(conversation)}
    if after == head:
        return answer
    changed = Message.objects.filter(conversation=conversation, version__gt=after, number__gte=first).with_author().order_by("number")
    messages = list(changed[: MOST_ROWS + 1])
    if len(messages) > MOST_ROWS:
        return {"reload": True, "head": head}
    answer["rows"] = [
        {"op": "append", "id": message.element_id, "number": message.number, "version": message.version, "html": one.html}
        for message, one in zip(messages, shown(actor, _of(conversation, messages), language), strict=True)
    ]
    return answer


def _of(conversation: Conversation, messages: list[Message]) -> list[Message]:
    for message in messages:
        message.conversation = conversation
    return messages


_CHANGES: dict[str, Callable[[Actor, int, int, int, str], dict[str, object]]] = {
    "topic": topic_changes,
    "conversation": conversation_changes,
}
