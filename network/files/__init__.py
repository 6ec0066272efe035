"""Uploads: what is let in, in which form it is kept, and how it leaves again.

Three witnesses must agree (the name's ending, the first bytes, a real parse), pictures are always made anew, and what
leaves is never rendered on our origin: the headers are the guard, the sniffing is only good manners.
"""

from network.files.accept import accept_upload
from network.files.fields import FilesField, FilesInput
from network.files.kinds import MAX_BYTES, MAX_FILES, TYPES, Accepted, Stored, UploadRefused, tidy_file_name
from network.files.pictures import cut, picture
from network.files.serve import serve_file, serve_stored

__all__ = [
    "MAX_BYTES",
    "MAX_FILES",
    "TYPES",
    "Accepted",
    "FilesField",
    "FilesInput",
    "Stored",
    "UploadRefused",
    "accept_upload",
    "cut",
    "picture",
    "serve_file",
    "serve_stored",
    "tidy_file_name",
]
