from typing import Any

from django.contrib.staticfiles.management.commands.collectstatic import Command as Collect

from network.assets import bundle_css


class Command(Collect):
    """Django's own, with the style sheet joined first."""

    def handle(self, **options: Any) -> str | None:
        bundle_css()
        # htmx's extensions import a file that is not there, in a comment; we use none of them.
        options["ignore_patterns"] = [*options["ignore_patterns"], "django_htmx/ext/*"]
        return super().handle(**options)
