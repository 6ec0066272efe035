"""Who gets a mail now: notices that are mailed by themselves, and digests whose hour has come. Any number of workers may ask at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from network.activity.recording import later
from notices import hours
from notices.actions.preferences import meet
from notices.mail import outbox
from notices.models import Mail, Notice, Preferences

AT_ONCE = 200  # people in one round; more, and the next follows at once


def gather(now: datetime | None = None) -> int:
    """Make mails of what may be mailed by itself by now and is still unread; in quiet hours it waits for their end. Returns how many mails."""
    now = now or timezone.now()
    meet()  # whoever has no preferences yet has quiet hours all the same
    due = Notice.objects.filter(mail_due__lte=now, mail=None)
    # Read meanwhile, or done with: nobody needs a mail of it.
    due.filter(unread=False).update(mail_due=None)
    waiting = list(due.filter(unread=True).values_list("recipient").annotate(newest=Max("pk")).order_by("recipient")[:AT_ONCE])
    kept = Preferences.objects.select_related("user__page__country").in_bulk([user_id for user_id, _newest in waiting])
    count = 0
    for user_id, newest in waiting:
        preferences = kept.get(user_id)
        if preferences is not None:
            open_at = hours.of(preferences.user, preferences).open(now)
            if open_at > now:
                due.filter(recipient=user_id).update(mail_due=open_at)
                continue
        count += _mail_to(user_id, newest, now)
    if len(waiting) == AT_ONCE:
        later("mail.rounds", unique_key=f"mail.rounds:{newest}")
    return count


@transaction.atomic
def _mail_to(user_id: int, newest: int, now: datetime) -> int:
    """One mail with all that waits for a person: claimed in the same transaction, so that no digest tells it again."""
    key = f"notices:{user_id}:{newest}"
    Mail.objects.bulk_create([Mail(kind=Mail.Kind.NOTICES, key=key, user_id=user_id)], ignore_conflicts=True)
    mail = Mail.objects.get(key=key)
    claimed = Notice.objects.filter(recipient=user_id, mail_due__lte=now, mail=None, unread=True, pk__lte=newest).update(
        mail=mail, mail_due=None
    )
    if claimed and mail.state == Mail.State.WAITING:
        outbox.queue([mail])
        return 1
    return 0


def open_windows(now: datetime | None = None) -> int:
    """Ask for the digest of everybody whose hour has come, once a local day; returns how many were asked for."""
    now = now or timezone.now()
    meet()
    with transaction.atomic():
        found = Preferences.objects.filter(next_digest_at__lte=now, user__is_active=True, user__page__isnull=False)
        found = found.select_related("user__page__country").order_by("next_digest_at")
        if connection.features.has_select_for_update_skip_locked:
            found = found.select_for_update(of=("self",), skip_locked=True)
        rows, mails = list(found[:AT_ONCE]), []
        for row in rows:
            if (mail := _window(row, now)) is not None:
                mails.append(mail)
        Preferences.objects.bulk_update(rows, ["next_digest_at", "last_digest_at"])
        outbox.post_all(mails)
    if len(rows) == AT_ONCE:
        later("mail.windows", unique_key=f"mail.windows:{rows[-1].pk}:{rows[-1].next_digest_at:%Y%m%d%H%M}")
    return len(mails)


def _window(row: Preferences, now: datetime) -> Mail | None:
    """The digest of this person's present day, and when the next is looked at. None when it is not yet time where they are now."""
    theirs = hours.of(row.user, row)
    today = theirs.local(now).date()
    row.next_digest_at = theirs.next_digest(now)
    if not theirs.works(today) or theirs.at(today, theirs.digest_at) > now or row.paused_at is not None:
        return None  # they moved to another place, or changed their weekend, since it was reckoned
    if row.last_digest_at is not None and theirs.local(row.last_digest_at).date() == today:
        return None  # they had it, and then chose a later hour
    last, week = row.last_digest_at, theirs.at(theirs.week_began(today), datetime.min.time())
    row.last_digest_at = now
    about = {
        "day": today.isoformat(),
        "since": (last or now - timedelta(days=1)).isoformat(),
        # The first digest of the week brings what is told weekly; it follows on the next day when the first failed to come.
        "weekly": last is None or last < week,
        "week_since": (week - timedelta(days=7)).isoformat(),
    }
    return Mail(kind=Mail.Kind.DIGEST, key=f"digest:{row.user_id}:{today.isoformat()}", user=row.user, address=row.user.email, about=about)
