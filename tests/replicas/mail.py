"""A mail server that takes what it is given, or misbehaves as it is told: refuses, puts off, hangs, drops the line."""

import asyncio
import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """Listens on a port of its own; `received` are the messages, `recipients` whom they were for."""

    def __init__(self, *, user: str = "", password: str = "") -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.tries = 0
        self.mood = "well"
        """'well', 'refuse' (550 for good), 'later' (451), 'hang' (says nothing more), 'drop' (cuts the line)."""
        self._user, self._password = user, password
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.BaseTransport] = set()

    @property
    def url(self) -> str:
        """For VITRINE_SMTP_URL."""
        who = f"{self._user}:{self._password}@" if self._user else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Answer from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._line, sock=self._socket)

    async def stop(self) -> None:
        """Be gone; who still waits for an answer gets none."""
        if self._server:
            self._server.close()
        for line in self._lines:
            line.close()
        await asyncio.sleep(0)

    def _line(self) -> SMTP:
        lines = self._lines

        class Line(SMTP):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                lines.add(transport)
                super().connection_made(transport)

        return Line(
            self, hostname="mail.test", auth_required=bool(self._user), auth_require_tls=False, authenticator=self._known,
            loop=asyncio.get_running_loop(),
        )  # fmt: skip

    def _known(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            self._user.encode(), self._password.encode(),
        )  # fmt: skip
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whom a message is for: where it is decided what becomes of it."""
        self.tries += 1
        if self.mood == "hang":
            await asyncio.Event().wait()
        if self.mood == "drop":
            server.transport.close()
        if self.mood in ("refuse", "later"):
            return (
                "550 5.1.1 No such mailbox <somebody@here>" if self.mood == "refuse" else "451 4.7.1 Come again later"
            )
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message."""
        self.received.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return "250 OK"
