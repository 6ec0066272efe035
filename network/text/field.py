"""The form field behind every composer: one textarea, and a hidden word that says whether it holds HTML or plain text."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template import loader
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from network.text.clean import clean_html
from network.text.plain import from_plain, is_blank, to_plain


class RichTextWidget(forms.Textarea):
    """A textarea that the editor takes over on focus; without script it holds plain text.

    Stored HTML given as initial value is shown as plain text, and kept in `data-html` for the editor.
    """

    template_name = "components/rich_textarea.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, mentions_url: str = "/mentions/", attach: bool = True) -> None:
        hint = _("Write here. Type @ to mention a person or an institution.") if mentions_url else _("Write here.")
        super().__init__({"rows": 3, "placeholder": hint, **(attrs or {})})
        self.mentions_url = mentions_url
        self.attach = attach

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # By the templates of the project, whichever renderer the form has: the toolbar needs our icons.
        return loader.render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> "Written | None":
        value = data.get(name)
        return None if value is None else Written(value, is_html=data.get(f"{name}_format") == "html")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        typed = value if isinstance(value, Written) else None
        if typed is None and value:
            attrs = {**(attrs or {}), "data-html": str(value)}
            value = to_plain(str(value))
        context = super().get_context(name, typed.raw if typed else value, attrs)
        context["widget"]["format_name"] = f"{name}_format"
        context["widget"]["mentions_url"] = self.mentions_url
        context["widget"]["attach"] = self.attach
        context["widget"]["format"] = "html" if typed and typed.is_html else "plain"
        return context


class Written:
    """What came from a composer, as it was sent."""

    def __init__(self, raw: str, *, is_html: bool) -> None:
        self.raw = raw
        self.is_html = is_html

    def __str__(self) -> str:
        return self.raw


class RichTextField(forms.Field):
    """Gives clean HTML as a string; refuses the empty, the too long and the too deep with a sentence."""

    widget = RichTextWidget
    default_error_messages = {"required": _("Write something first.")}

    def to_python(self, value: "Written | str | None") -> str:
        if value is None:
            return ""
        raw = str(value)
        if not isinstance(value, Written) or not value.is_html:
            raw = from_plain(raw)
        html = clean_html(raw).html
        return "" if is_blank(html) else html

    def validate(self, value: str) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


class ClientIdField(forms.UUIDField):
    """The id a browser gives to what it sends, hidden: the same one sent again is the same post. Always has a value."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()
