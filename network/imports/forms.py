"""What we accept from whoever brings a list in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.entities.models import Entity, Kind
from network.imports.columns import COMMON, OWN, PLACED, Column, speaks_of_people
from network.imports.models import Import
from network.sheets import read_sheet
from network.spaces.models import Country

MOST_SAMPLES = 3


class UploadForm(forms.Form):
    """The file, what its rows are, and for whom it is brought in."""

    entity = forms.ModelChoiceField(label=_("Bring in for"), queryset=Entity.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 5,000 rows, 60 columns and 5 MB. The first row holds the headings; of a workbook, the first sheet is read."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )  # fmt: skip
    kind = forms.ModelChoiceField(
        label=_("Kind of institution"),
        queryset=Kind.objects.none(),
        required=False,
        empty_label=_("A column says it, row by row"),
    )
    country = forms.ModelChoiceField(
        label=_("Country of rows that name none"), queryset=Country.objects.all(), required=False, empty_label=_("None")
    )

    def __init__(self, held: list[Entity], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wide = any(entity.sees_all for entity in held)
        kinds = Kind.objects.all() if wide else Kind.objects.filter(overseen=True)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["entity"].queryset = Entity.objects.filter(pk__in=[entity.pk for entity in held])  # type: ignore[attr-defined]
        if len(held) == 1:
            del self.fields["entity"]
        if not wide:
            del self.fields["country"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            try:
                cleaned["table"] = read_sheet(file)
            except ValidationError as error:
                self.add_error("file", error)
        return cleaned


class ColumnsForm(forms.Form):
    """For each column of the file, the field it fills; `places` pairs each with its heading and what stands under it."""

    def __init__(self, batch: Import, known: dict[str, Column], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        choices = _grouped(known)
        headings, rows = batch.table[0], batch.table[1:]
        width = max(len(row) for row in batch.table[:50])
        self.people: list[str] = []
        self.places: list[dict[str, Any]] = []
        for place in range(width):
            heading = headings[place] if place < len(headings) else ""
            samples = list(dict.fromkeys(row[place] for row in rows[:200] if place < len(row) and row[place]))[:MOST_SAMPLES]
            if not heading and not samples:
                continue
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=heading or _("Column %(number)s") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=batch.columns.get(str(place), ""),
            )
            if speaks_of_people(heading):
                self.people.append(heading)
            self.places.append({"field": self[f"c{place}"], "heading": heading, "samples": samples})

    def columns(self) -> dict[int, str]:
        return {int(name.removeprefix("c")): code for name, code in self.cleaned_data.items() if code}


def _grouped(known: dict[str, Column]) -> list[Any]:
    def of(codes: list[str]) -> list[tuple[str, Any]]:
        return [(code, known[code].label) for code in codes if code in known]

    place = of(["handle", "kind", "country", *(column.code for column in PLACED)])
    shared = of([column.code for column in COMMON if column.code not in ("handle", "kind", "country")])
    own = of([code for code in known if code.startswith(OWN)])
    groups: list[Any] = [("", _("— left out —")), (_("In the register"), place), (_("Of every institution"), shared)]
    return [*groups, (_("Of its kind"), own)] if own else groups
