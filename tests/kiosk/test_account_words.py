"""What the account says when it fails is said in every language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core import wording
from server.core.settings import ROOT

SAYING = ("account_api", "passkey_api", "signing_in", "customers", "passkeys")
"""Modules whose every sentence may reach a shopper."""


def sentences(path: Path) -> Iterator[str]:
    """The literals of a module that are sentences, without those that describe the code."""
    tree = ast.parse(path.read_text())
    described = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in described else None
        if isinstance(text, str) and text[:1].isupper() and text.endswith("."):
            yield text


@pytest.mark.parametrize("language", ("vi", "nb"))
def test_every_failure_of_the_account_has_words(language: str) -> None:
    found = {sentence for name in SAYING for sentence in sentences(ROOT / f"kiosk/{name}.py")}
    assert len(found) > 15
    assert found - set(wording.catalogue(ROOT, language)) == set()
