"""The oldest engines that are promised, unpacked once from npm: Chromium 65 for the player, Chromium 111 for the tablet."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNPACK = (
    "const f = require('fs'), z = require('zlib');"
    "f.writeFileSync(process.argv[2], z.brotliDecompressSync(f.readFileSync(process.argv[1])), { mode: 0o755 })"
)


def node() -> str | None:
    """The Node.js of the project, else the machine's."""
    own = ROOT / ".venv/bin/node"
    return str(own) if own.exists() else shutil.which("node")


@dataclass(frozen=True)
class Packed:
    """A Chromium in a package of npm: its main version, the package, and the file in it."""

    version: int
    package: str
    file: str

    @property
    def binary(self) -> Path:
        """Where it stands once it is unpacked."""
        return ROOT / f"var/chromium{self.version}/chromium"

    @cached_property
    def missing(self) -> str:
        """What this machine lacks to run it, in words; empty where it runs. Unpacks it if that was not done before."""
        packed = ROOT / "node_modules" / self.package / "bin" / self.file
        if not self.binary.exists() and not (packed.exists() and node()):
            return (
                f"Chromium {self.version} comes with npm's {self.package}, and needs Node.js to be unpacked"
                " (make test brings both)"
            )
        if not self.binary.exists():
            self._unpack(packed)
        lacking = self._libraries()
        return f"Chromium {self.version} needs {lacking} (Debian: apt install chromium brings them)" if lacking else ""

    def _unpack(self, packed: Path) -> None:
        self.binary.parent.mkdir(parents=True, exist_ok=True)
        part = self.binary.with_suffix(f".{os.getpid()}.part")
        subprocess.run([node() or "", "-e", UNPACK, str(packed), str(part)], check=True)
        part.rename(self.binary)

    def _libraries(self) -> str:
        """The shared libraries that this machine does not have, or another machine that it takes."""
        said = subprocess.run(["sh", "-c", 'ldd "$0"', str(self.binary)], capture_output=True, text=True)
        if said.returncode:
            return "a Linux machine of the x86-64 kind"
        return ", ".join(line.split()[0] for line in said.stdout.splitlines() if "not found" in line)


CHROMIUM_65 = Packed(65, "chrome-aws-lambda", "chromium-65.0.3312.0.br")
CHROMIUM_111 = Packed(111, "@sparticuz/chromium", "chromium.br")
