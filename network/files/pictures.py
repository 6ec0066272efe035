"""Pictures are made anew in a child process: what was hidden in them, and what they could do to us, stays outside."""

import subprocess
import sys
from pathlib import Path
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from network.files.kinds import MAX_BYTES, UploadRefused, tidy_file_name, too_demanding, unreadable

SECONDS = 5
_CHILD = Path(__file__).with_name("redraw_child.py")


def picture(file: UploadedFile | IO[bytes], size: int = 256) -> bytes:
    """A square WebP of `size` pixels from the middle of a picture: profile pictures and logos. Raises UploadRefused."""
    return cut(file, "WEBP", (size, size))


def cut(file: UploadedFile | IO[bytes], form: str, size: tuple[int, int], *, least: int = 0) -> bytes:
    """The middle of a picture as `form` (WEBP, JPEG), of this width and height. Raises UploadRefused, also where it has less than `least`
    per cent of them."""
    name = tidy_file_name(getattr(file, "name", "") or "")
    if (getattr(file, "size", 0) or 0) > MAX_BYTES:
        raise UploadRefused(_("“%(name)s” is larger than 25 MB."), code="too_large", params={"name": name})
    file.seek(0)
    data, _width, _height = redraw(file.read(MAX_BYTES + 1), form, name, size, least=least)
    return data


def redraw(data: bytes, form: str, name: str, size: tuple[int, int] = (0, 0), *, least: int = 0) -> tuple[bytes, int, int]:
    """The picture made anew as `form`, cut to `size` where one is given; its width and its height. A bomb kills the child, not the house."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter, our own file, no shell
            [sys.executable, "-I", str(_CHILD), form, *map(str, size), str(least)],
            input=data,
            capture_output=True,
            timeout=SECONDS + 2,  # the child's own limit counts its CPU; this one counts the clock
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise too_demanding(name) from None
    head, mark, body = done.stdout.partition(b"\n")
    if done.returncode == 4:
        words = _("“%(name)s” is too small: it would be blurred. At least %(width)s × %(height)s pixels are needed.")
        width, height = (number * least // 100 for number in size)
        raise UploadRefused(words, code="too_small", params={"name": name, "width": width, "height": height})
    # 3: over the limits. Below zero: killed by them.
    if done.returncode == 3 or done.returncode < 0:
        raise too_demanding(name)
    if done.returncode or not mark:
        raise unreadable(name)
    width, height = (int(number) for number in head.split())
    return body, width, height
