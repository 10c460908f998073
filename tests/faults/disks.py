"""A small disk of a test's own, which it fills and empties again: a tmpfs where the machine lets us mount one."""

import contextlib
import os
import subprocess
from pathlib import Path

BLOCK = 64 * 1024


class Disk:
    """Mounted while the block lasts. Raises PermissionError where that may not be done."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._size = folder, megabytes
        self._ballast = folder / "ballast"

    def __enter__(self) -> "Disk":
        self.folder.mkdir()
        if os.geteuid() != 0:
            raise PermissionError("only root mounts a disk")
        options = ["-t", "tmpfs", "-o", f"size={self._size}m,mode=700", "vitrine-test", str(self.folder)]
        done = subprocess.run(["mount", *options], capture_output=True, text=True)
        if done.returncode:
            raise PermissionError(done.stderr.strip())
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    @property
    def free(self) -> int:
        """Bytes that are left."""
        return os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize

    def fill(self, *, leave: int = 0) -> None:
        """Leave so many bytes."""
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while (left := self.free - leave) > 0:
                file.write(bytes(min(BLOCK, left)))

    def make_room(self) -> None:
        """Take away what filled it."""
        self._ballast.unlink(missing_ok=True)
