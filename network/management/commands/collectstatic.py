from typing import Any

from django.contrib.staticfiles.management.commands.collectstatic import Command as Collect

from network.assets import bundle_css


class Command(Collect):
    """Django's own, with the style sheet joined first."""

    def handle(self, **options: Any) -> str | None:
        bundle_css()
        return super().handle(**options)
