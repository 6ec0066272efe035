"""One process serves both: pages by one thread hop into Django's WSGI application, sockets by one Channels consumer."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()

from channels.routing import URLRouter  # noqa: E402 -- apps must be ready
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from insights import counting  # noqa: E402
from network.http import Front, Hop, Receive, Scope, Send  # noqa: E402
from realtime.consumers import Consumer  # noqa: E402

if settings.REDIS_URL:
    # Before threads ask for it all at once: its modules import one another in a circle, and one of the askers would be refused.
    import redis.asyncio  # noqa: F401

front = Front(Hop(wsgi, settings.HTTP_THREADS), on_visit=counting.saw)
sockets = URLRouter([path("live/socket/", Consumer.as_asgi())])


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await front(scope, receive, send)
    elif scope["type"] == "websocket":
        try:
            await sockets(scope, receive, send)
        except ValueError:  # no such address for a socket
            await send({"type": "websocket.close"})
    elif scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
