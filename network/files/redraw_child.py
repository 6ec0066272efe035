"""Run as a program of its own by pictures.py: a picture on stdin, the same picture made anew on stdout.

It imports nothing of the house. Exit 2: not such a picture. Exit 3: over the limits. Exit 4: smaller than it must be.
"""

import resource
import sys
from io import BytesIO

MEMORY = 512 * 1024 * 1024
SECONDS = 5
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
MAX_FRAMES = 200


def main(form: str, width: int, height: int, least: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from PIL import Image, ImageFile, ImageOps, ImageSequence  # noqa: PLC0415 -- inside the limits

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        source = Image.open(BytesIO(sys.stdin.buffer.read()), formats=["JPEG", "PNG", "WEBP", "GIF"] if width else [form])
        if source.width * source.height > MAX_PIXELS or max(source.size) > MAX_SIDE:
            return 3
        frames = getattr(source, "n_frames", 1)
        if frames > MAX_FRAMES or frames * source.width * source.height > 2 * MAX_PIXELS:
            return 3
        out = BytesIO()
        if width:
            image = ImageOps.exif_transpose(source)
            if min(image.width / width, image.height / height) * 100 < least:
                return 4
            image = ImageOps.fit(image.convert("RGBA" if _has_alpha(image) and form != "JPEG" else "RGB"), (width, height))
            image.save(out, form, quality=82, **({"method": 4} if form == "WEBP" else {"optimize": True}))
        elif frames > 1:
            images = [frame.convert("RGBA" if form != "JPEG" else "RGB") for frame in ImageSequence.Iterator(source)]
            delay = source.info.get("duration", 100)
            image = images[0]
            image.save(
                out, form, save_all=True, append_images=images[1:], loop=0, duration=delay if isinstance(delay, int) else 100, disposal=2
            )
        else:
            image = ImageOps.exif_transpose(source)
            if form == "JPEG":
                image = image.convert("RGB")
            elif image.mode not in ("RGB", "RGBA", "L", "LA", "P", "1"):
                image = image.convert("RGBA" if _has_alpha(image) else "RGB")
            image = _bare(image)
            image.save(out, form, **({"quality": 88, "optimize": True} if form == "JPEG" else {"quality": 85} if form == "WEBP" else {}))
    except (MemoryError, Image.DecompressionBombError):
        return 3
    except Exception:
        return 2
    sys.stdout.buffer.write(b"%d %d\n" % image.size + out.getvalue())
    return 0


def _has_alpha(image: "object") -> bool:
    return getattr(image, "mode", "") in ("RGBA", "LA", "PA") or "transparency" in getattr(image, "info", {})


def _bare(image):  # type: ignore[no-untyped-def]
    """Only the pixels: no EXIF, XMP, comment, profile or text travels along."""
    kept = {key: value for key, value in image.info.items() if key == "transparency"}
    image.info.clear()
    image.info.update(kept)
    if hasattr(image, "_exif"):
        image._exif = None
    return image


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(number) for number in sys.argv[2:5])))
