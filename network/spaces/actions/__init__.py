"""The only writers of this room's tables: of places and who is in them, of mandates, of invitations to them, of what is handed over."""

from network.spaces.actions.hand_overs import hand_over_items
from network.spaces.actions.invitations import accept_mandate, invite_by_mail, resend_invitation, revoke_invitation
from network.spaces.actions.mandates import end_mandate, extend_mandate, mandates_turn, name_mandate, remind_of_mandates
from network.spaces.actions.places import (
    accept,
    admit,
    answer_request,
    decline,
    describe,
    follow,
    hand_over,
    invite,
    remove,
    rights_changed,
    set_role,
    unfollow,
    withdraw_request,
)

__all__ = [
    "accept",
    "accept_mandate",
    "admit",
    "answer_request",
    "decline",
    "describe",
    "end_mandate",
    "extend_mandate",
    "follow",
    "hand_over",
    "hand_over_items",
    "invite",
    "invite_by_mail",
    "mandates_turn",
    "name_mandate",
    "remind_of_mandates",
    "remove",
    "resend_invitation",
    "revoke_invitation",
    "rights_changed",
    "set_role",
    "unfollow",
    "withdraw_request",
]
