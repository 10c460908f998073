"""The mails of an installation that sends none: what a shopper would find in their mailbox, for whoever tries it out."""

from litestar import Request, Response, get

from kiosk import mailing
from server.core import staff
from server.core.database import Database
from server.core.errors import NotFound
from server.core.rendering import Section, add_section, console_page, page
from server.core.settings import Settings


def kept_here(settings: Settings) -> bool:
    """Whether mail goes nowhere else."""
    return settings.mail == "console"


# Administrators alone: whoever reads a code can sign in as the shopper that it was meant for.
add_section(Section(95, "/console/mail", "Mail", "m", "admin", only=kept_here))


@get("/console/mail")
async def mails(request: Request, database: Database, settings: Settings) -> Response[str]:
    """The newest mails, whole."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "admin")
        if not kept_here(settings):
            raise NotFound("Mail is sent from here, and not kept for staff to read.")
        newest = await mailing.newest(db)
    if request.headers.get("hx-request"):
        return page(request, "kiosk/mails_list.html", mails=newest)
    return console_page(request, "kiosk/mails.html", person, title="Mail", mails=newest)


ROUTES = [mails]
