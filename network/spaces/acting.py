"""In whose name a form was sent: the person's own, or an institution's for which they still hold a mandate."""

from django.core.exceptions import PermissionDenied

from network.permissions import SENTENCES, check
from network.requests import Request, as_number
from network.spaces.actors import Actor

FIELD = "on_behalf_of"  # as templates/components/as_selector.html posts it


def speaking(request: Request) -> Actor:
    """The actor in the name chosen in the form: `on_behalf_of` (or `as`) is an institution's number, or "" for oneself.

    PermissionDenied, with a sentence that says the text is kept, when no current mandate allows it: it may have ended
    between opening the form and sending it.
    """
    chosen = request.POST.get(FIELD, request.POST.get("as", "")).strip()
    actor = request.actor
    if not chosen:
        return actor.speaking_for(None)
    number = as_number(chosen)
    if number is None:
        raise PermissionDenied(SENTENCES["entity.speak"])
    spoken = actor.speaking_for(number)
    check(spoken, "entity.speak", spoken.entity)
    return spoken
