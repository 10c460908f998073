"""`vitrine staff`: taking somebody on, and links for those who cannot sign in."""

from rich.console import Console
from sqlalchemy import select

from catalog.models import Store
from server.core import audit, staff
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.settings import Settings
from server.migrating import require

BY = "the vitrine command"


async def add(settings: Settings, *, email: str, name: str, role: str, out: Console, store: str = "") -> None:
    """Take somebody on and print their one-time link. Raises BadInput for an associate of a store that there is not."""
    await require(settings)
    database = Database(settings.database, settings)
    async with database.transaction() as db:
        if store and await db.get(Store, store) is None:
            raise BadInput(f"There is no store with the code ‘{store}’. The console lists them under Catalogue.")
        person = await staff.add(db, email=email, name=name, role=role, store_id=store or None)
        audit.record(db, who=BY, what="added staff", which=person.email, role=role)
        key = await staff.link(db, person)
    await database.close()
    _print(settings, person.email, key, out)


async def link(settings: Settings, *, email: str, out: Console) -> None:
    """Print a new one-time link. Raises NotFound for an unknown address."""
    await require(settings)
    database = Database(settings.database, settings)
    async with database.transaction() as db:
        query = select(staff.Staff).where(staff.Staff.email == email.strip().lower(), staff.Staff.ended_at.is_(None))
        person = await db.scalar(query)
        if person is None:
            raise NotFound(f"Nobody here has the address {email}. Add them: vitrine staff add {email}")
        audit.record(db, who=BY, what="made sign-in link", which=person.email)
        key = await staff.link(db, person)
    await database.close()
    _print(settings, person.email, key, out)


def _print(settings: Settings, email: str, key: str, out: Console) -> None:
    out.print(f"{email} signs in once, within a week, with this link:")
    out.print(f"  {settings.address}/console/enter?key={key}", soft_wrap=True)
