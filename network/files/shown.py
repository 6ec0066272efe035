"""Files as a post or message shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

_SHEETS = frozenset(("xlsx", "ods", "csv"))


def shown_files(files: Iterable[Mapping[str, Any]], *, door: str = "/files/") -> list[dict[str, Any]]:
    """Rows of {"key", "name", "type", "size"} with the `url` behind their door, `ending`, `tone` (a class of the style sheet) and `is_picture`."""
    return [
        {
            **file,
            "url": f"{door}{file['key']}/",
            "ending": (ending := file["name"].rpartition(".")[2].lower()[:4]),
            "tone": " file-type-pdf" if ending == "pdf" else " file-type-sheet" if ending in _SHEETS else "",
            "is_picture": file["type"].startswith("image/"),
        }
        for file in files
    ]
