"""How mail stands: what waits, what was refused, whose address does not work."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.health import ADVICE
from network.health import BAD, OK, WARN, Measure, of_age
from notices.models import Mail, Preferences


def mail() -> list[Measure]:
    now, day = timezone.now(), timezone.now() - timedelta(days=1)
    waiting = Mail.objects.filter(state=Mail.State.WAITING)
    count = waiting.count()
    # A full mailbox says "later" for days. Once other mails went out after it was written, that is its owner's matter and no alarm.
    recent = Mail.objects.filter(state=Mail.State.SENT, created_at__gt=now - timedelta(days=settings.MAIL_PATIENCE_DAYS))
    if (last := recent.aggregate(last=Max("sent_at"))["last"]) is not None:
        waiting = waiting.exclude(last_error__startswith="4", created_at__lt=last)
    words, state = of_age(waiting.aggregate(oldest=Min("created_at"))["oldest"], warn=timedelta(minutes=15), bad=timedelta(hours=2))
    error = waiting.exclude(last_error="").values_list("last_error", flat=True).first() or ""
    states = dict(Mail.objects.filter(created_at__gt=day).values_list("state").annotate(n=Count("pk")).order_by())
    sent, stopped, dropped = (states.get(state, 0) for state in (Mail.State.SENT, Mail.State.STOPPED, Mail.State.DROPPED))
    paused = Preferences.objects.filter(paused_at__isnull=False).count()
    digest = Preferences.objects.aggregate(last=Max("last_digest_at"))["last"]
    late = Preferences.objects.filter(next_digest_at__lt=now - timedelta(minutes=30), user__is_active=True, paused_at=None).count()
    return [
        Measure(
            _("Mail that waits"),
            f"{count} · {words}",
            state,
            "" if state == OK else _("The mail server does not take it: %(error)s") % {"error": error} if error else ADVICE,
        ),
        Measure(_("Mails sent in 24 hours"), str(sent)),
        Measure(
            _("Mails refused in 24 hours"),
            str(stopped),
            BAD if stopped > max(20, sent // 10) else WARN if stopped > max(5, sent // 50) else OK,
            _("Many refusals: look at their errors, and whether our domain has SPF, DKIM and DMARC.") if stopped > 5 else "",
        ),
        Measure(_("Mails not needed any more in 24 hours"), str(dropped)),
        Measure(_("Addresses that are paused"), str(paused)),
        Measure(
            _("Digests that are late"),
            str(late),
            BAD if late > 20 else WARN if late else OK,
            _("The clock does not run: look whether `manage.py work --clock` runs.") if late else "",
        ),
        Measure(_("Last digest asked for"), f"{timezone.localtime(digest):%Y-%m-%d %H:%M}" if digest else "–"),
    ]
