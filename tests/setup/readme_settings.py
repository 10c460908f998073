"""The README's table of settings, from the settings themselves: `python -m tests.setup.readme_settings` writes it."""

from dataclasses import fields
from pathlib import Path

from server.core.settings import ROOT, Settings

BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"


def table() -> str:
    """A row for each setting: its variable, its default, its meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for one in fields(Settings):
        default = one.default.relative_to(ROOT).as_posix() if isinstance(one.default, Path) else one.default
        rows.append(
            f"| `VITRINE_{one.name.upper()}` | {default if default != '' else 'empty'} | {one.metadata['meaning']} |"
        )
    return "\n".join(rows) + "\n"


def written(readme: str) -> str:
    """The README with the table as it is now."""
    head, _, rest = readme.partition(BEGIN)
    return head + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(written(path.read_text()))
