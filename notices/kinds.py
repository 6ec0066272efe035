"""Which kinds of notice there are, what each is for, and what is usual: the one table behind the grid of settings.

A kind gathers reasons (`Notice.reason`). A channel in `fixed` cannot be changed; a kind that is not `noticed` has no rows of its own and
stands in digests only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notices.models import Channel, Frequency

if TYPE_CHECKING:
    from network.spaces.actors import Actor

NONE, NOW, HOURLY, DAILY, WEEKLY = Frequency.NONE, Frequency.NOW, Frequency.HOURLY, Frequency.DAILY, Frequency.WEEKLY
SHOWN, MAIL, PUSH = Channel.SHOWN, Channel.MAIL, Channel.PUSH
HEAD, OFFICER, MEMBER, FRESH = "head", "officer", "member", "fresh"


@dataclass(frozen=True, slots=True)
class Wish:
    """How one kind of notice reaches one person."""

    shown: bool = True
    mail: str = DAILY
    push: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    name: Promise
    about: Promise
    reasons: tuple[str, ...]
    shown: bool | None  # None: this kind has no notices of its own
    mail: tuple[str, str, str, str]  # the usual of a head, an officer, a member, a fresh account
    push: bool | None = False
    fixed: frozenset[str] = frozenset()
    mails: tuple[str, ...] = (NONE, NOW, HOURLY, DAILY, WEEKLY)  # what may be chosen

    def usual(self, role: str) -> Wish:
        return Wish(bool(self.shown), self.mail[ROLES.index(role)], bool(self.push))

    @property
    def channels(self) -> tuple[str, ...]:
        """Those it has at all."""
        return tuple(channel for channel, has in ((SHOWN, self.shown), (MAIL, True), (PUSH, self.push)) if has is not None)


ROLES = (HEAD, OFFICER, MEMBER, FRESH)

KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "waiting",
            _("What waits for your answer"),
            _("Requests, invitations, and later circulars and votes"),
            ("request", "invitation", "handed", "confirmation", "tie_request", "question", "application_waits"),
            shown=True,
            mail=(NOW, NOW, NOW, NOW),
            push=True,
            fixed=frozenset({SHOWN}),
        ),
        Kind(
            "mentions",
            _("Mentions of you or your institution"),
            _("Someone names or quotes you, in a topic or a conversation"),
            ("mention", "chat_mention", "quote"),
            shown=True,
            mail=(HOURLY, NOW, NOW, NOW),
            push=True,
        ),
        Kind(
            "replies",
            _("Replies to you, and in topics you watch"),
            _("Also when your post is marked as the answer"),
            ("reply", "answer"),
            shown=True,
            mail=(WEEKLY, DAILY, DAILY, DAILY),
        ),
        Kind(
            "messages",
            _("Direct messages"),
            _("On the platform the counter of conversations tells you"),
            ("message",),
            shown=None,
            mail=(NONE, HOURLY, HOURLY, HOURLY),
            push=True,
            mails=(NONE, NOW, HOURLY),
        ),
        Kind(
            "walls",
            _("Posts on a wall you look after"),
            _("Of your institution, your group or your own page"),
            ("wall",),
            shown=True,
            mail=(WEEKLY, DAILY, DAILY, DAILY),
        ),
        Kind(
            "places",
            pgettext_lazy("kind of notice", "Your groups"),
            _("New topics and posts, as far as you chose for each group"),
            ("topic", "post"),
            shown=True,
            mail=(WEEKLY, DAILY, DAILY, WEEKLY),
        ),
        Kind(
            "follows",
            _("Whom you follow"),
            _("New topics and posts of people and institutions"),
            (),
            shown=None,
            mail=(WEEKLY, DAILY, WEEKLY, WEEKLY),
            push=None,
            mails=(NONE, DAILY, WEEKLY),
        ),
        Kind(
            "roles",
            _("Your roles and memberships"),
            _("You are named, let in, or no longer a member; a mandate begins or ends"),
            (
                "application_receipt",
                "approved",
                "declined",
                "mandate",
                "mandate_lapsing",
                "own_lapsing",
                "taken_up",
                "named",
                "removed",
                "tie",
                "question_copy",
                "application_news",
                "standing",
            ),
            shown=True,
            mail=(NOW, NOW, NOW, NOW),
            fixed=frozenset({SHOWN}),
        ),
        Kind(
            "newsletter",
            _("Letters of the secretariat"),
            _("A few times a year, to the institutions they concern"),
            (),
            shown=None,
            mail=(NOW, NOW, NOW, NOW),
            push=None,
            mails=(NONE, NOW),
        ),
        Kind(
            "account",
            _("Your account and your address"),
            _("Mail that does not reach you, or a colleague of your institution"),
            ("mail_paused", "colleague_paused"),
            shown=True,
            mail=(NONE, NONE, NONE, NONE),
            fixed=frozenset({SHOWN, MAIL}),
            mails=(NONE,),
        ),
    )
}
OF_REASON = {reason: kind for kind in KINDS.values() for reason in kind.reasons}

# Why what is fixed cannot be changed, beside it.
FIXED = {
    "waiting": _("Somebody waits for you: it always stands on the platform."),
    "roles": _("What you may do has changed: it always stands on the platform."),
    "account": _("It always stands on the platform, and is never mailed: mail is what does not arrive."),
}
# What each frequency will do, in a sentence under the grid.
SENTENCES = {
    NONE: _("No mail. It waits for you on the platform."),
    NOW: _("One mail within a minute or two, unless you have seen it here by then. Not in your quiet hours: then it comes when they end."),
    HOURLY: _("One mail at the full hour with all that came, if you have not seen it by then."),
    DAILY: _("In the digest of each working day, with everything else of that day."),
    WEEKLY: _("In the digest of the first working day of your week."),
}
LEVELS = {
    "muted": _("Nothing comes from here, not even mentions. What waits for your answer still comes."),
    "normal": _("You are told when someone mentions you or replies to you. New topics stand in your digest."),
    "tracking": _("You are also told of each new topic, once."),
    "watching": _("You are told of each new topic and of each reply."),
}


def role_of(actor: Actor) -> str:
    """Whose usual holds: of a head of an institution, of whoever speaks for one, of a member of the network, of a fresh account."""
    if any(mandate.is_head for mandate in actor.mandates.values()):
        return HEAD
    if actor.mandates:
        return OFFICER
    return MEMBER if actor.is_networked else FRESH
