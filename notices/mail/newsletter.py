"""A letter of the secretariat in its reader's language, or in the first there is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from network.text.language import direction
from notices import wishes
from notices.kinds import KINDS, NONE, role_of
from notices.mail import links
from notices.mail.letter import Letter
from notices.mail.render import render, text_of, words_of
from notices.models import Mail, Newsletter
from notices.models.preferences import preferences_at_hand


def compose(mail: Mail) -> Letter | None:
    """None for whoever wants no letters any more, and for a letter that is gone."""
    from network.spaces.actors import Actor  # noqa: PLC0415 -- beside its only use

    newsletter = Newsletter.objects.filter(pk=mail.about["newsletter"]).select_related("space").first()
    user = mail.user
    if newsletter is None or user is None:
        return None
    preferences = preferences_at_hand(user)
    wish = wishes.of(preferences.choices if preferences is not None else {}, role_of(Actor.of(user)), KINDS["newsletter"])
    if wish.mail == NONE:
        return None
    html, text = render("newsletter", context_of(newsletter) | {"stop_url": links.stop_url(user, ["newsletter"])})
    title, _body, _language = words(newsletter)
    return Letter(title, text, html, sender=newsletter.space.name, headers=links.stop_headers(user, ["newsletter"]))


def words(newsletter: Newsletter) -> tuple[str, str, str]:
    """Title, text and language for the reader of the active language: theirs when both are written in it, else the first that is whole."""
    mine = (get_language() or "ar")[:2]
    for code in (mine, "ar", "fr", "en"):
        title, body = getattr(newsletter, f"title_{code}", ""), getattr(newsletter, f"body_{code}", "")
        if title and body:
            return title, body, code
    return newsletter.title, newsletter.body, mine


def context_of(newsletter: Newsletter) -> dict[str, Any]:
    title, body, language = words(newsletter)
    return {
        "subject": title,
        "title": title,
        "words": words_of(body),
        "plain": text_of(body),
        "way": direction(title + " " + text_of(body)[:500]),
        "words_lang": language,
        "space": newsletter.space,
        "stop_url": "",
    }
