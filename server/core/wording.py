"""Words of pages that run in the browser: one gettext catalogue a language and part, read by Babel, served as one JSON file."""

import json
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

FOLDERS = ("kiosk/locales",)


@cache
def catalogue(root: Path, language: str) -> dict[str, str | list[str]]:
    """English words to those of a language: a list where there is a plural. What is not translated is left out."""
    found: dict[str, str | list[str]] = {}
    for path in sorted(path for folder in FOLDERS for path in (root / folder / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id or message.fuzzy or not message.string:
                    continue
                if isinstance(message.id, tuple):
                    found[message.id[0]] = list(message.string)
                elif message.string:
                    found[message.id] = str(message.string)
    return found


@cache
def files(root: Path) -> dict[str, str]:
    """Name in the static tree to JSON, for every language that has a catalogue."""
    languages = sorted({path.name for folder in FOLDERS for path in (root / folder).iterdir() if path.is_dir()})
    return {
        f"words/{language}.json": json.dumps(catalogue(root, language), ensure_ascii=False, sort_keys=True)
        for language in languages
    }
