"""What a shopper does with an account in tests: asks for a code, reads the mail, types it."""

import re
from typing import Any

import httpx
from sqlalchemy import select

from kiosk.models import Mail
from tests.conftest import Served
from tests.shopping import Phone


async def newest_code(served: Served, email: str) -> str:
    """The code in the newest mail to an address."""
    async with served.database.snapshot() as db:
        body = await db.scalar(select(Mail.body).where(Mail.to == email).order_by(Mail.id.desc()).limit(1))
    found = re.match(r"\d{6}", body or "")
    assert found, f"no code in {body!r}"
    return found[0]


async def ask(phone: Phone, email: str) -> httpx.Response:
    """Have a code sent."""
    return await phone.client.post("/api/sign-in", json={"email": email})


async def type_code(phone: Phone, code: str) -> httpx.Response:
    """Type what was in the mail."""
    return await phone.client.post("/api/sign-in/code", json={"code": code})


async def sign_in(served: Served, phone: Phone, email: str = "ada@example.com") -> dict[str, Any]:
    """Sign in by mail; what the server answers."""
    (await ask(phone, email)).raise_for_status()
    answer = await type_code(phone, await newest_code(served, email))
    answer.raise_for_status()
    return answer.json()


async def me(phone: Phone) -> dict[str, Any]:
    """The account as its page shows it."""
    answer = await phone.client.get("/api/me")
    answer.raise_for_status()
    return answer.json()
