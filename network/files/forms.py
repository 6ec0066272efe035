"""A form that takes files, and loses none of them when it comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from network import rates
from network.files.fields import FilesField, FilesInput
from network.files.kinds import MAX_FILES, UploadRefused

if TYPE_CHECKING:
    from network.files.stored import StoredFile
    from profiles.models import User

F = TypeVar("F", bound="StoredFile")


class KeptField(forms.Field):
    """Keys of files that arrived with an earlier try."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [str(key) for key in value or []][:MAX_FILES]


class FilesForm(forms.Form):
    """A text with its files. Files that arrived with a refused form stay: `kept` carries their keys."""

    files = FilesField(required=False, label=_("Files"), widget=FilesInput())  # type: ignore[assignment]  # Django makes it a field of the form
    kept = KeptField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_files: list[StoredFile] = []

    def take_files(self, uploader: User, model: type[F], upload: Callable[[UploadedFile], F]) -> list[F]:
        """Files kept from an earlier try and those that came now; what is not accepted is said at the field. Call it after is_valid()."""
        keys = self.cleaned_data.get("kept") or []
        files = model.waiting(uploader, keys) if keys else []
        try:
            for file in self.cleaned_data.get("files") or []:
                if len(files) >= MAX_FILES:
                    self.add_error("files", _("You can attach up to 10 files."))
                    break
                rates.spend("upload", uploader.pk)
                try:
                    files.append(upload(file))
                except UploadRefused as refusal:
                    self.add_error("files", refusal)
        finally:  # one too many in too short a time: those before it are kept all the same
            self._keep(files)
        return files

    def _keep(self, files: list[F]) -> None:
        """Carry these along when the form is shown again, so that nobody has to choose them twice."""
        self.kept_files = list(files)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data.setlist("kept", [file.key for file in files])
        self.data = data
