"""The real nginx with the site that `deploy/` ships: its names, ports and folders are a test's, every other line is as shipped."""

import asyncio
import contextlib
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from pathlib import Path

from server.core import tls
from server.core.settings import ROOT
from tests.faults.serving import free_port

SITE = ROOT / "deploy" / "nginx.conf"
AROUND = """
daemon off;
master_process on;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    types {{ }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def find_nginx() -> str | None:
    """The program, if it is here."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Nginx:
    """One nginx before processes that listen on these ports."""

    def __init__(self, program: str, *ports: int) -> None:
        self._program, self._ports = program, ports
        self.folder = Path(tempfile.mkdtemp(prefix="vitrine-nginx-"))
        self.port, plain = free_port("127.0.0.1"), free_port("127.0.0.1")
        self.address, self.live = f"https://localhost:{self.port}", f"wss://localhost:{self.port}/live"
        pair = tls.certificate(self.folder / "tls", ["localhost"])
        self.trust = ssl.create_default_context(cafile=self.folder / "tls" / "authority.crt")
        changes = {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "    listen [::]:80;\n": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "    listen [::]:443 ssl http2;\n": "",
            "/etc/letsencrypt/live/screens.shop.example/fullchain.pem": str(pair),
            "/etc/letsencrypt/live/screens.shop.example/privkey.pem": str(pair),
            "screens.shop.example": "localhost",
            "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
            "/var/cache/nginx/vitrine": str(self.folder / "cache"),
        }
        site = SITE.read_text()
        for shipped, ours in changes.items():
            assert shipped in site, f"the site no longer says {shipped}"
            site = site.replace(shipped, ours)
        user = "user root;" if os.geteuid() == 0 else ""
        self._conf = self.folder / "nginx.conf"
        self._conf.write_text(AROUND.format(folder=self.folder, site=site, user=user))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when it listens."""
        command = [self._program, "-p", str(self.folder), "-c", str(self._conf)]
        tried = await asyncio.to_thread(subprocess.run, [*command, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        self._process = await asyncio.create_subprocess_exec(*command)
        for _ in range(500):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"nginx did not start: {(self.folder / 'error.log').read_text()}")

    async def stop(self) -> None:
        """End it and remove its folder."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self._process.wait(), 15)
        shutil.rmtree(self.folder, ignore_errors=True)
