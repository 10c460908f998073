"""The account's page: signing in, and what is a customer's. It holds nothing of anybody; what is theirs, scripts fetch."""

from litestar import Request, Response, get

from kiosk import mailing, passkeys
from kiosk.phone_frame import shopper_page
from server.core.database import Database
from server.core.settings import Settings

OWN = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"


@get("/me")
async def me_page(request: Request, database: Database, settings: Settings) -> Response[str]:
    """Sign in, or see what is kept of you."""
    mail = settings.mail if mailing.possible(settings) else ""
    keys = passkeys.relying_party(request, settings) is not None
    headers = {"Permissions-Policy": OWN}
    return await shopper_page(request, database, settings, "kiosk/me.html", headers=headers, mail=mail, keys=keys)


ROUTES = [me_page]
