"""nginx with nchan, the C server that our fan-out is measured against, where it is installed."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.bench.running import process

MODULES = (Path("/usr/lib/nginx/modules/ngx_nchan_module.so"), Path("/usr/share/nginx/modules/ngx_nchan_module.so"))
MISSING = "nginx with nchan is not installed here (Debian: apt install nginx libnginx-mod-nchan)"
CONFIG = r"""
load_module {module};
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location ~ /pub/(\w+)$ {{ nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 1; }}
    location ~ /sub/(\w+)$ {{ nchan_subscriber websocket; nchan_channel_id $1; nchan_subscriber_first_message newest; }}
  }}
}}
"""


class Nchan:
    """A running nginx: its port, and what its worker has used."""

    def __init__(self, port: int, master: int) -> None:
        self.port = port
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self._worker = _child_of(master)

    async def publish(self, channel: str, body: bytes) -> None:
        """Send one message to all who listen."""
        (await self._http.post(f"/pub/{channel}", content=body)).raise_for_status()

    def cpu(self) -> float:
        """Seconds of CPU that the worker has used."""
        return int(Path(f"/proc/{self._worker}/schedstat").read_text().split()[0]) / 1e9

    def memory(self) -> int:
        """Bytes of memory that the worker holds."""
        return int(Path(f"/proc/{self._worker}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def installed() -> Path | None:
    """nchan's module, where nginx and it are installed."""
    return next((path for path in MODULES if path.exists()), None) if shutil.which("nginx") else None


@asynccontextmanager
async def running(folder: Path, port: int) -> AsyncIterator[Nchan]:
    """nginx with one worker, in the foreground, with a configuration of its own."""
    (folder / "nginx").mkdir(exist_ok=True)
    config = folder / "nginx" / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(CONFIG.format(module=installed(), folder=folder / "nginx", port=port, user=user))
    async with process("nginx", "-c", str(config), "-p", str(folder / "nginx")) as master:
        for _ in range(100):
            await asyncio.sleep(0.05)
            if (folder / "nginx" / "nginx.pid").exists() and _child_of(master.pid):
                break
        yield Nchan(port, master.pid)


def _child_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0]) if children else 0
