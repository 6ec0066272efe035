"""How a stored file leaves the house."""

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

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


def serve_stored(place: str, name: str, content_type: str, *, inline: bool = False) -> FileResponse:
    """`serve_file` of what lies at this place of the store; 404 when it is gone."""
    try:
        stored = default_storage.open(place)
    except FileNotFoundError:
        raise Http404 from None
    return serve_file(stored, name, content_type, inline=inline)
