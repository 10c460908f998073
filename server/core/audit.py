"""The audit log: who did what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core.clock import now
from server.core.tables import Base


class AuditEntry(Base):
    """One thing that was done. The name is kept as it was, so that the entry outlives the account."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(100), index=True)
    """A verb in the past tense with its noun, such as 'approved post'."""
    which: Mapped[str] = mapped_column(String(300))
    """The thing's own name or id, in words."""
    details: Mapped[dict[str, Any]]


def record(db: AsyncSession, *, who: str, what: str, which: object, **details: Any) -> None:
    """Write down what somebody did, in the transaction that does it."""
    db.add(AuditEntry(at=now(), who=who[:200], what=what, which=str(which)[:300], details=details))
