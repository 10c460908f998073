"""The servers that ours is measured beside, each in a process of its own: nchan, NATS, Mosquitto, and a bare loop in C."""

import asyncio
import os
import platform
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.running import HERE, ROOT, compiled, compiler, free_port, process

UNPACKED = ROOT / "var" / "bench" / "peers"
"""Where `server/setup.py peers` puts those that the machine lacks."""
MODULE = "usr/lib/nginx/modules/ngx_nchan_module.so"
NGINX = r"""
load_module {module};
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections {files}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    client_max_body_size 1m; client_body_buffer_size 128k;
    location ~ /pub/(\w+)$ {{ nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 1; }}
    location ~ /sub/(\w+)$ {{ nchan_subscriber websocket; nchan_channel_id $1; nchan_subscriber_first_message newest; }}
  }}
}}
"""
NATS = """
listen: 127.0.0.1:{command}
websocket {{ listen: "127.0.0.1:{port}", no_tls: true, compression: false }}
"""
MOSQUITTO = """
user root
allow_anonymous true
persistence false
listener {port} 127.0.0.1
protocol websockets
listener {command} 127.0.0.1
protocol mqtt
"""
Target = tuple[str, str, str]
"""What fanclient is told of a connection: path, header, first message."""


@dataclass(frozen=True)
class Peer:
    """A running server: where it is, which process does its work, how to listen to a channel of it, and how to publish."""

    port: int
    pid: int
    target: Callable[[str], Target]
    publish: Callable[[str, bytes], Awaitable[None]]


@asynccontextmanager
async def nchan(folder: Path) -> AsyncIterator[Peer]:
    """nginx with one worker, in the foreground, with a configuration of its own."""
    port, files = free_port(), min(20_000, open_files())
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    module = next(path for path in (Path("/", MODULE), UNPACKED / MODULE) if path.exists())
    config.write_text(NGINX.format(module=module, folder=folder, port=port, user=user, files=files))
    async with process(_program("nginx"), "-c", str(config), "-p", str(folder), env=_libraries()) as master:
        await _answers(port)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:

            async def publish(channel: str, body: bytes) -> None:
                (await http.post(f"/pub/{channel}", content=body)).raise_for_status()

            yield Peer(port, _child_of(master.pid), lambda channel: (f"/sub/{channel}", "", ""), publish)


@asynccontextmanager
async def nats(folder: Path) -> AsyncIterator[Peer]:
    """NATS with its WebSocket listener, published to over its own protocol."""
    port, command, config = free_port(), free_port(), folder / "nats.conf"
    config.write_text(NATS.format(port=port, command=command))
    with (folder / "nats.log").open("wb") as log:
        async with process(_program("nats-server"), "-c", str(config), stderr=log) as child:
            await _answers(port)
            reader, writer = await asyncio.open_connection("127.0.0.1", command)
            writer.write(b'CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n')
            await reader.readuntil(b"PONG\r\n")

            async def publish(channel: str, body: bytes) -> None:
                writer.write(b"PUB %s %d\r\n%s\r\n" % (channel.encode(), len(body), body))
                await writer.drain()

            def target(channel: str) -> Target:
                hello = b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s 1\r\n' % channel.encode()
                return "/", "", f"hex:{hello.hex()}"

            yield Peer(port, child.pid, target, publish)
            writer.close()


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[Peer]:
    """Mosquitto with its WebSocket listener, published to over plain MQTT, each message sent once and not acknowledged."""
    port, command, config = free_port(), free_port(), folder / "mosquitto.conf"
    config.write_text(MOSQUITTO.format(port=port, command=command))
    with (folder / "mosquitto.log").open("wb") as log:
        async with process(_program("mosquitto"), "-c", str(config), env=_libraries(), stderr=log) as child:
            await _answers(command)
            reader, writer = await asyncio.open_connection("127.0.0.1", command)
            writer.write(_CONNECT)
            await reader.readexactly(4)

            async def publish(channel: str, body: bytes) -> None:
                writer.write(_packet(0x30, _text(channel.encode()), body))
                await writer.drain()

            def target(channel: str) -> Target:
                hello = _CONNECT + _packet(0x82, b"\0\1", _text(channel.encode()), b"\0")
                return "/mqtt", "Sec-WebSocket-Protocol: mqtt", f"hex:{hello.hex()}"

            yield Peer(port, child.pid, target, publish)
            writer.close()


@asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[Peer]:
    """The loop of send() that nothing can be faster than."""
    port = free_port()
    program = compiled(HERE / "push" / "bare.c", folder)
    async with process(str(program), str(port), stdin=subprocess.PIPE) as child:
        await _answers(port)

        async def publish(channel: str, body: bytes) -> None:
            assert child.stdin
            child.stdin.write(f"{channel} {len(body)}\n".encode())
            await child.stdin.drain()

        yield Peer(port, child.pid, lambda channel: (f"/sub/{channel}", "", ""), publish)


PEERS: dict[str, Callable[[Path], AbstractAsyncContextManager[Peer]]] = {
    "nchan": nchan, "NATS": nats, "Mosquitto": mosquitto, "bare C": bare,
}  # fmt: skip


def missing() -> dict[str, str]:
    """The peers that cannot run here, and why."""
    why = {}
    if not (_program("nginx") and any(path.exists() for path in (Path("/", MODULE), UNPACKED / MODULE))):
        why["nchan"] = "nginx with libnginx-mod-nchan is not here"
    why |= {name: f"{package} is not here" for name, package in _PACKAGES.items() if not _program(package)}
    if platform.system() != "Linux" or not compiler():
        why["bare C"] = "there is no C compiler here"
    return why


def versions() -> dict[str, str]:
    """What each peer calls its version; the kernel for the loop in C."""
    asked = {"nchan": ("nginx", "-v"), "NATS": ("nats-server", "-v"), "Mosquitto": ("mosquitto", "-h")}
    said = {name: _said(*command) for name, command in asked.items() if name not in missing()}
    return {**said, "bare C": f"Linux {platform.release()}"}


def open_files() -> int:
    """How many files a process may hold open."""
    import resource

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


_PACKAGES = {"NATS": "nats-server", "Mosquitto": "mosquitto"}


def _said(program: str, option: str) -> str:
    found = subprocess.run([_program(program), option], env=_libraries(), capture_output=True, text=True, check=False)
    return (found.stdout or found.stderr).strip().partition("\n")[0]


def _program(name: str) -> str:
    """Where a program is, empty where it is not."""
    here = UNPACKED / "usr" / "sbin" / name
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or (str(here) if here.exists() else "")


def _libraries() -> dict[str, str]:
    folders = [str(path) for path in (UNPACKED / "usr" / "lib").glob("*-linux-gnu")]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)} if folders else dict(os.environ)


async def _answers(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise RuntimeError("the server does not answer")


def _child_of(parent: int) -> int:
    """nginx's one worker."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])


def _text(data: bytes) -> bytes:
    """MQTT's text: its length in two bytes, and itself."""
    return struct.pack(">H", len(data)) + data


def _packet(kind: int, *parts: bytes) -> bytes:
    """An MQTT 3.1.1 packet; its length is written seven bits at a time."""
    body, size = b"".join(parts), b""
    left = len(body)
    while left > 127:
        size, left = size + bytes([left % 128 | 128]), left // 128
    return bytes([kind]) + size + bytes([left]) + body


_CONNECT = _packet(0x10, _text(b"MQTT"), b"\4\2\0\0", _text(b""))
"""A clean session of a client that leaves its name to the server, and is never asked for signs of life."""
