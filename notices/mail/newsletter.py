"""A letter of the secretariat in its reader's language, or in the first there is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.text.language import direction
from notices import audience, wishes
from notices.kinds import KINDS, NONE, role_of
from notices.mail import links
from notices.mail.letter import Letter
from notices.mail.render import render, text_of, words_of
from notices.models import Mail, Newsletter
from notices.models.preferences import preferences_at_hand


def compose(mail: Mail) -> Letter | None:
    """None for whoever it no longer means or who wants no letters any more, and for a letter that is gone."""
    from network.spaces.actors import Actor  # noqa: PLC0415 -- beside its only use

    newsletter = Newsletter.objects.filter(pk=mail.about["newsletter"]).select_related("space__entity").first()
    user = mail.user
    if newsletter is None or user is None or not audience.means(newsletter.audience, user.pk):
        return None
    preferences = preferences_at_hand(user)
    wish = wishes.of(preferences.choices if preferences is not None else {}, role_of(Actor.of(user)), KINDS["newsletter"])
    if wish.mail == NONE:
        return None
    context = context_of(newsletter, bare=preferences is not None and preferences.without_content)
    html, text = render("newsletter", context | {"stop_url": links.stop_url(user, ["newsletter"])})
    entity = getattr(newsletter.space, "entity", None)
    return Letter(
        context["subject"],
        text,
        html,
        sender=newsletter.space.name,
        reply_to=entity.email if entity is not None else "",  # who answers means the secretariat
        headers=links.stop_headers(user, ["newsletter"]),
    )


def words(newsletter: Newsletter) -> tuple[str, str, str]:
    """Title, text and language for the reader of the active language: theirs when both are written in it, else the first that is whole."""
    mine = (get_language() or settings.LANGUAGE_CODE)[:2]
    code = newsletter.language_for(mine)
    return (newsletter.title_in(code), newsletter.body_in(code), code) if code else (newsletter.title, newsletter.body, mine)


def context_of(newsletter: Newsletter, *, bare: bool = False) -> dict[str, Any]:
    """What the templates show. `bare`: that there is a letter and where it stands, not what it says."""
    title, body, language = words(newsletter)
    return {
        "subject": _("A letter of the secretariat") if bare else title,
        "title": title,
        "bare": bare,
        "words": words_of(body),
        "plain": text_of(body),
        "way": direction(title + " " + text_of(body)[:500]),
        "words_lang": language,
        "space": newsletter.space,
        "path": newsletter.path,
        "stop_url": "",
    }
