"""How a stored file leaves the house."""

from django.core.files.base import File
from django.http import FileResponse

from network.files.kinds import PICTURES, TYPES, tidy_file_name


def serve_file(stored: File, name: str, content_type: str, *, inline: bool = False) -> FileResponse:
    """A stored file under headers that keep it from running or being shared; only pictures may stand inline.

    The caller has asked permission already; nobody else may keep what is sent.
    """
    kind = content_type if content_type in TYPES.values() else "application/octet-stream"
    inline = inline and kind in {TYPES[ending] for ending in PICTURES}
    response = FileResponse(stored, as_attachment=not inline, filename=tidy_file_name(name), content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
