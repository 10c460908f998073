"""Home: what waits, what is on the glass now, and what to do first in an empty installation."""

from litestar import Request, Response, get

from server.core import staff
from server.core.database import Database
from server.core.rendering import Section, add_section, console_page

add_section(Section(0, "/console", "Home", "h"))


@get("/console")
async def home(request: Request, database: Database) -> Response[str]:
    """The console's first page."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return console_page(request, "console/home.html", person, title="Home")


ROUTES = [home]
