"""Letters of the secretariat: drafted, and sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.recording import later, record
from network.content import Audience
from network.permissions import check
from notices import audience
from notices.mail import outbox
from notices.models import Mail, Newsletter

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from network.spaces.models import Space

AT_ONCE = 500


@transaction.atomic
def draft(actor: Actor, newsletter: Newsletter | None, *, space: Space, **fields: Any) -> Newsletter:
    """Keep a letter that is not sent yet. ValidationError for one that is."""
    check(actor, "newsletter.send")
    if newsletter is None:
        newsletter = Newsletter(space=space, by=actor.person)
    else:
        newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
        if newsletter.sent_at is not None:
            raise ValidationError(_("This letter is sent: it cannot be changed any more."))
    for name, value in fields.items():
        setattr(newsletter, name, value)
    newsletter.save()
    return newsletter


@transaction.atomic
def send(actor: Actor, newsletter: Newsletter) -> Newsletter:
    """Send a letter to its audience as it is now; twice is once. ValidationError when nobody would get it, or nothing is written."""
    check(actor, "newsletter.send")
    newsletter = Newsletter.objects.select_for_update().select_related("space").get(pk=newsletter.pk)
    if newsletter.sent_at is not None:
        return newsletter
    if not newsletter.title or not newsletter.body:
        raise ValidationError(_("Write a title and a text, at least in one language."))
    found = audience.of(newsletter.audience)
    if not found.people:
        raise ValidationError(_("Nobody would get this letter: choose a wider audience."))
    newsletter.sent_at, newsletter.people = timezone.now(), len(found.people)
    newsletter.save(update_fields=["sent_at", "people"])
    record(actor, "sent_newsletter", newsletter, space=newsletter.space, reach=Audience.MANAGERS, people=newsletter.people)
    later("mail.newsletter", unique_key=f"newsletter:{newsletter.pk}", newsletter_id=newsletter.pk)
    return newsletter


@transaction.atomic
def discard(actor: Actor, newsletter: Newsletter) -> None:
    """Forget a draft; what was sent stays."""
    check(actor, "newsletter.send")
    Newsletter.objects.filter(pk=newsletter.pk, sent_at=None).delete()


def post(newsletter_id: int) -> int:
    """Make the mails of a letter, some hundred at a time; killed between them, the next call goes on. Returns how many there are."""
    newsletter = Newsletter.objects.filter(pk=newsletter_id, sent_at__isnull=False).first()
    if newsletter is None:
        return 0
    people = sorted(audience.of(newsletter.audience).people)
    for first in range(0, len(people), AT_ONCE):
        outbox.post_all(
            [
                Mail(
                    kind=Mail.Kind.NEWSLETTER,
                    key=f"newsletter:{newsletter.pk}:{user_id}",
                    user_id=user_id,
                    about={"newsletter": newsletter.pk},
                )
                for user_id in people[first : first + AT_ONCE]
            ]
        )
    return len(people)
