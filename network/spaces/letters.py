"""The mail that offers a mandate. It goes out by the outbox, which forgets its words, and the link in them, once it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from network.spaces.models import MandateInvitation


def send_invitation(invitation: MandateInvitation, token: str) -> None:
    """In the language that was chosen for it; nothing in it says whether the address has an account."""
    with translation.override(invitation.language):
        link = settings.LINK_ORIGIN + reverse("mandate_invitation", args=[token])
        words = render_to_string("spaces/email/mandate.txt", {"invitation": invitation, "entity": invitation.entity, "link": link})
        subject = _("Multaqa: %(name)s invites you to represent it") % {"name": invitation.entity.name}
        send_mail(" ".join(subject.split()), words, None, [invitation.address])
