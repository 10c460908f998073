"""Serves the application: uvicorn with our socket protocol, and HTTPS where devices need it."""

import asyncio
import errno
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvicorn
from rich.console import Console

from server import together
from server.core.errors import Misconfigured
from server.core.garbage import few_arenas, settle
from server.core.logs import configure
from server.core.metrics import SHARED
from server.core.settings import Settings
from server.migrating import require
from server.workers import BEGIN_SECONDS, Workers, follow_parent

log = structlog.get_logger()
KEEP_ALIVE_SECONDS = 65
LARGEST_MESSAGE = 64 * 1024
NOTIFY_SECONDS = 10
OPEN_FILES, FEW_FILES, OWN_FILES = 65_536, 8192, 100
"""What a process takes where it may, below what its operator is told, and what it needs besides its sockets."""


def run(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    tls: bool,
    cert: Path | None,
    key: Path | None,
    out: Console,
) -> None:
    """Serve until interrupted. Raises Misconfigured when it cannot begin, with what to do."""
    together.check(settings, workers)
    if bool(cert) != bool(key):
        raise Misconfigured("--tls-cert and --tls-key go together.")
    check_port(host, port)
    asyncio.run(_look(settings, workers))
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = together.alone(settings)
    if tls and not cert:
        from server.core import tls as authority  # loads cryptography, for those who need it

        cert = key = authority.certificate(settings.home / "tls", own_names(host, settings))
        os.environ["VITRINE_AUTHORITY"] = "1"
        fingerprint = authority.fingerprint(settings.home / "tls" / "authority.crt")
        out.print(f"Devices come to trust it by the page /trust; the fingerprint is {fingerprint}", soft_wrap=True)
    _check_pair(cert, key)
    configure(settings.log)
    _say_if_few(raise_open_files(), out)
    scheme = "https" if cert else "http"
    os.environ.setdefault("VITRINE_LISTENING", f"{scheme}://{host}:{port}")
    if workers > 1:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="vitrine-metrics-")
    out.print(f"Vitrine is on {scheme}://{host}:{port} (Ctrl-C ends it)")
    config = uvicorn.Config(
        "server.serving:create", factory=True, workers=workers, **options(host=host, port=port, settings=settings),
        ssl_certfile=cert, ssl_keyfile=key, callback_notify=tell_systemd, timeout_notify=NOTIFY_SECONDS,
        timeout_worker_healthcheck=BEGIN_SECONDS,
    )  # fmt: skip
    try:
        _serve(config)
    finally:
        if workers > 1:
            shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)
        if held:
            held.close()


def raise_open_files() -> int:
    """Hold as many sockets as the operating system lets us: shells give 1,024, which a thousand screens use up.

    Returns how many files this process may have open now, and each that it starts.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return OPEN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # macOS says that there is no bound, and may refuse all the same
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return OPEN_FILES if soft == resource.RLIM_INFINITY else soft


def _say_if_few(files: int, out: Console) -> None:
    if files < FEW_FILES:
        out.print(
            f"This system lets a process open {files:,} files, so about {max(0, files - OWN_FILES):,} screens, tablets and "
            "pages can be connected to each. For more: LimitNOFILE=65536 in the systemd unit, or ulimit -Hn.",
            soft_wrap=True,
        )


async def _look(settings: Settings, workers: int) -> None:
    await require(settings)
    await together.check_connections(settings, workers)


def _serve(config: uvicorn.Config) -> None:
    """Serve until told to end. Raises SystemExit when it could not begin."""
    if config.workers > 1:
        Workers(config).run()
        return
    _stay_at_hangup()
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def _stay_at_hangup() -> None:
    """SIGHUP, which replaces workers, would end a process that is alone. One whose terminal is closed ends by it as ever."""
    if hasattr(signal, "SIGHUP") and not (sys.stdin and sys.stdin.isatty()):
        said = "One process cannot replace itself without a gap, and serves on. Restart it, or serve with --workers."
        signal.signal(signal.SIGHUP, lambda number, place: log.warning("hangup_ignored", reason=said))


async def tell_systemd() -> None:
    """Say that this process serves, and that its loop turns; nothing where systemd does not ask (sd_notify(3))."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(b"READY=1\nWATCHDOG=1", address.replace("@", "\0", 1))


def _check_pair(cert: Path | str | None, key: Path | str | None) -> None:
    """Raises Misconfigured for a certificate that could not be served with."""
    if cert:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
        except (OSError, ValueError) as error:
            raise Misconfigured(
                f"{cert} and {key} are no certificate and its key ({error}). Both are files in PEM, the certificate with "
                "its chain, the key without a password."
            ) from None


def own_names(host: str, settings: Settings) -> list[str]:
    """The names and addresses that devices may call this machine by."""
    from server.core import tls as authority

    public = urlsplit(settings.public_url).hostname
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104
    named = [
        "localhost",
        "127.0.0.1",
        *(authority.addresses() if everywhere else [host]),
        *([public] if public else []),
    ]
    return list(dict.fromkeys(named))


def create():
    """The application of one worker process."""
    from server.app import create as build
    from server.core.settings import load

    follow_parent()
    few_arenas()
    settings = load()
    configure(settings.log)
    app = build(settings)
    settle()
    return app


def options(*, host: str, port: int, settings: Settings) -> dict:
    """How uvicorn is to run us: our protocol, no compression of frames, no pings of its own beside our beats."""
    return {
        "host": host, "port": port, "ws": "server.core.wire:PushProtocol", "ws_per_message_deflate": False,
        "ws_ping_interval": None, "ws_max_size": LARGEST_MESSAGE, "loop": "uvloop" if os.name != "nt" else "asyncio",
        "access_log": False, "log_level": "warning", "backlog": 4096, "server_header": False,
        "proxy_headers": bool(settings.proxies), "forwarded_allow_ips": settings.proxies, "timeout_graceful_shutdown": 5,
        # Longer than a shopper pauses between two taps: a connection that closes under a tap costs it a second try.
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }  # fmt: skip


def check_port(host: str, port: int) -> None:
    """Raises Misconfigured, in one line, when the port is taken or not ours to use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            mine = "Use 127.0.0.1 for this machine alone, 0.0.0.0 for every network that it is on."
            reasons = {
                errno.EADDRINUSE: f"Port {port} on {host} is in use by another program. End that, or choose another: --port {port + 1}",
                errno.EACCES: f"Port {port} needs rights that you do not have. Choose one from 1024 on, behind a proxy: --port 8000",
                errno.EADDRNOTAVAIL: f"{host} is no address of this machine. {mine}",
            }
            unknown = f"{host} is no address, and no name that this machine knows. {mine}"
            other = (
                unknown
                if isinstance(error, socket.gaierror)
                else f"Port {port} on {host} cannot be used: {error.strerror}. {mine}"
            )
            raise Misconfigured(reasons.get(error.errno or 0, other)) from None
