"""The settings of an installation: read once from the environment, each with its meaning beside it."""

import os
import re
from dataclasses import Field, dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from server.core.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("en", "vi", "nb")
DAYS = (1, 36_500)
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
"""By the scheme of a database's address."""

BACKPLANES = ("redis", "rediss", "valkey", "unix", "postgresql", "postgres")
"""Schemes of what carries news between processes."""
PERCENT = "Has the user or password one of @ : / ? # % in it, write that as %40 %3A %2F %3F %23 %25."
OPTIONS = ("sslmode", "ssl", "host", "port", "user", "password", "passfile", "application_name", "target_session_attrs")
"""What may follow the ? of PostgreSQL's address."""
FEWEST_CONNECTIONS = 4
"""With fewer, requests would wait for each other behind an import."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each field is read from `VITRINE_<NAME>`; docs and `vitrine doctor` list them by their `meaning`."""

    home: Path = field(default=ROOT / "var", metadata={"meaning": "Folder for the database, keys and caches"})
    database_url: str = field(
        default="",
        metadata={
            "meaning": "Where the database is, e.g. postgresql://user:secret@host/vitrine; empty: SQLite in the home folder",
            "secret": True,
        },
    )
    database_connections: int = field(
        default=10,
        metadata={
            "meaning": "Most connections of one process to PostgreSQL; docs/operations.md has the sum",
            "bounds": (FEWEST_CONNECTIONS, 1000),
        },
    )
    backplane_url: str = field(
        default="",
        metadata={
            "meaning": "What carries news between processes: redis://host or postgresql://host/name; empty: there is one process",
            "secret": True,
        },
    )
    public_url: str = field(
        default="",
        metadata={
            "meaning": "Address that phones reach, used in QR codes and terms; empty: the address the server listens on"
        },
    )
    language: str = field(
        default="en", metadata={"meaning": "Language of cards and pages: en, vi or nb", "choices": LANGUAGES}
    )
    x_bearer_token: str = field(
        default="", metadata={"meaning": "Bearer token of the X API; with it the stream is live", "secret": True}
    )
    x_api_base: str = field(
        default="https://api.x.com", metadata={"meaning": "Where the X API is; a rehearsal sets its own"}
    )
    x_posts_a_day: int = field(
        default=2000,
        metadata={
            "meaning": "Most posts read from X in a UTC day; the stream stops there",
            "bounds": (0, 1_000_000_000),
        },
    )
    x_price_a_post: float = field(
        default=0.005,
        metadata={"meaning": "What X bills for a post read, in US dollars; for the meter", "bounds": (0, 1000)},
    )
    sources: bool = field(
        default=True,
        metadata={"meaning": "Whether this process may run the networks' streams (one process does at a time)"},
    )
    keep_posts_days: int = field(
        default=30, metadata={"meaning": "Days that a post is kept; then only its id stays", "bounds": DAYS}
    )
    keep_plays_days: int = field(
        default=400, metadata={"meaning": "Days that proof of play and scans are kept", "bounds": DAYS}
    )
    keep_audit_days: int = field(default=800, metadata={"meaning": "Days that the audit log is kept", "bounds": DAYS})
    session_hours: int = field(
        default=12, metadata={"meaning": "Hours until staff must sign in again", "bounds": (1, 8760)}
    )
    shopper_session_days: int = field(
        default=90,
        metadata={"meaning": "Days that a shopper's browser opens their bag without signing in again", "bounds": DAYS},
    )
    keep_bags_days: int = field(
        default=60,
        metadata={"meaning": "Days that a bag without an account is kept after its last change", "bounds": DAYS},
    )
    keep_customers_days: int = field(
        default=730,
        metadata={"meaning": "Days that an account is kept after its last sign-in or change", "bounds": DAYS},
    )
    keep_visits_days: int = field(
        default=30, metadata={"meaning": "Days that visits at tablets and calls are kept", "bounds": DAYS}
    )
    mail: str = field(
        default="smtp",
        metadata={
            "meaning": "Where mail to customers goes: smtp, or console (nothing is sent; for trying out)",
            "choices": ("smtp", "console"),
        },
    )
    smtp_url: str = field(
        default="",
        metadata={
            "meaning": "Mail server, e.g. smtp://user:secret@host:587?starttls or smtps://user:secret@host; empty: no mail is sent",
            "secret": True,
        },
    )
    mail_from: str = field(
        default="", metadata={"meaning": "Sender of mail to customers, e.g. House <hello@shop.example>"}
    )
    demo: bool = field(
        default=False, metadata={"meaning": "Set by the demo alone: a link beside each code opens a phone in a window"}
    )
    proxies: str = field(
        default="",
        metadata={
            "meaning": "Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed, e.g. 127.0.0.1,10.2.0.0/24"
        },
    )
    allow_fetch: str = field(
        default="",
        metadata={
            "meaning": "host:port pairs on private addresses that pictures and feeds may come from, separated by commas"
        },
    )
    metrics_token: str = field(
        default="",
        metadata={"meaning": "Bearer token for /metrics; empty: this machine alone may read them", "secret": True},
    )
    log: str = field(
        default="console", metadata={"meaning": "Log lines as console text or json", "choices": ("console", "json")}
    )

    @property
    def database(self) -> str:
        """The database's address with the driver that we use, SQLite in the home folder unless one is set."""
        scheme, _, rest = self.database_url.partition("://")
        if not rest:
            return f"sqlite+aiosqlite:///{self.home / 'vitrine.sqlite'}"
        # What libpq calls sslmode, and every hoster's example with it, is called ssl by the driver.
        rest = re.sub("([?&])sslmode=", lambda found: f"{found[1]}ssl=", rest)
        return f"{DRIVERS[scheme.partition('+')[0]]}://{rest}"

    @property
    def backplane(self) -> str:
        """What carries news between processes; 'memory' where there is but one."""
        return self.backplane_url or "memory"

    @property
    def address(self) -> str:
        """Where people reach this installation: the public address, else where this process listens. No slash at the end."""
        return (self.public_url or os.environ.get("VITRINE_LISTENING", "") or "http://127.0.0.1:8000").rstrip("/")

    @property
    def rehearsed(self) -> bool:
        """Whether posts come from somewhere else than X itself."""
        return self.x_api_base.rstrip("/") != "https://api.x.com"

    @property
    def fetch_exceptions(self) -> frozenset[str]:
        """The host:port pairs on private addresses that the operator vouches for."""
        return frozenset(pair.strip() for pair in self.allow_fetch.split(",") if pair.strip())


def load(environment: dict[str, str] | None = None, **overrides: object) -> Settings:
    """Settings from VITRINE_* variables; raises Misconfigured with the variable's name when one cannot be read."""
    environment = dict(os.environ) if environment is None else environment
    known = {f"VITRINE_{f.name.upper()}": f for f in fields(Settings)}
    values: dict[str, object] = {}
    for variable, text in environment.items():
        if variable in known:
            values[known[variable].name] = _read(variable, text, known[variable])
    _check_database(str(values.get("database_url", "")))
    _check_backplane(str(values.get("backplane_url", "")))
    _check_proxies(str(values.get("proxies", "")))
    return Settings(**{**values, **overrides})  # type: ignore[arg-type]


def _check_database(text: str) -> None:
    scheme, _, rest = text.partition("://")
    if scheme and (scheme.partition("+")[0] not in DRIVERS or not rest):
        raise Misconfigured(
            "VITRINE_DATABASE_URL is no address that we know; write postgresql://user:secret@host/vitrine"
        )
    if scheme.startswith("postgres"):
        parts = _parts("VITRINE_DATABASE_URL", text)
        if "@" in parts.netloc.rpartition("@")[0] or parts.fragment:
            raise Misconfigured(f"VITRINE_DATABASE_URL cannot be read. {PERCENT}")
        for option in parse_qs(parts.query, keep_blank_values=True):
            if option not in OPTIONS:
                known = ", ".join(OPTIONS)
                raise Misconfigured(
                    f"VITRINE_DATABASE_URL has the option ‘{option[:40]}’, which we do not know. Take it away; known are {known}."
                )


def _check_backplane(text: str) -> None:
    scheme, _, rest = text.partition("://")
    if text and (scheme.partition("+")[0] not in BACKPLANES or not rest):
        raise Misconfigured(
            "VITRINE_BACKPLANE_URL is no address that we know; write redis://host, rediss://host, unix:///path/of/redis.sock "
            "or postgresql://user:secret@host/vitrine"
        )
    if text:
        _parts("VITRINE_BACKPLANE_URL", text)


def _parts(variable: str, text: str) -> SplitResult:
    """An address in its parts. Raises Misconfigured, without its words: they may hold a password."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise Misconfigured(f"{variable} cannot be read: its port is no number from 1 to 65535. {PERCENT}") from None
    return parts


def _check_proxies(text: str) -> None:
    for one in filter(None, (one.strip() for one in text.split(","))):
        try:
            ip_network(one)
        except ValueError:
            raise Misconfigured(
                f"VITRINE_PROXIES names ‘{one}’; write addresses or networks, as in 127.0.0.1,10.2.0.0/24"
            ) from None


def _read(variable: str, text: str, setting: Field[object]) -> object:
    kind, choices, bounds = type(setting.default), setting.metadata.get("choices"), setting.metadata.get("bounds")
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise Misconfigured(f"{variable} is ‘{text}’; write 1 or 0")
    if choices and text not in choices:
        raise Misconfigured(f"{variable} is ‘{text}’; write {', '.join(choices[:-1])} or {choices[-1]}")
    try:
        value = Path(text).absolute() if issubclass(kind, Path) else kind(text)
    except ValueError:
        raise Misconfigured(f"{variable} is ‘{text}’, which is not a number") from None
    if bounds and not bounds[0] <= value <= bounds[1]:  # what is no number at all, nan, is refused too
        raise Misconfigured(f"{variable} is ‘{text}’; write a number from {bounds[0]:,} to {bounds[1]:,}")
    return value
