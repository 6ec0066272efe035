"""Files that wait for a text, and then hang on it: the rows of every room that takes files, and what is done with them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.files.accept import accept_upload
from network.files.kinds import Stored

if TYPE_CHECKING:
    from profiles.models import User


class StoredFile(models.Model):
    """A file of some text. Its storage name is random; it is read only through the door of what it hangs on."""

    holder: ClassVar[str]  # the field that leads to the text; empty until the text is sent
    folder: ClassVar[str]  # where the bytes lie

    key = models.CharField(_("key"), max_length=43, unique=True)
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    stored = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take_in(cls, uploader: User, file: UploadedFile) -> Self:
        """Store one file, which waits for its text. UploadRefused with its sentence when it is not what it says, too large, or the store is full."""
        accepted = accept_upload(file, user=uploader, stored=stored_by(uploader))
        return cls._default_manager.create(
            key=secrets.token_urlsafe(32),
            uploader=uploader,
            name=accepted.name,
            content_type=accepted.content_type,
            size=accepted.size,
            sha256=accepted.sha256,
            stored=default_storage.save(f"{cls.folder}/{accepted.stored_name}", accepted.content),
        )

    @classmethod
    def waiting(cls, uploader: User, keys: Iterable[str]) -> list[Self]:
        """This person's own files of these keys that wait: a guessed key finds nothing."""
        return list(cls._default_manager.filter(**{cls.holder: None}, uploader=uploader, key__in=list(keys)))

    @classmethod
    def hang(cls, uploader: User, files: Iterable[Self], text: models.Model) -> list[dict[str, Any]]:
        """Give a text the files of its writer that wait; returns what the text remembers of all it has: key, name, type, size."""
        own = cls._default_manager.filter(**{cls.holder: None}, uploader=uploader, pk__in=[file.pk for file in files])
        own.update(**{cls.holder: text})
        held = cls._default_manager.filter(**{cls.holder: text})
        return [{"key": file.key, "name": file.name, "type": file.content_type, "size": file.size} for file in held]

    @classmethod
    def sweep(cls, *, older_than: timedelta) -> int:
        """Forget files whose text was never sent, and say how many."""
        return forget(cls._default_manager.filter(**{cls.holder: None}, created_at__lt=timezone.now() - older_than))


def forget(files: models.QuerySet[Any]) -> int:
    """Delete these rows and their files, and say how many."""
    count = 0
    for file in files.iterator():
        # The row first, and only where it is still as asked: a row without its file would be a broken link.
        if files.filter(pk=file.pk).delete()[0]:
            default_storage.delete(file.stored)
            count += 1
    return count


def stored_by(uploader: User) -> Stored:
    """What somebody has stored in all rooms together."""
    sums = [
        model._default_manager.filter(uploader=uploader).aggregate(bytes=Coalesce(Sum("size"), 0), files=Count("pk"))
        for model in apps.get_models()
        if issubclass(model, StoredFile)
    ]
    return Stored(bytes=sum(one["bytes"] for one in sums), files=sum(one["files"] for one in sums))
