"""What a conversation accepts from people."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.files import UploadRefused
from network.files.forms import FilesForm
from network.spaces.pictures import redrawn
from network.text import ClientIdField, clean_html, from_plain, is_blank


class WordsField(forms.CharField):
    """Plain words of a message; gives clean HTML. Refuses the too long with a sentence."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        length = settings.CHAT_MESSAGE_LENGTH
        super().__init__(
            max_length=length,
            label=_("Message"),
            error_messages={
                "required": _("Write something first."),
                "max_length": _("A message is 4,000 characters long at most. Yours is kept; make it shorter, or open a topic."),
            },
            **options,
        )

    def clean(self, value: Any) -> str:
        words = super().clean(value)
        html = clean_html(from_plain(words)).html
        if is_blank(html):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        return html


class MessageForm(FilesForm):
    """Words, files, or both."""

    body = WordsField(required=False)
    on_behalf_of = forms.CharField(required=False)
    client_id = ClientIdField()
    reply_to = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "body" in data and not data["body"] and not data.get("files") and not data.get("kept") and not self.errors:
            self.add_error("body", _("Write something first."))
        return data


class EditForm(forms.Form):
    body = WordsField()


class WhomForm(forms.Form):
    """People and institutions by their handles: several fields of one name, or one field with spaces and commas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        data = cast(Any, self.data)
        typed = data.getlist("who") if hasattr(data, "getlist") else data.get("who", [])
        self.typed = " ".join(typed)  # as it came, for the form that comes back
        self.handles = list(
            dict.fromkeys(word for part in typed for word in part.replace("\0", " ").replace("،", " ").replace(",", " ").split())
        )[:200]


class NewForm(WhomForm):
    name = forms.CharField(
        required=False, max_length=100, label=_("Name of the conversation"), help_text=_("Only for several; it may stay empty.")
    )
    body = WordsField(required=False)
    on_behalf_of = forms.CharField(required=False)
    client_id = ClientIdField()


class AddForm(WhomForm):
    history = forms.BooleanField(
        required=False,
        label=_("Share what was said before"),
        help_text=_("Without it, they see only what is said from now on."),
    )


class DetailsForm(forms.Form):
    name = forms.CharField(required=False, max_length=100, label=_("Name of the conversation"))
    topic = forms.CharField(required=False, max_length=200, label=_("What it is about"))
    picture = forms.FileField(required=False, label=_("Picture"))
    without_picture = forms.BooleanField(required=False, label=_("Take the picture away"))
    redrawn_picture: bytes | None = None

    def clean_picture(self) -> Any:
        file = self.cleaned_data.get("picture")
        if file:
            try:
                self.redrawn_picture = redrawn(file)
            except UploadRefused as refused:
                raise ValidationError(refused.messages) from refused
        return file
