"""What shoppers read is there in every language: each sentence translated, with its blanks, and nothing left over."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "kiosk/locales"
LANGUAGES = sorted(path.name for path in LOCALES.iterdir())
NODE = str(ROOT / ".venv/bin/node") if (ROOT / ".venv/bin/node").exists() else shutil.which("node")
SAYERS = {"say", "t"}
"""What pages and mails of the server call whoever says a sentence in a language."""

pytestmark = pytest.mark.skipif(
    NODE is None or not (ROOT / "node_modules/typescript").is_dir(),
    reason="needs Node.js and npm's typescript (make test brings both)",
)


@cache
def scripts() -> list[dict[str, Any]]:
    """Every call of t() and n() in the browser code."""
    files = sorted(path for path in (ROOT / "kiosk/web").rglob("*.js"))
    command = [str(NODE), str(Path(__file__).with_name("words.mjs")), *map(str, files)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


def templates() -> Iterator[tuple[str, nodes.Call]]:
    """Every call of a sayer in a template."""
    for path in sorted((ROOT / "kiosk/templates").rglob("*.*")):
        for call in Environment(autoescape=True).parse(path.read_text()).find_all(nodes.Call):
            callee = call.node.node if isinstance(call.node, nodes.Getattr) else call.node
            if isinstance(callee, nodes.Name) and callee.name in SAYERS:
                many = isinstance(call.node, nodes.Getattr)
                if not many or call.node.attr == "many":
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", call


def modules() -> Iterator[ast.AST]:
    """The syntax of what the kiosk says from Python, and of the errors that are said for it."""
    for path in (*sorted((ROOT / "kiosk").glob("*.py")), *sorted((ROOT / "server/core").glob("*.py"))):
        yield from ast.walk(ast.parse(path.read_text()))


def said_in_python() -> Iterator[tuple[str, ...]]:
    """Literals that a sayer is called with in Python."""
    for node in modules():
        if isinstance(node, ast.Call):
            callee = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            name = callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", "")
            literals = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            many = isinstance(node.func, ast.Attribute) and node.func.attr == "many"
            if name in SAYERS and literals and (many or not isinstance(node.func, ast.Attribute)):
                yield tuple(literals[: 2 if many else 1])


def all_said() -> set[tuple[str, ...]]:
    """Every sentence that has to be there: one form, or one and other."""
    found = {tuple(call["said"]) for call in scripts() if "said" in call}
    for _, call in templates():
        found.add(tuple(arg.value for arg in call.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)))
    return found | set(said_in_python())


def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language, by part."""
    found = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language, abort_invalid=True)
    return found


def messages(language: str) -> Iterator[tuple[str, Message]]:
    """Every message with its part."""
    for part, catalogue in catalogues(language).items():
        yield from ((part, message) for message in catalogue if message.id)


def blanks(sentence: str) -> set[str]:
    """The names in braces."""
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_every_sentence_stands_where_it_is_said() -> None:
    wrong = [f"{call['file']}:{call['line']}: {call['fault']}" for call in scripts() if "fault" in call]
    wrong += [where for where, call in templates() if not isinstance(call.args[0], nodes.Const)]
    assert wrong == []
    assert len(scripts()) > 50, "the calls are not found"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_words(language: str) -> None:
    there = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message for _, message in messages(language)
    }
    missing = []
    for said in all_said():
        message = there.get(said[0])
        if message is None or not all(message.string if isinstance(message.string, tuple) else [message.string]):
            missing.append(said[0])
        elif (tuple(message.id) if isinstance(message.id, tuple) else (message.id,)) != said:
            missing.append(f"{said}: the catalogue has other forms")
    assert sorted(missing) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_whole(language: str) -> None:
    wrong = []
    for part, catalogue in catalogues(language).items():
        assert str(catalogue.locale) == language, part
        assert catalogue.num_plurals == Catalog(locale=language).num_plurals, part
        assert not catalogue.obsolete, f"{part} holds sentences that are commented out"
        for message in (message for message in catalogue if message.id):
            wrong += [f"{part}: {message.id}: {fault}" for fault in faults(message, catalogue.num_plurals)]
    assert wrong == []


def faults(message: Message, forms: int) -> Iterator[str]:
    """What is wrong with a translation."""
    if message.fuzzy:
        yield "is marked fuzzy"
    if isinstance(message.id, tuple):
        one, other = message.id
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if len(strings) != forms:
            yield f"has {len(strings)} forms"
        if any(not blanks(string) <= blanks(one) | blanks(other) for string in strings) or blanks(
            strings[-1]
        ) != blanks(other):
            yield "has other blanks"
    elif blanks(message.id) != blanks(str(message.string)):
        yield "has other blanks"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_over_or_has_two_translations(language: str) -> None:
    constants = {node.value for node in modules() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    said = {one[0] for one in all_said()} | constants
    seen: dict[str, Any] = {}
    wrong = []
    for part, message in messages(language):
        first = message.id[0] if isinstance(message.id, tuple) else message.id
        if first not in said:
            wrong.append(f"{part}: nobody says “{first}”")
        if seen.setdefault(first, message.string) != message.string:
            wrong.append(f"{part}: “{first}” has other words in another part, and pages read them all")
    assert wrong == []


def test_all_languages_have_the_same_parts() -> None:
    assert {tuple(catalogues(language)) for language in LANGUAGES} == {tuple(catalogues(LANGUAGES[0]))}
