from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = _("Live")

    def ready(self) -> None:
        from network.live import hub  # noqa: PLC0415 -- app ready
        from realtime import streams  # noqa: PLC0415 -- app ready

        hub.heads = streams.heads
