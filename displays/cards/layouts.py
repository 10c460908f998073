"""The closed set of layouts, each with its revision: a moderation names the revision that a person saw.

Whoever changes a template, cards.css or what a layout is given raises REVISION; tests/displays/test_cards_layouts.py holds
the digest that belongs to it.
"""

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

REVISION = 1
LAYOUTS = ("post", "post_item", "trend", "pictures", "words", "item", "call")
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
STYLES = Path(__file__).resolve().parents[1] / "player" / "cards.css"

environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(layout: str, view: dict) -> bytes:
    """The HTML of a card in one of LAYOUTS."""
    return environment.get_template(f"cards/{layout}.html").render(view).strip().encode()


def digest() -> str:
    """What all layouts look like: SHA-256 over their templates and their style sheet."""
    files = [*sorted((TEMPLATES / "cards").glob("*.html")), STYLES]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
