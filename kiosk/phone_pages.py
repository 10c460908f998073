"""The shopper's pages on a phone: taking a bag, the bag itself, and what it needs without a network."""

from litestar import Request, Response, get

from kiosk.phone_frame import shopper_page
from server.core.database import Database
from server.core.settings import Settings


@get("/take")
async def take_page(request: Request, database: Database, settings: Settings) -> Response[str]:
    """Where a tablet's code leads. The ticket is in the fragment, which no server sees; the script posts it."""
    headers = {"Referrer-Policy": "no-referrer"}
    return await shopper_page(request, database, settings, "kiosk/take.html", headers=headers)


ROUTES = [take_page]
