"""`manage.py health`: how the network is, for a monitor; ends with 1 when something is bad."""

from django.core.management.base import BaseCommand
from django.utils import translation

from network.health import BAD, measures


class Command(BaseCommand):
    help = "Say how queue and mail stand. Ends with 1 when something is bad."

    def handle(self, *args: object, **options: object) -> None:
        with translation.override("en"):
            found = measures()
            for measure in found:
                self.stdout.write(f"{measure.state:<5} {measure.name}: {measure.value}{f'  {measure.advice}' if measure.advice else ''}")
        if any(measure.state == BAD for measure in found):
            raise SystemExit(1)
