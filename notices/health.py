"""How mail stands: what waits, what was refused, whose address does not work."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.health import BAD, OK, WARN, Measure, of_age
from notices.models import Mail, Preferences


def mail() -> list[Measure]:
    now, day = timezone.now(), timezone.now() - timedelta(days=1)
    waiting = Mail.objects.filter(state=Mail.State.WAITING)
    oldest = waiting.aggregate(oldest=Min("created_at"), count=Count("pk"))
    words, state = of_age(oldest["oldest"], warn=timedelta(minutes=15), bad=timedelta(hours=2))
    error = waiting.exclude(last_error="").values_list("last_error", flat=True).first() or ""
    states = dict(Mail.objects.filter(created_at__gt=day).values_list("state").annotate(n=Count("pk")).order_by())
    sent, stopped = states.get("sent", 0), states.get("stopped", 0)
    paused = Preferences.objects.filter(paused_at__isnull=False).count()
    digest = Preferences.objects.aggregate(last=Max("last_digest_at"))["last"]
    late = Preferences.objects.filter(next_digest_at__lt=now - timedelta(minutes=30), user__is_active=True, paused_at=None).count()
    return [
        Measure(
            _("Mail that waits"),
            f"{oldest['count']} · {words}",
            state,
            _("The mail server does not take it: %(error)s") % {"error": error} if state != OK else "",
        ),
        Measure(_("Mails sent in 24 hours"), str(sent)),
        Measure(
            _("Mails refused in 24 hours"),
            str(stopped),
            BAD if stopped > max(20, sent // 10) else WARN if stopped > max(5, sent // 50) else OK,
            _("Many refusals: look at their errors, and whether our domain has SPF, DKIM and DMARC.") if stopped > 5 else "",
        ),
        Measure(_("Addresses that are paused"), str(paused)),
        Measure(
            _("Digests that are late"),
            str(late),
            BAD if late > 20 else WARN if late else OK,
            _("The clock does not run: look whether `manage.py work --clock` runs.") if late else "",
        ),
        Measure(_("Last digest asked for"), f"{timezone.localtime(digest):%Y-%m-%d %H:%M}" if digest else "–"),
    ]
