"""The mail of one notice, or of all that came within the hour: what was said, whole, and where to answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.spaces.actors import Actor
from notices import hours as clock
from notices.kinds import OF_REASON
from notices.mail import dates, items, links
from notices.mail.items import Bareness, Item
from notices.mail.letter import Letter
from notices.mail.render import render, text_of, words_of
from notices.mail.reply_address import reply_address
from notices.models import Mail, Notice
from notices.models.preferences import preferences_at_hand
from notices.queries import sayable

WHOLE = 3  # texts that stand whole in a mail about one thing
LONGEST = 20_000


def compose(mail: Mail) -> Letter | None:
    """What of this row's notices is still unread and may still be seen; None when nothing is."""
    user = mail.user
    assert user is not None  # noqa: S101 -- notices are a person's
    actor, preferences = Actor.of(user), preferences_at_hand(user)
    found = sayable(actor).filter(mail=mail, unread=True, done=False)
    told: list[Notice] = list(
        found.select_related("activity__actor__page", "activity__on_behalf_of", "space").order_by("-timestamp", "-pk")
    )
    bareness = Bareness.of(preferences is not None and preferences.without_content, [notice.space_id for notice in told])
    lines = items.of_notices(actor, told, bareness)
    if not lines:
        return None
    kinds = sorted({OF_REASON[notice.reason].code for notice in told})
    about_one = lines[0] if len(lines) == 1 else None
    may_answer = about_one is not None and bool(about_one.thread) and not about_one.bare
    reply_to = reply_address(user.pk, about_one.thread) if about_one is not None and may_answer else ""
    context: dict[str, Any] = {
        "subject": _subject(lines),
        "preheader": about_one.excerpt if about_one is not None else "",
        "day": dates.day_of(clock.of(user, preferences).local(mail.created_at).date(), user) if about_one is None else "",
        "for_whom": user.page.name,
        "line": about_one,
        "lines": lines,
        "texts": _texts(about_one) if about_one is not None else [],
        "answers": bool(reply_to),
        "stop_url": links.stop_url(user, kinds),
    }
    html, text = render("notices", context)
    headers = links.stop_headers(user, kinds)
    if about_one is not None and about_one.thread:
        # Mail programs gather what is about one thing.
        root = f"<{about_one.thread}.{user.pk}@{settings.MAIL_DOMAIN}>"
        headers |= {"In-Reply-To": root, "References": root}
    speakers = {line.speaker for line in lines}
    return Letter(context["subject"], text, html, sender=_sender(speakers), reply_to=reply_to, headers=headers)


def _subject(lines: list[Item]) -> str:
    first = lines[0]
    if len(lines) == 1:
        return first.title if first.bare or not first.thread else _("%(who)s: %(title)s") % {"who": first.speaker, "title": first.title}
    return ngettext("%(count)d notice from Multaqa", "%(count)d notices from Multaqa", len(lines)) % {"count": len(lines)}


def _sender(speakers: set[str]) -> str:
    """Who speaks, through us: a name alone would pass for their own address."""
    name = speakers.pop() if len(speakers) == 1 else ""
    return _("%(name)s via Multaqa") % {"name": name} if name else ""


def _texts(line: Item) -> list[dict[str, Any]]:
    """The last few texts whole, in their order; a very long one by its beginning."""
    if line.bare:
        return []
    found = []
    for who, html, direction in line.texts[-WHOLE:]:
        if len(html) > LONGEST:
            found.append({"who": who, "html": "", "text": items.cut(text_of(html)), "dir": direction})
        else:
            found.append({"who": who, "html": words_of(html), "text": text_of(html), "dir": direction})
    return found
