"""Asking other websites for news, by the clock."""

from __future__ import annotations

from django.utils import timezone

from network.activity.jobs import job
from network.activity.recording import later_all
from network.feeds import actions
from network.feeds.models import ExternalFeed

AT_ONCE = 200


@job("feeds.due")
def due() -> None:
    """One job a feed that is due: a website that hangs holds up no other."""
    found = ExternalFeed.objects.due(timezone.now()).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE]
    later_all("feeds.fetch", [(f"feeds.fetch:{pk}", {"feed_id": pk}) for pk in found])


@job("feeds.fetch")
def fetch(feed_id: int) -> None:
    """Called twice it asks twice, and keeps nothing twice."""
    feed = ExternalFeed.objects.due(timezone.now()).filter(pk=feed_id).first()
    if feed is not None:
        actions.refresh(feed)
