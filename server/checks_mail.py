"""The checks of what mail to customers needs: a server that takes it, a sender, and encryption for what is said to it."""

from collections.abc import Iterator

from kiosk import smtp
from server.checks_address import loopback
from server.core.errors import Misconfigured
from server.facts import Facts
from server.findings import BAD, GOOD, WARN, Finding

SETTING = "VITRINE_SMTP_URL=smtp://user:secret@host:587?starttls and VITRINE_MAIL_FROM"


def mail(facts: Facts) -> Iterator[Finding]:
    """Whether shoppers get the codes that they sign in with."""
    settings = facts.settings
    if settings.mail == "console":
        words = "Mail to customers is not sent: it stays in the console, for trying out."
        yield Finding(GOOD if settings.demo else WARN, words, "" if settings.demo else f"To send it, set {SETTING}.")
    elif not settings.smtp_url:
        words = "No mail server is set, so shoppers cannot sign in by mail; their bags work without."
        yield Finding(WARN, words, f"Set {SETTING}.")
    else:
        yield from _server(facts)
    if facts.stuck_mails:
        count = "One mail" if facts.stuck_mails == 1 else f"{facts.stuck_mails:,} mails"
        words = f"{count} of the last day could not be sent. The newest: {facts.mail_error or 'no reason was given'}"
        yield Finding(
            WARN, words, "See that the mail server takes mail from us. Codes are tried again for ten minutes."
        )


def _server(facts: Facts) -> Iterator[Finding]:
    settings = facts.settings
    try:
        smtp.sender(settings)
        server = smtp.server(settings)
    except Misconfigured as error:
        yield Finding(BAD, f"{error.detail}.", f"No mail is sent until then. Set {SETTING}.")
        return
    where = f"{server.host}:{server.port}"
    if facts.mail_trouble:
        mend = "See that it runs, and that name and password in VITRINE_SMTP_URL are right."
        yield Finding(BAD, f"The mail server {where} cannot be used: {facts.mail_trouble}", mend)
    elif not (server.tls or server.starttls or loopback(f"smtp://{server.host}")):
        words = (
            f"Mail goes to {where} without encryption, and so do codes{' and the password' if server.password else ''}."
        )
        yield Finding(BAD if server.password else WARN, words, "Write smtps://, or end VITRINE_SMTP_URL in ?starttls.")
    else:
        yield Finding(GOOD, f"Mail to customers goes by {where}, from {smtp.sender(settings).addr_spec}.")
