"""Each request carries its actor."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from network.spaces.actors import Actor


class ActorMiddleware:
    """`request.actor`. The institution to write for comes with the form (`as`), never from the session.

    Whoever reads a page with a session is needed by it, and read at once: behind a lazy object each look at the actor, some sixty a page, took
    another way round (6 % of a page). A form is another matter: it may sign somebody in or out, and who asks afterwards means the new one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            request.actor = Actor.of(get_user(request)) if settings.SESSION_COOKIE_NAME in request.COOKIES else Actor.nobody()  # type: ignore[attr-defined]
        else:
            request.actor = SimpleLazyObject(lambda: Actor.of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
