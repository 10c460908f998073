"""Pictures from outside made safe: decoded under limits, stripped of what they carry besides, and cut to size as WebP.

A picture is the richest hostile input there is. Its kind is told by its first bytes, never by its name; only five
kinds are decoded; size and number of scans are looked at before anything is unpacked. What leaves this module is
pixels in sRGB, newly written: no EXIF (a shopper's coordinates), no profile, no comment, no second frame.
"""

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from math import ceil
from typing import ParamSpec, TypeVar

from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError, features

from server.core.errors import BadInput
from server.core.kinds import described, picture_kind
from server.core.palette import dominant_colours

__all__ = [
    "Prepared",
    "PictureRefused",
    "Rendition",
    "decode",
    "digest",
    "dominant_colours",
    "off_loop",
    "prepare",
    "renditions",
    "trim",
]

MAX_PIXELS = 40_000_000  # a camera's full frame; about 160 MB while it is worked on
MAX_SIDE = 16_383  # pixels; what WebP can hold
MAX_SCANS = 100  # of a JPEG; a progressive one has about ten, and each costs a pass over the whole picture
MAX_PROFILE = 4 * 1024 * 1024
WIDTHS = (240, 640, 1200)
AT_ONCE = 2

P = ParamSpec("P")
T = TypeVar("T")


class PictureRefused(BadInput):
    """The bytes do not become a picture here; the words say why and what to send instead."""

    title = "Not a picture that can be used"


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture: WebP bytes and their digest; width and height in pixels."""

    width: int
    height: int
    digest: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is kept of a picture: renditions, narrowest first, and colours as (#rrggbb, share from 0 to 1)."""

    width: int
    height: int
    renditions: tuple[Rendition, ...]
    colours: tuple[tuple[str, float], ...]
    backdrop: str | None = None
    """#rrggbb of an even ground, such as the white of a shop's photograph; None where there is none or it is see-through."""


def digest(data: bytes) -> str:
    """The name of bytes under /media/: SHA-256 in hex, so that `sha256sum` and a browser can check it."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS, enough: int | None = None) -> Image.Image:
    """The first frame as it is meant to be seen: upright, in sRGB, RGBA only where it is see-through, no metadata.

    `enough` is a number of pixels for the longer side that will do: what is twice that or more comes at a half or less
    of its size, never below `enough`, and a JPEG is not even decoded in full. Raises PictureRefused; blocks (seconds
    for the largest), so call it through `off_loop`.
    """
    kind = picture_kind(data)
    if kind is None or (kind == "AVIF" and not features.check("avif")):
        raise PictureRefused(f"This is {described(data)}, which is not read here. Send JPEG, PNG, WebP, GIF or AVIF.")
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            _measure(image, data, max_pixels)
            if enough and kind == "JPEG":
                image.draft(None, _reduced(image.size, enough))
            image.load()
            seen = _plain(_srgb(_upright(image)))
            return seen.reduce(factor) if enough and (factor := max(seen.size) // enough) > 1 else seen
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(max_pixels) from None
    except MemoryError:
        raise PictureRefused("The picture takes more memory than there is. Send a smaller one.") from None
    except Exception as error:
        # Pillow's plugins raise nearly anything on damaged bytes.
        raise PictureRefused(f"The {kind} is damaged or cut short ({_reason(error)}). Send it again.") from None


def renditions(image: Image.Image, widths: Iterable[int] = WIDTHS) -> list[Rendition]:
    """The picture as WebP in each width, narrowest first; never made larger, so a narrow one comes in its own width."""
    sizes = sorted({min(width, image.width) for width in widths})
    return [_rendition(image, width) for width in sizes]


def trim(image: Image.Image, *, tolerance: int = 14, margin: float = 0.02) -> Image.Image:
    """The picture without its transparent or even-coloured border, but for a `margin` (share of the longer side).

    `tolerance` is how far (of 255) a border may stray from its colour. A picture without a border, or of nothing but
    border, comes back as it is.
    """
    box = _content(image, tolerance)
    if box is None:
        return image
    spare = round(max(box[2] - box[0], box[3] - box[1]) * margin)
    wide = (max(0, box[0] - spare), max(0, box[1] - spare), box[2] + spare, box[3] + spare)
    kept = (*wide[:2], min(image.width, wide[2]), min(image.height, wide[3]))
    return image if kept == (0, 0, *image.size) else image.crop(kept)


def prepare(data: bytes, *, widths: Sequence[int] = WIDTHS, trimmed: bool = False) -> Prepared:
    """Everything at once: decode, trim where asked, cut to sizes, find the colours. Raises PictureRefused; blocks."""
    image = decode(data, enough=2 * max(widths))
    image = trim(image) if trimmed else image
    cut, colours = tuple(renditions(image, widths)), tuple(dominant_colours(image))
    return Prepared(image.width, image.height, cut, colours, backdrop(image))


def backdrop(image: Image.Image, *, tolerance: int = 14) -> str | None:
    """The colour that the whole edge of a picture has, as #rrggbb; `tolerance` is how far (of 255) it may stray."""
    if image.mode != "RGB" or min(image.size) < 3:
        return None
    right, bottom = image.width, image.height
    sides = ((0, 0, right, 1), (0, bottom - 1, right, bottom), (0, 0, 1, bottom), (right - 1, 0, right, bottom))
    levels = [image.crop(side).getextrema() for side in sides]
    least = [min(side[band][0] for side in levels) for band in range(3)]
    most = [max(side[band][1] for side in levels) for band in range(3)]
    if any(high - low > tolerance for low, high in zip(least, most, strict=True)):
        return None
    return "#{:02x}{:02x}{:02x}".format(*((low + high) // 2 for low, high in zip(least, most, strict=True)))


async def off_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function of this module in a thread, AT_ONCE of them at a time, the rest waiting in line.

    The threads are few and their own: each may hold 160 MB, and pictures must not take the threads that serve people.
    A caller that gives up (a timeout) stops waiting; the thread finishes what it has begun.
    """
    return await asyncio.get_running_loop().run_in_executor(_hands(), partial(work, *args, **kwargs))


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")


def _measure(image: Image.Image, data: bytes, max_pixels: int) -> None:
    """Refuse by what the head says, before a pixel is unpacked."""
    width, height = image.size
    if width * height > max_pixels:
        raise _too_many_pixels(max_pixels, width=width, height=height)
    if max(width, height) > MAX_SIDE:
        raise PictureRefused(
            f"The picture is {width} by {height} pixels; {MAX_SIDE} is the longest side. Send a smaller one."
        )
    if image.format == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS:
        raise PictureRefused(
            "The JPEG has so many scans that it would take minutes to decode. Save it anew and send that."
        )


def _reduced(size: tuple[int, int], enough: int) -> tuple[int, int]:
    share = min(1, enough / max(size))
    return ceil(size[0] * share), ceil(size[1] * share)


def _too_many_pixels(most: int, *, width: int = 0, height: int = 0) -> PictureRefused:
    size = f"{width} by {height} pixels" if width else "far larger"
    return PictureRefused(
        f"The picture is {size}, over the {most / 1e6:g} million that are decoded. Send a smaller one."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its head cannot be read"
    return (str(error) or type(error).__name__).split("\n")[0][:120]


# What it is meant to look like


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image  # a broken orientation says nothing about the pixels


def _srgb(image: Image.Image) -> Image.Image:
    """The picture's colours in sRGB when it carries a profile that fits it; a profile that does not is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or len(profile) > MAX_PROFILE:
        return image
    # Transparency first: a see-through colour named in the file would not be found again among converted ones.
    seen = (
        image.convert("RGBA") if image.has_transparency_data else image.convert("RGB") if image.mode == "P" else image
    )
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if seen.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(seen, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return seen


def _plain(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is see-through; new pixels without anything attached."""
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    seen = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if seen.mode == "RGBA" and seen.getchannel("A").getextrema()[0] == 255:
        seen = seen.convert("RGB")
    seen.info = {}
    return seen


# Cutting to size


def _rendition(image: Image.Image, width: int) -> Rendition:
    height = max(1, round(image.height * width / image.width))
    if width != image.width:
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    written = io.BytesIO()
    # A fifth larger than with method 4, in a fifth of the time; the alpha of a cut-out is smooth, so 80 is not seen.
    image.save(written, "WEBP", quality=84, method=1, alpha_quality=80)
    return Rendition(width, height, digest(written.getvalue()), written.getvalue())


def _content(image: Image.Image, tolerance: int) -> tuple[int, int, int, int] | None:
    """The box of what is not border; None where everything is."""
    if image.mode == "RGBA":
        return image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    right, bottom = image.width - 1, image.height - 1
    corners = [image.getpixel(at) for at in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    if any(max(levels) - min(levels) > tolerance for levels in zip(*corners, strict=True)):
        return None
    away = ImageChops.difference(image, Image.new("RGB", image.size, corners[0]))
    red, green, blue = away.split()
    furthest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return furthest.point(lambda level: 255 if level > tolerance else 0).getbbox()
