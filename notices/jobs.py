"""What the queue does of this room."""

from __future__ import annotations

from network.activity.jobs import job
from notices.actions import inbox as inbox_actions
from notices.mail import outbox, rounds


@job("mail.send")
def send(mail_id: int) -> None:
    """Carry one mail out."""
    outbox.send(mail_id)


@job("mail.rounds")
def mail_rounds() -> None:
    """Notices that are mailed by themselves and still unread become mails."""
    rounds.gather()


@job("mail.windows")
def mail_windows() -> None:
    """Whose digest hour has come gets one."""
    rounds.open_windows()


@job("mail.sweep")
def sweep() -> None:
    outbox.sweep()


@job("mail.fetch")
def fetch() -> None:
    """What lies in the mailbox comes in (only scheduled where IMAP_HOST is set)."""
    from notices.mail.fetching import fetch as fetch_mail  # noqa: PLC0415 -- only where a mailbox is asked

    fetch_mail()


@job("notices.come_back")
def come_back() -> None:
    """What was put off until now stands in the inbox again."""
    inbox_actions.come_back()
