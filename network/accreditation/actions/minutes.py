"""What was agreed in a working session with an affiliated institution."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.accreditation.actions.steps import Verb, locked, step
from network.accreditation.models import Application, Minutes
from network.permissions import check
from network.spaces.actors import Actor


@transaction.atomic
def keep_minutes(actor: Actor, application: Application, *, held_on: date, participants: str, agreed: str, next_steps: str = "") -> Minutes:
    """Keep who met, when, and what was agreed: by the commission or the secretariat, for all who see the file. The same ones twice are quiet.

    ValidationError for a day that has not come.
    """
    application = locked(application)
    check(actor, "application.minute", application)
    if held_on > timezone.localdate():
        raise ValidationError({"held_on": _("This day has not come yet.")})
    over_it = application.commission_id in actor.overseers
    actor = actor.speaking_for(application.commission_id) if over_it else actor.for_secretariat()
    kept, made = Minutes.objects.get_or_create(
        application=application,
        held_on=held_on,
        participants=participants,
        agreed=agreed,
        next_steps=next_steps,
        by=actor.person,
        defaults={"on_behalf_of_id": actor.entity_id},
    )
    if made:
        step(actor, application, Verb.MET, application.status, held_on=held_on.isoformat())
    return kept
