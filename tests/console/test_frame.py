"""The frame of staff pages: roles on every route, the policy, the way back after a change, problems in words."""

import re
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from server.core import rendering
from server.core.settings import ROOT
from tests.conftest import Served

OPEN = {"/console/sign-in", "/console/enter", "/console/sign-out"}
OWN = {"/console/account/password"}
"""What everybody who is signed in may change: their own."""
SAMPLES = {"int": "1", "str": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def staff_routes(served: Served) -> list[tuple[str, str]]:
    """Every (method, path with sample values) under /console."""
    found = []
    for route in served.app.routes:
        if route.path_format == "/console" or route.path_format.startswith("/console/"):
            path = re.sub(r"\{(\w+)(?::(\w+))?\}", lambda m: SAMPLES.get(m[2] or "str", "1"), route.path)
            methods = {method for handler in handlers(route) for method in handler.http_methods}
            found += [(method, path) for method in sorted(methods - {"OPTIONS", "HEAD"})]
    return found


def handlers(route) -> list[HTTPRouteHandler]:
    return [one for one in getattr(route, "route_handlers", ()) if isinstance(one, HTTPRouteHandler)]


async def test_a_stranger_is_sent_to_sign_in_from_every_staff_page(served: Served) -> None:
    pages = [path for method, path in staff_routes(served) if method == "GET" and path not in OPEN]
    assert len(pages) > 8
    async with served.client() as stranger:
        for path in pages:
            answer = await stranger.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in?next=/console"), path


async def test_a_stranger_can_change_nothing(served: Served) -> None:
    async with served.client() as stranger:
        for method, path in staff_routes(served):
            if method != "GET" and path not in OPEN:
                answer = await stranger.request(method, path)
                assert (answer.status_code, answer.headers.get("location")) == (303, "/console/sign-in"), (
                    f"{method} {path}"
                )


async def test_a_viewer_can_change_nothing_but_their_own_password(served: Served) -> None:
    async with await served.staff("viewer") as viewer:
        for method, path in staff_routes(served):
            if method != "GET" and path not in OPEN | OWN:
                answer = await viewer.request(method, path)
                assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
                assert "This needs the role" in answer.text, path


async def test_a_request_of_a_fragment_without_a_session_moves_the_whole_page(served: Served) -> None:
    async with served.client() as stranger:
        headers = {"hx-request": "true", "hx-current-url": f"{served.address}/console/audit?who=x"}
        answer = await stranger.get("/console/home/now", headers=headers)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/console/sign-in?next=/console/audit")


async def test_staff_sections_are_shown_by_role(served: Served) -> None:
    async with await served.staff("viewer") as viewer, await served.staff("admin") as admin:
        assert 'href="/console/staff"' not in (await viewer.get("/console")).text
        assert 'href="/console/staff"' in (await admin.get("/console")).text
        assert (await viewer.get("/console/staff")).status_code == 403


async def test_every_page_keeps_the_policy_without_inline_code_or_style(served: Served) -> None:
    async with await served.staff("admin") as admin:
        for path in (
            "/console",
            "/console/brand",
            "/console/staff",
            "/console/audit",
            "/console/health",
            "/console/account",
        ):
            page = await admin.get(path)
            assert page.status_code == 200, path
            policy = page.headers["content-security-policy"]
            assert "unsafe" not in policy and "frame-ancestors 'self'" in policy
            assert page.headers["cache-control"] == "no-store"
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|hx-on", page.text), path


async def test_no_template_carries_inline_code_or_style() -> None:
    folders = [ROOT / folder for folder in rendering.FOLDERS]
    # A data block of JSON is no code: the policy lets nothing run it.
    for file in (file for folder in folders if folder.exists() for file in Path(folder).rglob("*.html")):
        text = file.read_text("utf-8")
        assert not re.search(
            r"<style|\sstyle=\"|\son[a-z]+=\"|<script(?![^>]*(\ssrc=|application/json))|\shx-on|\|\s*safe\b", text
        ), file


async def test_a_page_that_is_not_there_says_so_in_words_to_people_and_in_json_to_machines(served: Served) -> None:
    async with served.client() as browser:
        page = await browser.get("/console/nothing-here")
        assert page.status_code == 404 and "There is nothing at this address" in page.text and "<h1>" in page.text
        answer = await browser.get("/console/nothing-here", headers={"accept": "application/json"})
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_what_an_address_says_is_never_markup(served: Served) -> None:
    attack = '"><script>alert(1)</script>'
    async with served.client() as browser:
        for path in ("/console/sign-in", "/console/enter"):
            page = await browser.get(path, params={"next": attack, "key": attack})
            assert "<script>alert" not in page.text
        answer = await browser.post("/console/sign-in", data={"email": attack, "password": "x"})
        assert "<script>alert" not in answer.text


async def test_words_after_a_change_are_shown_once(served: Served) -> None:
    async with await served.staff("admin") as admin:
        fields = {"name": "Maison <b>Ortolan</b>", "field": "#102030", "ink": "#ffffff", "accent": "#d9a441"}
        assert (await admin.post("/console/brand", data=fields)).status_code == 303
        assert "Every card wears it now" in (await admin.get("/console/brand")).text
        again = (await admin.get("/console/brand")).text
        assert "Every card wears it now" not in again and "<b>Ortolan" not in again


@pytest.mark.parametrize("role", ("viewer", "moderator", "merchandiser", "admin"))
async def test_every_section_of_the_navigation_opens_for_whom_it_is_shown(served: Served, role: str) -> None:
    async with await served.staff(role) as person:
        home = (await person.get("/console")).text
        for path in re.findall(r'href="(/console[^"]*)" data-go=', home):
            assert (await person.get(path)).status_code == 200, path
