"""The digest: what waits for an answer, replies, groups, whom one follows, what rooms add by name. One mail a working day, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from network import compiled
from network.spaces.actors import Actor
from notices import hours as clock
from notices import waiting, wishes
from notices.kinds import DAILY, OF_REASON, WEEKLY
from notices.mail import dates, items, links
from notices.mail.items import Bareness, Item
from notices.mail.letter import Letter
from notices.mail.render import render
from notices.models import Mail, Notice, Preferences
from notices.models.preferences import preferences_at_hand
from notices.queries import sayable

if TYPE_CHECKING:
    from notices.hours import Hours
    from notices.kinds import Wish
    from profiles.models import User

MOST_LINES = 5  # in a section; the rest stands behind a link
MOST_NOTICES = 300
OLDEST_DAYS = 14
LOOKED_BACK = 15  # digests: two weeks of days and one
# Which kinds of notice stand in which section, in the order of the mail (requirements, scenario 6); groups and follows come between.
REPLIES = ("mentions", "replies", "messages", "walls")
OTHERS = ("roles", "account")


@dataclass(slots=True)
class Section:
    name: str
    items: list[Item]
    more: str = ""
    more_path: str = "/notices/"
    counted: str = ""  # what the subject says of it


@dataclass(slots=True)
class Digest:
    """A digest before it is a mail: the preview shows the same."""

    user: User
    day: date
    hours: Hours
    owed: list[dict[str, Any]] = field(default_factory=list)
    owed_count: int = 0
    sections: list[Section] = field(default_factory=list)
    upto: datetime = field(default_factory=timezone.now)
    is_news: bool = False  # something is new since the last one: else it is not sent

    @property
    def subject(self) -> str:
        said = [section.counted for section in self.sections if section.counted]
        if self.owed_count:
            said.insert(
                0,
                ngettext("%(count)d waits for your answer", "%(count)d wait for your answer", self.owed_count) % {"count": self.owed_count},
            )
        words = pgettext("between items", ", ").join(said[:2]) or _("what is new")
        return dates.digits(_("Multaqa digest: %(what)s") % {"what": words}, self.user)


def compose(mail: Mail) -> Letter | None:
    """The digest of this row as it is now; None when nothing in it is new to the reader. What it tells of is claimed by it."""
    user = mail.user
    assert user is not None  # noqa: S101 -- a digest is a person's
    actor, preferences = Actor.of(user), preferences_at_hand(user)
    grid = wishes.mine(actor, preferences)
    about = mail.about
    earlier = _digests(user)
    if any(pk > mail.pk and state == Mail.State.WAITING for pk, state, _was in earlier):
        return None  # the mail server was away for a day: the newer one says it all
    since = _since(about, earlier)
    told = _claim(mail, actor, wishes.mailed(grid, *since))
    made = _made(actor, preferences, grid, told, since)
    made.day = date.fromisoformat(about["day"])
    if not made.is_news:
        return None
    mail.about = {**about, "upto": made.upto.isoformat()}  # where the next one begins
    return _letter(made, mail)


def preview(user: User, *, weekly: bool = True) -> Digest:
    """What the next digest would say if it were sent now; nothing is claimed."""
    actor, preferences = Actor.of(user), preferences_at_hand(user)
    now, grid = timezone.now(), wishes.mine(actor, preferences)
    theirs = clock.of(user, preferences)
    next_day = theirs.local(theirs.next_digest(now)).date()
    last = preferences.last_digest_at if preferences is not None else None
    week = theirs.at(theirs.week_began(next_day), datetime.min.time())
    about = {
        "since": (last or now - timedelta(days=1)).isoformat(),
        "weekly": weekly and (last is None or last < week),
        "week_since": (week - timedelta(days=7)).isoformat(),
    }
    since = _since(about, _digests(user))
    found = _waiting_notices(actor, wishes.mailed(grid, *since)).filter(mail=None)
    made = _made(actor, preferences, grid, list(_with_all(found)[:MOST_NOTICES]), since)
    made.day = next_day
    return made


def html_of(made: Digest) -> tuple[str, str]:
    """A digest's HTML and text."""
    return render("digest", _context(made))


def compose_test(mail: Mail) -> Letter | None:
    """A trial that the reader asked for: the next digest as it would be now; with nothing in it, that says so."""
    user = mail.user
    assert user is not None  # noqa: S101 -- a trial is a person's
    return _letter(preview(user), mail, trial=True)


# --- What is in it ---------------------------------------------------------------------------------------------------------


def _made(actor: Actor, preferences: Preferences | None, grid: dict[str, Wish], told: list[Notice], since: dict[str, datetime]) -> Digest:
    """`since`: from when on things are new, for each frequency that this digest is of."""
    user = actor.person
    theirs = clock.of(user, preferences)
    made = Digest(user, theirs.local(timezone.now()).date(), theirs)
    bareness = Bareness.of(preferences is not None and preferences.without_content, [*actor.roles, *(notice.space_id for notice in told)])
    _owe(made, actor, told, fresh_since=since[DAILY] if grid["waiting"].mail == DAILY else None)

    lines = items.of_notices(actor, [notice for notice in told if OF_REASON[notice.reason].code != "waiting"], bareness)
    codes = {notice.thread or f"notice.{notice.pk}": OF_REASON[notice.reason].code for notice in reversed(told)}
    by_code = [(codes.get(line.thread, "roles"), line) for line in lines]
    _add(made, _("Replies and mentions"), [line for code, line in by_code if code in REPLIES], _replies)
    places = [line for code, line in by_code if code == "places"]
    seen = {line.thread for line in lines}
    reading, unshown = items.Reading.of(actor, min(since.values())), 0
    if grid["places"].mail in since:
        when = since[grid["places"].mail]
        fresh = reading.in_my_places(when, _numbers(seen))
        places += items.of_topics(fresh[: MOST_LINES + 1], when, bareness, actor)
        unshown = len(fresh[MOST_LINES + 1 :])
        seen |= {topic.stream for topic, _count in fresh}
    _add(made, _("Your groups"), places, lambda count: _topics(count + unshown), more_path="/?scope=following")
    if grid["follows"].mail in since:
        when = since[grid["follows"].mail]
        followed = items.of_topics(reading.of_followed(when, _numbers(seen))[: MOST_LINES + 1], when, bareness, actor)
        _add(made, _("Whom you follow"), followed, None, more_path="/?scope=following")
    for name in settings.DIGEST_SECTIONS:
        if (section := import_string(name)(actor, since[DAILY])) is not None:
            made.sections.append(section)
            made.is_news = True
    _add(made, _("Your roles and your account"), [line for code, line in by_code if code in OTHERS], None)
    return made


Earlier = list[tuple[int, str, dict[str, Any]]]


def _digests(user: User) -> Earlier:
    """Number, state and window of this person's newest digests."""
    found = Mail.objects.filter(user=user, kind=Mail.Kind.DIGEST).order_by("-pk")
    return list(found.values_list("pk", "state", "about")[:LOOKED_BACK])


def _since(about: dict[str, Any], earlier: Earlier) -> dict[str, datetime]:
    """From when on things are new: from where the last digest that was sent ended, and the last weekly one; else as the window says."""
    since = {DAILY: datetime.fromisoformat(about["since"])}
    if about["weekly"]:
        since[WEEKLY] = datetime.fromisoformat(about["week_since"])
    open_ends = set(since)
    for _pk, state, was in earlier:
        if state == Mail.State.SENT and "upto" in was:
            for frequency in open_ends & ({DAILY, WEEKLY} if was["weekly"] else {DAILY}):
                since[frequency] = datetime.fromisoformat(was["upto"])
                open_ends.discard(frequency)
        elif DAILY in open_ends and "since" in was:
            since[DAILY] = min(since[DAILY], datetime.fromisoformat(was["since"]))  # it had nothing to say, or never went
    oldest = timezone.now() - timedelta(days=OLDEST_DAYS)
    return {frequency: max(moment, oldest) for frequency, moment in since.items()}


def _owe(made: Digest, actor: Actor, told: list[Notice], *, fresh_since: datetime | None) -> None:
    """What waits stands on top as it is now; it alone makes a digest only when it is new and was not mailed by itself."""
    owed = waiting.of(actor)
    made.owed_count = len(owed)
    made.owed = [
        {
            "sentence": one.sentence,
            "words": items.plain(one.sentence),
            "path": one.path,
            "deadline": _("until %(day)s") % {"day": dates.moment_of(one.deadline, made.user, made.hours)} if one.deadline else "",
        }
        for one in owed[:MOST_LINES]
    ]
    if fresh_since is not None and any(one.at > fresh_since for one in owed):
        made.is_news = True


def _add(made: Digest, name: str, lines: list[Item], counted: Callable[[int], str] | None, *, more_path: str = "/notices/") -> None:
    if not lines:
        return
    more = _("And more, on the platform") if len(lines) > MOST_LINES else ""
    made.sections.append(Section(name, lines[:MOST_LINES], more, more_path, counted(len(lines)) if counted else ""))
    made.is_news = True


def _replies(count: int) -> str:
    return ngettext("%(count)d reply or mention", "%(count)d replies and mentions", count) % {"count": count}


def _topics(count: int) -> str:
    return ngettext("%(count)d topic in your groups", "%(count)d topics in your groups", count) % {"count": count}


def _numbers(threads: set[str]) -> list[int]:
    return [int(thread.partition(".")[2]) for thread in threads if thread.startswith("topic.")]


def _waiting_notices(actor: Actor, codes: set[str]) -> Any:
    old = timezone.now() - timedelta(days=OLDEST_DAYS)
    # What is mailed by itself (mail_due) has a mail of its own, be it in quiet hours.
    fresh = sayable(actor).filter(unread=True, done=False, snoozed_until=None, mail_due=None, timestamp__gt=old)
    return fresh.filter(reason__in=wishes.reasons(codes))


def _with_all(found: Any) -> Any:
    return found.select_related("activity__actor__page", "activity__on_behalf_of", "space").order_by("-timestamp", "-pk")


@transaction.atomic
def _claim(mail: Mail, actor: Actor, codes: set[str]) -> list[Notice]:
    """The notices that this digest tells of, newest first: those nobody was mailed of yet, and, after a crash, those it had claimed."""
    if not _has_any(mail):
        return []
    found = list(_with_all(_waiting_notices(actor, codes).filter(Q(mail=None) | Q(mail=mail)))[:MOST_NOTICES])
    fresh = [notice.pk for notice in found if notice.mail_id is None]
    if fresh:
        taken = set(fresh)
        Notice.objects.filter(pk__in=fresh, mail=None).update(mail=mail)
        if len(taken) != Notice.objects.filter(pk__in=fresh, mail=mail).count():  # another mail was quicker with some of them
            mine = set(Notice.objects.filter(pk__in=fresh, mail=mail).values_list("pk", flat=True))
            found = [notice for notice in found if notice.mail_id is not None or notice.pk in mine]
    return found


def _has_any(mail: Mail) -> bool:
    """Whether there is anything to ask rights for: most mornings, of most people, there is not."""
    sql = "SELECT 1 FROM notices_notice WHERE recipient_id = %s AND unread AND (mail_id IS NULL OR mail_id = %s) AND timestamp > %s LIMIT 1"
    return bool(compiled.ask(sql, mail.user_id, mail.pk, timezone.now() - timedelta(days=OLDEST_DAYS)))


# --- The mail itself ---------------------------------------------------------------------------------------------------------
def _letter(made: Digest, mail: Mail, *, trial: bool = False) -> Letter:
    html, text = html_of(made)
    subject = _("Trial: %(subject)s") % {"subject": made.subject} if trial else made.subject
    return Letter(subject, text, html, headers=links.stop_headers(made.user, [links.DIGEST]))


def _context(made: Digest) -> dict[str, Any]:
    user = made.user
    more = made.owed_count - len(made.owed)
    return {
        "subject": made.subject,
        "preheader": _preheader(made),
        "day": dates.day_of(made.day, user),
        "for_whom": user.page.name,
        "owed": made.owed,
        "owed_head": ngettext("%(count)d thing waits for your answer", "%(count)d things wait for your answer", made.owed_count)
        % {"count": made.owed_count},
        "owed_more": ngettext("And %(count)d more", "And %(count)d more", more) % {"count": more} if more > 0 else "",
        "sections": made.sections,
        "empty": not made.is_news,
        "when": dates.digits(
            _("This digest comes on working days at %(hour)s, when something is new.") % {"hour": f"{made.hours.digest_at:%H:%M}"}, user
        ),
        "weekly_url": links.weekly_url(user),
        "stop_url": links.stop_url(user, [links.DIGEST]),
    }


def _preheader(made: Digest) -> str:
    titles = [item.title for section in made.sections for item in section.items][:3]
    return pgettext("between items", ", ").join(titles)
