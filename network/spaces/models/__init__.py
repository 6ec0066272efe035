"""Where things live, who is in, who asks or is asked in (places); who speaks for an institution (mandates)."""

from network.spaces.models.mandates import HandOver, Mandate, MandateInvitation, MandateQuerySet, Recognition, usual_scope
from network.spaces.models.places import (
    FALLBACK,
    Country,
    Field,
    Follow,
    Invitation,
    JoinRequest,
    Membership,
    Role,
    Space,
    SpaceQuerySet,
    counted,
    in_language,
)

__all__ = [
    "FALLBACK",
    "Country",
    "Field",
    "Follow",
    "HandOver",
    "Invitation",
    "JoinRequest",
    "Mandate",
    "MandateInvitation",
    "MandateQuerySet",
    "Membership",
    "Recognition",
    "Role",
    "Space",
    "SpaceQuerySet",
    "counted",
    "in_language",
    "usual_scope",
]
