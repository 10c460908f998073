"""The pictures of the demo's network: avatars of its people, and the photographs in their posts."""

import asyncio
import io
from functools import lru_cache

from PIL import Image

from catalog.demo import house
from catalog.demo.pictures.draw import draw


async def picture(name: str) -> bytes | None:
    """The PNG of `avatar-<handle>` or of a photograph by its name; None for an unknown one."""
    return await asyncio.to_thread(_drawn, name)


@lru_cache(maxsize=200)
def _drawn(name: str) -> bytes | None:
    if name.startswith("avatar-"):
        return _png(_avatar(name.removeprefix("avatar-")))
    variant = next((variant for variant in house.variants() if variant.picture == name), None)
    if variant is None:
        return None
    product = draw(variant, 900)
    ground = Image.new("RGB", product.size, "#e9e2d8")
    ground.paste(product, mask=product.getchannel("A"))
    return _png(ground)


def _avatar(handle: str) -> Image.Image:
    hue = sum(map(ord, handle)) * 37 % 256
    return Image.new("HSV", (240, 240), (hue, 120, 190)).convert("RGB")


def _png(image: Image.Image) -> bytes:
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()
