"""Why a mail was not posted, and what it said, so that nothing is lost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from network.text.language import direction
from notices.mail.letter import Letter
from notices.mail.render import render
from notices.models import Mail


def compose(mail: Mail) -> Letter:
    about = mail.about
    subject = _("Not posted: %(subject)s") % {"subject": about["subject"]} if about["subject"] else _("Your mail was not posted")
    words = about["text"]
    html, text = render("refusal", {"subject": subject, "why": about["why"], "words": words, "way": direction(words)})
    # Whoever has a machine that answers must not have it answer this.
    return Letter(subject, text, html, headers={"Precedence": "auto_reply", "Auto-Submitted": "auto-replied"})
