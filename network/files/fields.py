"""Files in a form."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from network.files.kinds import MAX_FILES, TYPES, UploadRefused


class FilesInput(forms.ClearableFileInput):
    """Several files in one field."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ",".join(f".{ending}" for ending in TYPES), **(attrs or {})})


class FilesField(forms.FileField):
    """A list of at most ten uploaded files, not judged yet: the action hands each to accept_upload."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [file for file in (data if isinstance(data, (list, tuple)) else [data]) if file]
        if len(files) > MAX_FILES:
            raise UploadRefused(_("You can attach up to 10 files."), code="too_many")
        if not files:
            super().clean(None, initial)
        return [super(FilesField, self).clean(file, initial) for file in files]
