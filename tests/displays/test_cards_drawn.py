"""Emoji on staff pages: pictures of our own, with nothing of a stranger's text let through as markup."""

from server.core.emoji import drawn
from tests.conftest import Served


def test_emoji_become_pictures_and_all_else_is_escaped() -> None:
    assert drawn('<b>"Bex"</b> 🌙') == (
        '&lt;b&gt;&#34;Bex&#34;&lt;/b&gt; <img class="emoji" src="/emoji/crescent-moon.svg" alt="🌙" draggable="false">'
    )


def test_a_joined_sequence_is_one_picture_and_a_flag_stays_its_letters() -> None:
    assert drawn("👩🏽‍🚀").count("<img") == 1
    assert "<img" not in drawn("🇳🇴 &")


async def test_the_picture_is_served_by_its_name_and_nothing_else_is(served: Served) -> None:
    async with served.client() as client:
        found = await client.get("/emoji/crescent-moon.svg")
        assert (
            found.headers["content-type"].startswith("image/svg+xml")
            and "sandbox" in found.headers["content-security-policy"]
        )
        for name in ("crescent-moon.png", "no-such-thing.svg", "..%2f..%2fpackage.json", "crescent-moon"):
            assert (await client.get(f"/emoji/{name}")).status_code == 404
