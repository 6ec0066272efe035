from typing import Any

from django.core.management.base import BaseCommand

from network.assets import PARTS, bundle_css


class Command(BaseCommand):
    help = "Join the parts of the style sheet into static/css/bundle.css."

    def handle(self, *args: Any, **options: Any) -> None:
        path = bundle_css(force=True)
        self.stdout.write(f"{len(PARTS)} parts, {path.stat().st_size} bytes: {path.name}")
