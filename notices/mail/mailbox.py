"""A mailbox elsewhere, asked by IMAP: what was taken in is marked as read and moved aside; what could not be taken in yet is left."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import Error
from imap_tools import AND, MailBox, MailBoxUnencrypted

from notices.actions.incoming import receive

logger = logging.getLogger(__name__)

AT_ONCE = 50
DONE = "Multaqa"


def fetch() -> int:
    """Take in what is unread; returns how many. Raises what the mailbox's line raises: the queue tries again."""
    count = 0
    line = MailBox if settings.IMAP_SSL else MailBoxUnencrypted
    with line(settings.IMAP_HOST, settings.IMAP_PORT, timeout=10).login(
        settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER
    ) as box:
        if not box.folder.exists(DONE):
            box.folder.create(DONE)
        for message in box.fetch(AND(seen=False), limit=AT_ONCE, mark_seen=False, bulk=False):
            try:
                if len(message.obj.as_bytes()) <= settings.MAIL_IN_MAX_BYTES:
                    receive(message.obj.as_bytes())
            except Error:  # the database is away: the mail stays where it is
                logger.exception("A mail could not be taken in yet.")
                break
            uid = str(message.uid)
            box.flag(uid, r"\Seen", True)
            box.move(uid, DONE)
            count += 1
    return count
