"""What the queue does of this room."""

from __future__ import annotations

from network.activity.jobs import job
from notices.actions import devices as device_actions
from notices.actions import inbox as inbox_actions
from notices.actions import newsletters
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


@job("mail.newsletter")
def newsletter(newsletter_id: int, after: int = 0) -> None:
    """The next mails of a letter, some hundred at a time."""
    newsletters.post(newsletter_id, after)


@job("push.send")
def push(activity_id: int, users: list[int], path: str, thread: str, attempt: int = 0) -> None:
    """Tell the devices of these people."""
    from notices.push import send  # noqa: PLC0415 -- its libraries are large, and only this lane needs them

    send.push(activity_id, users, path=path, thread=thread, attempt=attempt)


@job("push.trial")
def push_trial(device_id: int) -> None:
    """Tell one device that its owner wants to see it told."""
    from notices.push import send  # noqa: PLC0415 -- as above

    send.trial(device_id)


@job("push.sweep")
def push_sweep() -> None:
    """Browsers to which nobody came back."""
    device_actions.sweep()


@job("mail.fetch")
def fetch() -> None:
    """What lies in the mailbox comes in (only scheduled where IMAP_HOST is set)."""
    from notices.mail.fetching import fetch as fetch_mail  # noqa: PLC0415 -- only where a mailbox is asked

    fetch_mail()


@job("notices.come_back")
def come_back() -> None:
    """What was put off until now stands in the inbox again."""
    inbox_actions.come_back()
