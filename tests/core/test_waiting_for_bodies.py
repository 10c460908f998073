"""No transaction waits for a stranger: a body that never ends would keep every other writer out."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("catalog", "displays", "kiosk", "server", "social")
BODY = {"form", "json", "body", "stream", "data"}


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute))


def _named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def bodies_awaited_inside(source: str) -> list[int]:
    """The lines on which a transaction or snapshot waits for a request's body."""
    return [
        call.lineno
        for block in ast.walk(ast.parse(source))
        if isinstance(block, ast.AsyncWith)
        and any(_named(call) in {"transaction", "snapshot"} for item in block.items for call in _calls(item))
        for statement in block.body
        for call in _calls(statement)
        if _named(call) in BODY and ast.unparse(call.func).startswith(("request.", "connection."))
    ]


def test_the_pattern_is_seen() -> None:
    source = "async def f():\n async with database.transaction() as db:\n  form = await request.form()"
    assert bodies_awaited_inside(source) == [3]


def test_no_transaction_waits_for_a_body() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        for line in bodies_awaited_inside(path.read_text())
    ]
    assert found == []
