"""How a kind of notice reaches a person: what they chose, else the usual of their role. Presets fill the grid at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.kinds import DAILY, KINDS, MAIL, NONE, NOW, PUSH, ROLES, SHOWN, WEEKLY, Kind, Wish, role_of
from notices.models import Preferences

if TYPE_CHECKING:
    from network.spaces.actors import Actor

Choices = Mapping[str, Mapping[str, Any]]

# Name and sentence of each preset; "usual" is no choice at all.
PRESETS: dict[str, tuple[Promise, Promise]] = {
    "all": (
        _("Everything"),
        _("Whatever concerns you, mailed at once and shown on your devices; your groups and whom you follow every day"),
    ),
    "usual": (_("The usual"), _("What waits for you and mentions at once, the rest in one digest, never the same twice")),
    "least": (_("The least"), _("Mail only for what waits for your answer and for your roles; everything else stays on the platform")),
}


def of(choices: Choices, role: str, kind: Kind) -> Wish:
    """What holds for one kind. Chosen values that the kind no longer offers are ignored."""
    usual, chosen = kind.usual(role), choices.get(kind.code, {})
    return replace(usual, **{channel: value for channel, value in chosen.items() if _may(kind, channel, value)})


def all_of(choices: Choices, role: str) -> dict[str, Wish]:
    """The whole grid."""
    return {code: of(choices, role, kind) for code, kind in KINDS.items()}


def mine(actor: Actor, preferences: Preferences | None) -> dict[str, Wish]:
    """The grid of this person."""
    return all_of(preferences.choices if preferences is not None else {}, role_of(actor))


def differing(grid: Mapping[str, Wish], role: str) -> dict[str, dict[str, Any]]:
    """What of a grid differs from the usual: that alone is kept, so that a better usual reaches everybody who chose nothing."""
    kept: dict[str, dict[str, Any]] = {}
    for code, wish in grid.items():
        usual, chosen = asdict(KINDS[code].usual(role)), asdict(wish)
        if other := {
            channel: chosen[channel]
            for channel in chosen
            if chosen[channel] != usual[channel] and _may(KINDS[code], channel, chosen[channel])
        }:
            kept[code] = other
    return kept


def preset(name: str, role: str) -> dict[str, dict[str, Any]]:
    """The choices that a preset makes. KeyError for one that does not exist."""
    PRESETS[name]
    grid = {}
    for code, kind in KINDS.items():
        wish = kind.usual(role)
        if name == "all":
            quick = NOW if code not in ("places", "follows", "walls") else DAILY
            wish = replace(wish, mail=quick if quick in kind.mails else wish.mail, push=PUSH in kind.channels)
        elif name == "least" and code not in ("waiting", "roles"):
            wish = replace(wish, mail=NONE, push=False)
        grid[code] = wish
    return differing(grid, role)


def preset_of(choices: Choices, role: str) -> str:
    """Which preset these choices are, or nothing when they are the person's own."""
    return next((name for name in PRESETS if preset(name, role) == choices), "")


def mailed(grid: Mapping[str, Wish], *frequencies: str) -> set[str]:
    """The kinds that are mailed so often."""
    return {code for code, wish in grid.items() if wish.mail in frequencies}


def reasons(codes: Iterable[str]) -> list[str]:
    return [reason for code in codes for reason in KINDS[code].reasons]


def _may(kind: Kind, channel: str, value: Any) -> bool:
    if channel in kind.fixed or channel not in kind.channels:
        return False
    return value in kind.mails if channel == MAIL else isinstance(value, bool)


__all__ = ["PRESETS", "ROLES", "SHOWN", "WEEKLY", "all_of", "differing", "mailed", "mine", "of", "preset", "preset_of", "reasons"]
