"""`manage.py epoch`: begin a new epoch after a backup was restored, so that every open page loads again."""

from django.core.management.base import BaseCommand

from realtime.models import Epoch


class Command(BaseCommand):
    help = "Begin a new epoch: call it after restoring a backup."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(str(Epoch.objects.create()))
