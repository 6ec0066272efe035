"""The style sheet of the house: written as small parts, served as one file."""

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

# The order matters little inside a layer, but tokens come first: they declare the layers.
PARTS = (
    "tokens fonts base controls "
    "layout top-bar search-box rail site-foot door "
    "icon button counter tag avatar card form segmented tabs menu as-selector composer feed attachment prose post "
    "revision editor prose-editor chat rooms message message-box dialog suggestions topic divider table meter cover place directory notice mail-frame "
    "widget-frame search imports accreditation site tie guide timeline state toast connection pagination home people visits "
    "utilities print"
).split()


def css_folder() -> Path:
    """Where the parts live, and where the bundle is written."""
    return Path(settings.BASE_DIR) / "static" / "css"


def bundle_css(*, force: bool = False) -> Path:
    """Join the parts into css/bundle.css when it is missing or older than one of them; the path of the bundle.

    Safe to call from several processes at once: the file is replaced whole. Raises FileNotFoundError when a part
    that PARTS names is not there.
    """
    folder = css_folder()
    bundle = folder / "bundle.css"
    parts = [folder / f"{name}.css" for name in PARTS]
    newest = max(path.stat().st_mtime_ns for path in (*parts, Path(__file__)))
    if not force and bundle.exists() and bundle.stat().st_mtime_ns >= newest:
        return bundle
    text = "\n".join(_squeezed(path.read_text("utf-8")) for path in parts) + "\n"
    handle, draft = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    Path(draft).chmod(0o644)
    Path(draft).replace(bundle)
    return bundle


def _squeezed(css: str) -> str:
    """Without comments and line breaks. Our parts keep one declaration a line, so lines may simply be joined."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", css).strip()
