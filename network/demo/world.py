"""The whole demo world in its order."""

from __future__ import annotations

from django.utils import timezone

from network.demo import cast, circles, echo, figures, guides, imports, joining, life, mandates, registers, sites, talks, ties
from network.demo.story import tell


def come_alive() -> str:
    """Let happen what has not happened yet. Says in one sentence what was added."""
    began = timezone.now()
    accounts = cast.accounts()
    # Everything is planned first, from what is missing, and then happens in the order of its days.
    happened = tell(
        [
            *cast.arrivals(),
            *circles.openings(),
            *life.writings(),
            *joining.joinings(),
            *talks.talks(),
            *ties.ties(),
            *ties.offers(),
            *ties.follows(),
            *registers.standings(cast.MANAGER),
            *imports.lists(),
            *sites.sites(),
            *mandates.lives(),
            *guides.guides(),
        ]
    )
    if happened:
        life.last_words()
        talks.settle()
    marks = life.reading()
    if happened:
        echo.deliver_all(today=began)
    added = figures.websites() + figures.visits()
    if not (accounts or happened or marks or added):
        return "Demo world: complete."
    return f"Demo world: {accounts} accounts, {happened} things that happened."
