"""The browser code that is served: every file under one address that carries the digest of the whole tree.

Relative imports then need no map, every answer is immutable, and an old page never mixes old modules with new ones.
"""

import asyncio
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from litestar import Request, Response, get
from litestar.params import FromPath

from server.core import vendor, wording
from server.core.errors import NotFound
from server.core.settings import ROOT

AREAS = {
    "core": "server/core/web",
    "console": "server/console/web",
    "displays": "displays/player",
    "kiosk": "kiosk/web",
}
"""Where each area's files lie, from the root of the project: templates name them by area."""
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Assets:
    """All files that browsers may fetch as code, type or style."""

    root: Path = ROOT

    @cached_property
    def files(self) -> dict[str, Path]:
        """Name below the digest to file. Ours are named as they lie in the tree, so that what a module imports is found the
        same way by browsers, by Node.js and by the type checker."""
        found = {
            path.relative_to(self.root).as_posix(): path
            for folder in AREAS.values()
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        return found | {f"vendor/{name}": path for name, path in vendor.files(self.root).items()}

    @cached_property
    def digest(self) -> str:
        """A name for this state of the tree: our own bytes, and the lock of what comes from npm."""
        own = [(name, path) for name, path in self.files.items() if not name.startswith("vendor/")]
        own += [(path.name, path) for path in sorted((self.root / "kiosk/locales").rglob("*.po"))]
        own.append(("package-lock.json", self.root / "package-lock.json"))
        total = hashlib.sha256()
        for name, path in own:
            total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        return total.hexdigest()[:16]

    @cached_property
    def made(self) -> dict[str, bytes]:
        """Files that are made rather than kept: the @font-face rules of the shipped typefaces, and words by language."""
        styles = {f"vendor/{name}": text.encode() for name, text in vendor.stylesheets(self.root).items()}
        return styles | {name: text.encode() for name, text in wording.files(self.root).items()}

    def url(self, name: str) -> str:
        """The address of a file on this host, by its area: `core/item.css`. Raises KeyError for one that is not there, at the
        page's first rendering."""
        key = in_tree(name)
        if key not in self.made:
            self.files[key]
        return self.address(key)

    def address(self, key: str) -> str:
        """The address of a file by its name in the tree."""
        return f"/static/{self.digest}/{key}"


def in_tree(name: str) -> str:
    """The name of a file in the tree: `core/item.css` is `server/core/web/item.css`, what npm brought stays `vendor/…`."""
    area, _, rest = name.partition("/")
    return f"{AREAS[area]}/{rest}" if area in AREAS else name


def content_type(name: str) -> str:
    """The media type by the file's ending."""
    return TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@get("/static/{digest:str}/{name:path}", cache=False, opt={"quiet": True})
async def static(request: Request, digest: FromPath[str], name: FromPath[Path]) -> Response[bytes]:
    """One file of the tree; another tree's digest is not found, since its files may differ."""
    assets: Assets = request.app.state.assets
    key = name.as_posix().lstrip("/")
    if digest != assets.digest or (key not in assets.files and key not in assets.made):
        raise NotFound("There is no such file in this version.")
    body = assets.made.get(key) or await asyncio.to_thread(assets.files[key].read_bytes)
    return Response(body, media_type=content_type(key), headers={"Cache-Control": FOREVER})
