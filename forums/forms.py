"""What the forum accepts from people."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from forums.models import Board
from network.content import Audience
from network.files.forms import FilesForm
from network.text import ClientIdField, RichTextField, RichTextWidget

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TAGS_MOST = 10


class TagsField(forms.CharField):
    """Words between commas, Arabic ones too; at most ten."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=400, label=_("Tags"), help_text=_("Up to ten, with commas between them."))

    def clean(self, value: Any) -> list[str]:
        words = [word.strip() for word in super().clean(value).replace("،", ",").split(",")]
        words = list(dict.fromkeys(word for word in words if word))
        if len(words) > TAGS_MOST:
            raise forms.ValidationError(_("Choose ten tags at most."))
        if any(len(word) > 40 for word in words):
            raise forms.ValidationError(_("A tag is 40 characters long at most."))
        return words


class WritingForm(FilesForm):
    """A text with its files."""

    body = RichTextField(label=_("Text"))
    on_behalf_of = forms.CharField(required=False)
    client_id = ClientIdField()
    reply_to = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, words: StrOrPromise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A form that comes back wears other ids: htmx would copy the marks that scripts left on the elements of the same id.
        self.auto_id = f"again-{secrets.token_hex(2)}-%s" if self.is_bound else "%s"
        self.fields["body"].widget.attrs.update({"aria-label": words or _("Text"), "placeholder": words})


class ReplyForm(WritingForm):
    pass


class WallForm(WritingForm):
    pass


class TopicForm(WritingForm):
    """A topic on a board."""

    reply_to = None  # type: ignore[assignment]  # Django's way to leave a field out
    title = forms.CharField(max_length=200, label=_("Title"), error_messages={"required": _("Write a title.")})
    tags = TagsField()
    audience = forms.TypedChoiceField(
        coerce=int,
        empty_value=Audience.PUBLIC,  # type: ignore[arg-type]  # any value will do
        required=False,
        label=_("Who may see it"),
        choices=[
            (Audience.PUBLIC, _("Everyone who sees the board")),
            (Audience.MEMBERS, _("Members of this space")),
            (Audience.MANAGERS, _("Those who manage this space")),
        ],
    )
    field_order = ["board", "title", "body", "files", "tags", "audience"]


class TopicAnywhereForm(TopicForm):
    """A topic on a board still to be chosen."""

    board = forms.ChoiceField(label=_("Board"), error_messages={"required": _("Choose a board."), "invalid_choice": _("Choose a board.")})

    def __init__(self, *args: Any, boards: list[Board], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boards = {board.pk: board for board in boards}
        groups: dict[str, list[tuple[int, str]]] = {}
        for board in boards:
            name = f"{board.parent.name} › {board.name}" if board.parent else board.name
            groups.setdefault(board.space.name, []).append((board.pk, name))
        cast(forms.ChoiceField, self.fields["board"]).choices = [("", _("Choose a board")), *groups.items()]

    def clean_board(self) -> Board:
        return self.boards[int(self.cleaned_data["board"])]


class PostForm(forms.Form):
    """A text that is being changed."""

    body = RichTextField(label=_("Text"), widget=RichTextWidget({"rows": 8, "aria-label": _("Text")}, attach=False))


class RetitleForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("Title"), error_messages={"required": _("Write a title.")})
    tags = TagsField()


class ClosureForm(forms.Form):
    reason = forms.CharField(max_length=300, required=False, label=_("Reason"))


class BoardForm(forms.ModelForm):
    class Meta:
        model = Board
        fields = ["name", "about", "parent", "audience", "position"]
        help_texts = {"audience": _("Never wider than the space itself."), "position": _("Smaller numbers stand first.")}

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = cast("forms.ModelChoiceField[Board]", self.fields["parent"])
        parent.queryset, parent.empty_label, parent.required = parents, _("None: it stands by itself"), False
