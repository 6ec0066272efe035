"""What sites accept: a question of a visitor, an answer, the words and the order of a site, a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.entities.tabs import SiteBlock as Block
from network.sites import covers
from network.sites.models import PageVersion, Site
from network.text import ClientIdField, RichTextField, RichTextWidget

IN = ("ar", "fr", "en")
TONES = [
    ("0", _("The institution's own")),
    *((str(tone), lazy(lambda number: gettext("Colour %(number)s") % {"number": number}, str)(tone)) for tone in range(1, 7)),
]


class QuestionForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The answer goes there, and it is used for nothing else. A year after the answer we delete your name and address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label=_("Your question"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "data-behaviour": "autosize"})
    )
    # People do not see it; what fills it is no person.
    website = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    client_id = ClientIdField()


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=pgettext_lazy("to a visitor", "Your answer"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "data-behaviour": "autosize"}),
        help_text=_("It goes by mail to whoever asked, in the name of the institution, and is kept here."),
    )


def _rich(label: Any, *, rows: int, help_text: Any = "") -> RichTextField:
    return RichTextField(
        label=label, required=False, help_text=help_text, widget=RichTextWidget(attrs={"rows": rows}, mentions_url="", attach=False)
    )


class SiteForm(forms.Form):
    """Words and colour of a site, and for each of its parts the place it stands at."""

    tone = forms.TypedChoiceField(label=_("Colour of the cover"), choices=TONES, coerce=int, initial="0")
    intro_ar = _rich(
        _("Introduction in Arabic"), rows=5, help_text=_("The first words on the site. An empty language borrows from another.")
    )
    intro_fr = _rich(_("Introduction in French"), rows=5)
    intro_en = _rich(_("Introduction in English"), rows=5)
    mandate_ar = _rich(_("Mandate in Arabic"), rows=5, help_text=_("What it is charged with, and by whom."))
    mandate_fr = _rich(_("Mandate in French"), rows=5)
    mandate_en = _rich(_("Mandate in English"), rows=5)

    def __init__(self, blocks: Iterable[Block], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks = list(blocks)
        places = [("0", _("Not shown")), *((str(at), str(at)) for at in range(1, len(self.blocks) + 1))]
        for block in self.blocks:
            self.fields[f"at_{block.key}"] = forms.TypedChoiceField(label=str(block.title), choices=places, coerce=int)
            if self.is_bound and f"at_{block.key}" not in self.data:  # it came up since the form was opened: it keeps its place
                self.data = {**dict(self.data.items()), f"at_{block.key}": self.initial.get(f"at_{block.key}", 0)}

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[f"at_{block.key}"] for block in self.blocks]

    def arranged(self) -> tuple[list[str], list[str]]:
        """What is shown, in its order, and what is not, as the site keeps them."""
        at = {block.key: self.cleaned_data[f"at_{block.key}"] for block in self.blocks}
        keys = [block.key for block in self.blocks]
        return sorted((key for key in keys if at[key]), key=lambda key: at[key]), [key for key in keys if not at[key]]

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.fields if name.startswith(("intro_", "mandate_"))}

    @staticmethod
    def of(site: Site, blocks: Iterable[Block]) -> dict[str, Any]:
        """The first values, for blocks in their present order."""
        words = {f"{what}_{code}": getattr(site, f"{what}_{code}") for what in ("intro", "mandate") for code in IN}
        at, places = 0, {}
        for block in blocks:
            hidden = block.key in site.hidden
            at += not hidden
            places[f"at_{block.key}"] = 0 if hidden else at
        return {"tone": site.tone, **words, **places}


class CoverField(forms.FileField):
    """A cover, made anew in its sizes before anything is locked. Gives them by the end of their name, or None."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})

    def clean(self, data: UploadedFile | None, initial: Any = None) -> dict[str, bytes] | None:
        file = super().clean(data, initial)
        return covers.redrawn(file) if isinstance(file, UploadedFile) else None


class CoverForm(forms.Form):
    picture = CoverField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP, 1600 × 500 pixels or more; its middle is shown. No text in it: small screens cut it off."),
    )
    ar = forms.CharField(
        label=_("What it shows, in Arabic"), max_length=160, required=False, help_text=_("Read out to whoever cannot see the picture.")
    )
    fr = forms.CharField(label=_("What it shows, in French"), max_length=160, required=False)
    en = forms.CharField(label=_("What it shows, in English"), max_length=160, required=False)


class PageForm(forms.Form):
    """A page in three languages; one is enough."""

    title_ar = forms.CharField(label=_("Title in Arabic"), max_length=120, required=False)
    body_ar = _rich(_("Text in Arabic"), rows=8)
    title_fr = forms.CharField(label=_("Title in French"), max_length=120, required=False)
    body_fr = _rich(_("Text in French"), rows=8)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    body_en = _rich(_("Text in English"), rows=8)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(f"title_{code}", "").strip() for code in IN):
            self.add_error("title_ar", _("Write a title in at least one language."))
        return cleaned

    @property
    def languages(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Title and text of each language."""
        return [(self[f"title_{code}"], self[f"body_{code}"]) for code in IN]

    @staticmethod
    def of(version: PageVersion | None) -> dict[str, str]:
        return {f"{what}_{code}": getattr(version, f"{what}_{code}", "") for what in ("title", "body") for code in IN}
