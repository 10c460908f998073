"""The pictures of the demo's network: avatars of its people, and the photographs in their posts."""

import asyncio
import io
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog.demo import house

if TYPE_CHECKING:
    from PIL.Image import Image


async def picture(name: str) -> bytes | None:
    """The PNG of `avatar-<handle>` or of a photograph by its name; None for an unknown one."""
    return await asyncio.to_thread(_drawn, name)


@lru_cache(maxsize=200)
def _drawn(name: str) -> bytes | None:
    # Loaded when the first picture is asked for, beside a server that is up.
    from PIL import Image

    from catalog.demo.pictures.draw import draw
    from catalog.demo.pictures.people import avatar

    if name.startswith("avatar-"):
        return _png(avatar(zlib.crc32(name.encode()), 240))
    variant = next((variant for variant in house.variants() if variant.picture == name), None)
    if variant is None:
        return None
    product = draw(variant, 900)
    ground = Image.new("RGB", product.size, "#e9e2d8")
    ground.paste(product, mask=product.getchannel("A"))
    return _png(ground)


def _png(image: "Image") -> bytes:
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()
