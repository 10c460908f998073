"""The player keeps to what Chromium 65 knows, and its types hold."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAYER = ROOT / "displays/player", ROOT / "server/core/web/device"
FLOOR = Path(__file__).with_name("floor.mjs")
OWN = ROOT / ".venv/bin/node"
NODE = str(OWN) if OWN.exists() else shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (ROOT / "node_modules/typescript").is_dir(),
    reason="needs Node.js and npm's typescript (make test brings both)",
)


def node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_file_of_the_player_keeps_to_chromium_65() -> None:
    files = sorted(path for folder in PLAYER for path in folder.rglob("*") if path.suffix in (".js", ".css"))
    assert files
    held = node(FLOOR, *files)
    assert held.returncode == 0, held.stdout + held.stderr


@pytest.mark.parametrize(
    "code",
    [
        "a?.b",
        "a ?? b",
        "a ??= b",
        "a ||= b",
        "try { a() } catch { b() }",
        "class A { b = 1 }",
        "class A { static b = 1 }",
        "class A { #b() {} }",
        "class A { static { b() } }",
        "10n",
        "1_000",
        "export * as a from './b.js'",
        "await a",
        "new AbortController()",
        "globalThis.a",
        "window.globalThis",
        "queueMicrotask(a)",
        "structuredClone(a)",
        "[].flat()",
        "[].flatMap(a)",
        "a.at(-1)",
        "Promise.allSettled([])",
        "Promise.any([])",
        "Object.fromEntries([])",
        "'a'.matchAll(b)",
        "'a'.replaceAll('b', 'c')",
        "a.trimStart()",
        "a.replaceChildren()",
        "crypto.randomUUID()",
        "navigator.wakeLock.request('screen')",
        "new Intl.RelativeTimeFormat('en')",
        "a.toLocaleString('en', { dateStyle: 'long' })",
        "/a/v",
        "import a from './a.json' with { type: 'json' }",
        "fetch(a, { keepalive: true })",
        "let a = ;",
    ],
)
def test_younger_script_is_refused(code: str, tmp_path: Path) -> None:
    file = tmp_path / "young.js"
    file.write_text(f"const old = 1;\n{code};\n")
    held = node(FLOOR, file)
    assert held.returncode == 1, held.stdout + held.stderr
    assert re.search(r"young\.js:(2|\S)", held.stdout)


@pytest.mark.parametrize(
    "code",
    [
        "a { inset: 0 }",
        "a { gap: 1px }",
        "a { row-gap: 1px }",
        "a { width: clamp(1px, 2px, 3px) }",
        "a { width: min(1px, 2px) }",
        "a { width: calc(1px + max(1px, 2px)) }",
        "a { aspect-ratio: 1 }",
        "a:is(b) { color: red }",
        "a:where(b) { color: red }",
        "a:has(b) { color: red }",
        "a:not(b, c) { color: red }",
        "a:focus-visible { color: red }",
        "a { & b { color: red } }",
        "a { b { color: red } }",
        "@layer a { b { color: red } }",
        "@container (width > 1px) { a { color: red } }",
        "a { color: oklch(50% 0.1 20) }",
        "a { background: color-mix(in srgb, red, blue) }",
        "a { height: 100dvh }",
        "a { margin-inline: 1px }",
        "a { padding-inline-start: 1px }",
        "a { rotate: 90deg }",
        "a { overflow: clip }",
        "a { background: conic-gradient(red, blue) }",
        "a { backdrop-filter: blur(1px) }",
        "a { text-wrap: balance }",
        "@media (min-width: 1px) { a { inset: 0 } }",
        "a { content-visibility: auto }",
    ],
)
def test_younger_style_is_refused(code: str, tmp_path: Path) -> None:
    file = tmp_path / "young.css"
    file.write_text(f"b {{ color: red }}\n{code}\n")
    held = node(FLOOR, file)
    assert held.returncode == 1, held.stdout + held.stderr


def test_what_chromium_65_knows_passes(tmp_path: Path) -> None:
    script, style = tmp_path / "old.js", tmp_path / "old.css"
    script.write_text(
        "async function* a() { for await (const b of c) yield { ...b }; }\ntry { a(); } catch (error) { a(); }\nimport('./b.js');\n"
        "const at = { at: 1, flat_: 2 }; at.at; /(?<year>\\d+)(?<!x)/s.test(''); Promise.resolve().finally(a); new ResizeObserver(a);\n"
        "navigator.wakeLock; // floor: guarded\n"
    )
    style.write_text(
        ":root { --u: 1px } a:not(.b) { grid-gap: calc(2 * var(--u)); transform: rotate(90deg) scale(2); mix-blend-mode: multiply }\n"
        "@supports (inset: 0) { a { inset: 0 } } @font-face { font-family: 'a'; src: url(a.woff2) } @keyframes b { from { opacity: 0 } }\n"
        "/* clamp() in a comment */ @media (min-width: 1px) { a { color: #ff000080 } }\n"
    )
    held = node(FLOOR, script, style)
    assert held.returncode == 0, held.stdout + held.stderr


def test_the_types_hold() -> None:
    held = node(ROOT / "node_modules/typescript/bin/tsc", "-p", ROOT / "jsconfig.json")
    assert held.returncode == 0, held.stdout


def test_the_pure_modules_do_as_they_say() -> None:
    held = node("--test", *sorted(Path(__file__).parent.glob("*.test.mjs")))
    assert held.returncode == 0, held.stdout + held.stderr
