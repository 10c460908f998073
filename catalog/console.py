"""Staff pages of this package: the catalogue as tiles, and what comes into it."""

from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import import_pages, searching
from catalog.models import Import, Store, Variant
from catalog.searching import Search
from catalog.tiles import tiles
from server.core import staff
from server.core.database import Database
from server.core.rendering import Section, add_section, console_page

add_section(Section(40, "/console/catalogue", "Catalogue", "k"))

A_PAGE = 48
MOST_PAGES = 1000
MOST_STORES = 3000
AT = "at:"
"""What a choice of stock begins with that names a store."""


@get("/console/catalogue")
async def catalogue(
    request: Request,
    database: Database,
    q: FromQuery[str] = "",
    brand: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    colour: FromQuery[str] = "",
    stock: FromQuery[str] = "",
    picture: FromQuery[str] = "",
    withdrawn: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """A page of the products that were looked for."""
    search = Search(
        words=q[:200], brand=brand[:100], type=kind[:300], colour=colour[:20], picture=picture, withdrawn=bool(withdrawn),
        stock=stock if stock in ("in", "out") else "", here=stock[len(AT) :].replace("\0", "")[:100] if stock.startswith(AT) else "",
    )  # fmt: skip
    page = min(max(page, 1), MOST_PAGES)
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        start = (page - 1) * A_PAGE
        products, found = await searching.page(db, search, start=start, size=A_PAGE)
        return console_page(
            request, "catalog/catalogue.html", person, title="Catalogue", search=search,
            tiles=await tiles(db, products, found.fits(start, A_PAGE)), total=found.total, partly=found.partly, page=page,
            pages=max(1, -(-found.total // A_PAGE)), address=_address(search), narrowing=await searching.choices(db, search),
            stores=await _stores(db),
            empty=not await db.scalar(select(Variant.id).limit(1)),
            latest=await db.scalar(select(Import).where(Import.dry_run.is_(False)).order_by(Import.id.desc()).limit(1)),
            variants=await db.scalar(select(func.count()).select_from(Variant).where(Variant.withdrawn_at.is_(None))),
        )  # fmt: skip


async def _stores(db: AsyncSession) -> list[tuple[str, str]]:
    """(value of the choice, name) of each store that is open."""
    open_ones = select(Store.id, Store.name).where(Store.withdrawn_at.is_(None))
    return [
        (AT + id, name) for id, name in await db.execute(open_ones.order_by(Store.name, Store.id).limit(MOST_STORES))
    ]


def _address(search: Search) -> str:
    """The search as the query part of an address, for paging."""
    values = {
        "q": search.words, "brand": search.brand, "kind": search.type, "colour": search.colour,
        "stock": AT + search.here if search.here else search.stock,
        "picture": search.picture, "withdrawn": "1" if search.withdrawn else "",
    }  # fmt: skip
    return urlencode({name: value for name, value in values.items() if value})


ROUTES: list = [catalogue, *import_pages.ROUTES]
