from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        if settings.ANYMAIL_WEBHOOK_SECRET:
            from notices.mail import webhooks  # noqa: PLC0415 -- app ready

            webhooks.listen()
