"""Files as a post or message shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

_SHEETS = frozenset(("xlsx", "ods", "csv"))


def shown_files(files: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of {"key", "name", "type", "size"} with `ending`, `tone` (a class of the style sheet) and `is_picture`."""
    return [
        {
            **file,
            "ending": (ending := file["name"].rpartition(".")[2].lower()[:4]),
            "tone": " file-type-pdf" if ending == "pdf" else " file-type-sheet" if ending in _SHEETS else "",
            "is_picture": file["type"].startswith("image/"),
        }
        for file in files
    ]
