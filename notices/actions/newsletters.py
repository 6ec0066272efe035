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

# In one job. The next few hundred stand behind these in the lane, and so does a sign-in code that is asked for meanwhile: it waits for
# these at most, not for ten thousand.
AT_ONCE = 500


@transaction.atomic
def draft(actor: Actor, newsletter: Newsletter | None, **fields: Any) -> Newsletter:
    """Keep a letter that is not sent yet, in the name of the institution one writes for. ValidationError for one that is."""
    check(actor, "newsletter.send")
    if newsletter is None:
        newsletter = Newsletter(space=actor.entity, by=actor.person)
    else:
        newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
        if newsletter.sent_at is not None:
            raise ValidationError(_("This letter is sent: it cannot be changed any more."))
    for name, value in fields.items():
        setattr(newsletter, name, value)
    newsletter.save()
    return newsletter


@transaction.atomic
def send(actor: Actor, newsletter: Newsletter, *, people: int | None = None) -> Newsletter:
    """Send a letter to its audience as it is now; twice is once. ValidationError when nobody would get it, or nothing is written.

    `people` is the number that the sender read: when it holds no longer, nothing is sent (code "changed").
    """
    check(actor, "newsletter.send")
    newsletter = Newsletter.objects.select_for_update().select_related("space").get(pk=newsletter.pk)
    if newsletter.sent_at is not None:
        return newsletter
    if not newsletter.written:
        raise ValidationError(_("Write a title and a text, at least in one language."))
    found = audience.of(newsletter.audience)
    if not found.people:
        raise ValidationError(_("Nobody would get this letter: choose a wider audience."))
    if people is not None and people != len(found.people):
        raise ValidationError(_("Meanwhile others would get it than when you read the number. Read it again, then send."), code="changed")
    newsletter.sent_at, newsletter.people = timezone.now(), len(found.people)
    newsletter.save(update_fields=["sent_at", "people"])
    record(actor, "sent_newsletter", newsletter, space=newsletter.space, reach=Audience.MANAGERS, soon=False, people=newsletter.people)
    later("mail.newsletter", unique_key=f"newsletter:{newsletter.pk}", newsletter_id=newsletter.pk)
    return newsletter


@transaction.atomic
def discard(actor: Actor, newsletter: Newsletter) -> None:
    """Forget a draft; what was sent stays."""
    check(actor, "newsletter.send")
    Newsletter.objects.filter(pk=newsletter.pk, sent_at=None).delete()


@transaction.atomic
def post(newsletter_id: int, after: int = 0) -> int:
    """Make the mails of the next few hundred people with higher numbers than `after`, and ask for those behind them; returns how many.

    A mail has a key, so that what is done again after a crash is done once; whoever came or left since the letter was sent, came or left.
    """
    newsletter = Newsletter.objects.filter(pk=newsletter_id, sent_at__isnull=False).first()
    if newsletter is None:
        return 0
    people = [user_id for user_id in sorted(audience.of(newsletter.audience).people) if user_id > after]
    some, about = people[:AT_ONCE], {"newsletter": newsletter.pk}
    key = f"newsletter:{newsletter.pk}"
    outbox.post_all([Mail(kind=Mail.Kind.NEWSLETTER, key=f"{key}:{user_id}", user_id=user_id, about=about) for user_id in some])
    if len(people) > AT_ONCE:
        later("mail.newsletter", unique_key=f"{key}:{some[-1]}", newsletter_id=newsletter.pk, after=some[-1])
    else:
        newsletter.people = Mail.objects.filter(kind=Mail.Kind.NEWSLETTER, about__newsletter=newsletter.pk).count()
        newsletter.save(update_fields=["people"])
    return len(some)
