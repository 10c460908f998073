"""Composes cards in the brand's kit and keeps them; and what stands on them: items that are sold, posts as their network asks."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Store, Variant
from catalog.stocking import in_store
from displays.cards import content as say
from displays.cards.compose import compose
from displays.cards.errors import CannotShow
from displays.models import Card
from server.core import brand, media
from server.core.clock import now
from server.core.database import settings_of
from server.core.tables import add_unless_there
from social.models import Picture, Post

CARD_PICTURE_WIDTH = 1200


async def keep(db: AsyncSession, what: say.Content, *, variants: tuple[str, ...] = ()) -> str:
    """Compose a content in the brand's kit and keep it with all it needs. The card's digest. Raises CannotShow."""
    language = settings_of(db).language
    composed = compose(what, brand=await brand.current(db), language=language)
    digest = await media.store(db, composed.html, "text/html; charset=utf-8")
    for part in sorted(composed.media, key=lambda part: part.digest):
        await media.store(db, part.body, part.content_type)
    await add_unless_there(
        db, Card,
        digest=digest, kind=composed.kind, layout=f"{composed.layout}@{composed.revision}", language=language,
        pictures=list(composed.pictures), fonts=list(composed.fonts), fits=list(composed.fits), variants=list(variants),
        field=composed.html.decode().partition('data-field="')[2][:7], composed_at=now(),
    )  # fmt: skip
    return digest


async def item(db: AsyncSession, variant_id: str) -> say.Item | None:
    """A variant as cards name it; None when it was withdrawn."""
    query = select(Variant, Product, Image).join(Product).outerjoin(Image, Image.id == Variant.image_id)
    row = (await db.execute(query.where(Variant.id == variant_id, Variant.withdrawn_at.is_(None)))).one_or_none()
    if row is None:
        return None
    variant, product, image = row
    return say.Item(
        variant=variant.id, name=product.title, shade=variant.colour, swatch=variant.swatch, brand=product.brand,
        picture=_largest(image, alt=f"{product.title} {variant.colour}".strip()),
    )  # fmt: skip


def _largest(image: Image | None, *, alt: str) -> say.Picture | None:
    fitting = [one for one in (image.renditions if image else []) if one["width"] <= CARD_PICTURE_WIDTH]
    if not fitting:
        return None
    best = max(fitting, key=lambda one: one["width"])
    return say.Picture(best["digest"], best["width"], best["height"], alt, image.backdrop if image else None)


async def quoted(db: AsyncSession, post: Post) -> say.Post:
    """A post as its network asks for it to be shown. Raises CannotShow when a picture of it could not be fetched."""
    avatar = await db.get(Picture, post.author_avatar) if post.author_avatar else None
    pictures = []
    for one in post.media:
        found = await db.get(Picture, one["url"]) if one.get("url") else None
        if (picture := _picture(found, one.get("alt", ""))) is None:
            raise CannotShow("A picture of the post is not here, and a post is shown whole or not at all.")
        pictures.append(picture)
    return say.Post(
        network=post.network,
        author=say.Author(post.author_name, post.author_handle, _picture(avatar, "")),
        text=post.text, posted_at=post.created_at, language=post.lang or None, edited=bool(post.flags.get("edited")),
        pictures=tuple(pictures),
    )  # fmt: skip


def _picture(found: Picture | None, alt: str) -> say.Picture | None:
    return say.Picture(found.digest, found.width, found.height, alt) if found and found.digest else None


async def having_stock(db: AsyncSession, variants: list[str]) -> set[str]:
    """Those of the variants that an open store has on its shelf."""
    query = select(Stock.variant_id).join(Store, Store.id == Stock.store_id)
    return set(await db.scalars(query.where(Stock.variant_id.in_(variants), Store.withdrawn_at.is_(None), in_store())))
