from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        # The one place where the house hears Django signals of another: anymail has no other way to say that a mail came.
        if settings.ANYMAIL_WEBHOOK_SECRET:
            from notices.mail import hooks  # noqa: PLC0415 -- app ready

            hooks.connect()
