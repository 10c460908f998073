"""The replica is X as far as Vitrine can tell: its rules apply, its answers have X's shape, its scenarios are sound."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.demo import house
from server.core.errors import BadInput, NotFound
from social import hashtags
from social.incoming import from_x
from social.rehearsal import grammar, payload, scenario
from social.rehearsal.grammar import RuleSyntaxError, Subject
from social.rehearsal.replica import Replica
from social.sources.x_client import FIELDS
from social.sources.x_rules import rules_for

TOKEN = "drill"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def replica() -> AsyncIterator[Replica]:
    replica = Replica(token=TOKEN, keep_alive=0.02, pictures=lambda name: PNG if name == "lips.png" else None)
    await replica.start()
    yield replica
    await replica.stop()


@pytest.fixture
async def x(replica: Replica) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(replica.base, headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        yield session


def subject(text: str = "", *flags: str, lang: str = "en", tags: str = "") -> Subject:
    return Subject(text=text, author="mira", lang=lang, tags=frozenset(tags.split()), flags=frozenset(flags))


RULE = rules_for("feed", ["LanternFW", "Café"], ["en", "nb"])["feed"]


@pytest.mark.parametrize(
    ("rule", "post", "hit"),
    [
        (RULE, subject(tags="lanternfw"), True),
        (RULE, subject(tags="lanternfw", lang="no"), True),
        (RULE, subject(tags="lanternfw", lang="fr"), False),
        (RULE, subject("", "is:reply", tags="lanternfw"), False),
        (RULE, subject("", "is:retweet", tags="lanternfw"), False),
        (RULE, subject(tags="cafe"), False),
        (RULE, subject(tags="café"), True),
        ("#a OR #b lang:en", subject(tags="a", lang="fr"), True),
        ("(#a OR #b) lang:en", subject(tags="a", lang="fr"), False),
        ('"red lips" has:images', subject("Red lips!", "has:images"), True),
        ("lips", subject("lipstick"), False),
        ("from:Mira -has:links", subject(), True),
    ],
)
def test_rules_apply_as_x_applies_them(rule: str, post: Subject, hit: bool) -> None:
    assert grammar.read(rule)(post) is hit


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "lang:en",
        "-#a",
        "(#a",
        "#a)",
        "#a OR",
        "-(#a OR #b)",
        "#a is:pretty",
        "#a near:London",
        "()",
        "(" * 900 + "#a",
    ]
    + ["#a " * 400, "has:images OR #a"],
)
def test_a_rule_that_x_refuses_is_refused(rule: str) -> None:
    with pytest.raises(RuleSyntaxError):
        grammar.read(rule)


@given(st.text(alphabet="#ab()- ORlang:is:retweet\"'", max_size=60) | st.text(max_size=40))
def test_any_text_is_a_rule_or_is_refused_in_words(text: str) -> None:
    try:
        test = grammar.read(text)
    except RuleSyntaxError as error:
        assert str(error)
    else:
        assert test(subject("ab", tags="a")) in {True, False}


async def test_nothing_is_answered_without_the_token(replica: Replica) -> None:
    async with aiohttp.ClientSession(replica.base) as stranger:
        for path in (
            "/2/tweets",
            "/2/tweets/search/stream",
            "/2/tweets/search/recent",
            "/2/tweets/search/stream/rules",
        ):
            async with stranger.get(path) as answer:
                assert answer.status == 401


async def test_rules_are_added_once_checked_whole_and_deleted(x: aiohttp.ClientSession) -> None:
    path = "/2/tweets/search/stream/rules"
    async with x.post(path, json={"add": [{"value": "#a", "tag": "t"}]}, params={"dry_run": "true"}) as answer:
        assert (await answer.json())["meta"]["summary"]["created"] == 1
    async with x.get(path) as answer:
        assert "data" not in await answer.json()
    async with x.post(path, json={"add": [{"value": "#a", "tag": "t"}, {"value": "lang:en"}]}) as answer:
        assert (await answer.json())["meta"]["summary"]["created"] == 0
    async with x.post(path, json={"add": [{"value": "#a", "tag": "t"}]}) as answer:
        assert answer.status == 201
        rule = (await answer.json())["data"][0]
    async with x.post(path, json={"add": [{"value": "#a", "tag": "other"}]}) as answer:
        assert (await answer.json())["errors"][0]["title"] == "DuplicateRule"
    async with x.post(path, json={"delete": {"ids": [rule["id"], "404"]}}) as answer:
        assert (await answer.json())["meta"]["summary"] == {"deleted": 1, "not_deleted": 1}
    async with x.post(path, data=b"<xml>") as answer:
        assert answer.status == 400


async def test_only_the_fields_asked_for_are_sent(replica: Replica, x: aiohttp.ClientSession) -> None:
    revision = replica.world.post({"author": "mira", "text": "#a", "photos": [{"name": "lips.png"}], "lang": "en"})
    async with x.get("/2/tweets", params={"ids": revision.id}) as answer:
        found = await answer.json()
    assert set(found["data"][0]) == {"id", "text", "edit_history_tweet_ids"}
    assert "includes" not in found


QUERY = {name.replace("_", "."): ",".join(values) for name, values in FIELDS.items()}


@pytest.mark.parametrize(
    "text",
    [
        "R&D <3 👩🏽‍🎤 #café & https://example.org/a/very/long/path?with=query then @mira",
        "شفاه حمراء #أحمر مساء الخير",
        "word & " * 60 + "#late https://example.org/x",
        "新しい口紅、最高。" * 30 + "#口紅",
        "#a",
    ],
)
async def test_what_was_written_is_what_is_read(replica: Replica, text: str) -> None:
    revision = replica.world.post(
        {"author": "mira", "text": text, "lang": "en", "photos": [{"name": "p", "alt": "a & b"}]}
    )
    sent = payload.envelope(revision, QUERY, base=replica.base)
    post = from_x(json.loads(json.dumps(sent)), revision.created_at)
    assert post.text == text.replace(
        "https://example.org/a/very/long/path?with=query", "example.org/a/very/long/pa…"
    ).replace("https://", "")
    assert post.hashtags[-1:] == (text.split("#")[-1].split()[0],)
    assert (len(post.media), post.media[0].alt, post.author.handle) == (1, "a & b", "mira")


async def test_search_finds_the_newest_first_page_by_page(replica: Replica, x: aiohttp.ClientSession) -> None:
    ids = [replica.world.post({"author": "mira", "text": f"#a {n}"}).id for n in range(12)]
    query = {"query": "#a -is:reply", "since_id": ids[0], "max_results": "10"}
    async with x.get("/2/tweets/search/recent", params=query) as answer:
        first = await answer.json()
    assert [post["id"] for post in first["data"]] == ids[:1:-1]
    replica.world.post({"author": "mira", "text": "#a meanwhile"})  # and no page moves by it
    async with x.get("/2/tweets/search/recent", params=query | {"next_token": first["meta"]["next_token"]}) as answer:
        second = await answer.json()
    assert [post["id"] for post in second["data"]] == [ids[1]]
    assert second["meta"] == {"newest_id": ids[1], "oldest_id": ids[1], "result_count": 1}
    for wrong, says in (
        ({"since_id": "1"}, "must be a tweet id created after"), ({"query": "#a " * 200}, "512 characters"),
        ({"next_token": "9"}, "none of ours"), ({"max_results": "9"}, "10 to 100"),
    ):  # fmt: skip
        async with x.get("/2/tweets/search/recent", params=query | wrong) as answer:
            assert answer.status == 400 and says in (await answer.json())["detail"]


async def test_pictures_are_served_and_paths_are_not(replica: Replica, tmp_path: Path) -> None:
    async with aiohttp.ClientSession(replica.base) as anyone:
        async with anyone.get("/media/lips.png") as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
        for name in ("none.png", "..%2f..%2fetc%2fpasswd", "%2e%2e"):
            async with anyone.get(f"/media/{name}") as answer:
                assert answer.status == 404


async def test_the_rehearsal_is_directed_from_its_own_machine_and_by_no_web_page(replica: Replica) -> None:
    async with aiohttp.ClientSession(replica.base) as director:
        post = {"author": "new_one", "text": "hello #a"}
        async with director.post("/rehearsal/post", json=post) as answer:
            assert answer.status == 200
            assert (await answer.json())["id"] in replica.world.revisions
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            async with director.post("/rehearsal/post", json=post, headers=headers) as answer:
                assert answer.status == 403
        async with director.post("/rehearsal/post", data="{}", headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status == 400
        for path, body in [
            ("play", {"scenario": "../../etc/passwd"}),
            ("play", {"text": "{}"}),
            ("play", {"scenario": "quiet", "speed": 0}),
            ("misbehave", {"how": "politely"}),
            ("misbehave", {"how": "refuse", "colour": 1}),
            ("misbehave", {"how": "refuse", "self": 1}),
            ("post", {"text": 4}),
            ("post", {"author": "a", "text": "x", "photos": [1]}),
            ("post", [1]),
        ]:
            async with director.post(f"/rehearsal/{path}", json=body) as answer:
                assert answer.status in {400, 404}, (path, body)
                assert (await answer.json())["detail"]


async def test_a_scenario_plays_and_stops(replica: Replica) -> None:
    async with aiohttp.ClientSession(replica.base) as director:
        async with director.post("/rehearsal/play", json={"scenario": "launch", "speed": 1000, "loop": True}) as answer:
            assert (await answer.json())["scenario"]
        while len(replica.world.revisions) < 10:
            await asyncio.sleep(0.01)
        async with director.delete("/rehearsal/play") as answer:
            assert (await answer.json())["scenario"] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Line 1 is not JSON"),
        ("\n[1]", "Line 2"),
        ('{"after": 1}', "must say one of"),
        ('{"after": -1, "delete": "a"}', "after"),
        ('{"after": true, "delete": "a"}', "after"),
        ('{"delete": "a"}', "no post ‘a’"),
        ('{"post": {"author": "a", "text": "x"}}', "no author ‘a’"),
        ('{"author": {"handle": "a b", "name": "x"}}', "handle"),
        ('{"author": {"handle": "a", "name": "x"}}\n{"post": {"author": "a", "text": ""}}', "Line 2"),
        ('{"edit": {"key": ["a"], "text": "x"}}', "no post"),
        ('{"withhold": {"key": "a", "countries": "GB"}}', "countries"),
    ],
)
def test_a_scenario_that_is_wrong_says_where(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        scenario.read(text)


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="launch"):
        scenario.load("lunch")


@given(st.text(max_size=80))
def test_any_text_is_a_scenario_or_is_refused(text: str) -> None:
    try:
        scenario.read(text)
    except BadInput as error:
        assert error.detail


def posts(name: str) -> list[dict]:
    return [step.what for step in scenario.load(name).steps if step.kind == "post"]


@pytest.mark.parametrize("name", ["launch", "quiet", "raid"])
def test_the_scenarios_that_come_with_vitrine_are_sound(name: str) -> None:
    chosen = scenario.load(name)
    assert chosen.about
    assert 60 < chosen.seconds < 1_200
    rule = grammar.read(rules_for("f", ["AlkanetLoves", "AlkanetRow", "LanternFW"])["f"])
    for post in posts(name):
        tags = frozenset(map(hashtags.key, hashtags.extract(post["text"])))
        assert rule(Subject(text=post["text"], author=post["author"], tags=tags)), post["text"]


def test_the_launch_shows_every_kind_of_post_and_mostly_good_ones() -> None:
    launch = posts("launch")
    assert len(launch) > 110
    assert len({post["lang"] for post in launch}) > 12
    assert sum("#AlkanetLoves" in post["text"] for post in launch) > 0.8 * len(launch)
    assert any(len(post["text"]) > 280 for post in launch)
    assert {"edit", "delete", "protect", "withhold"} <= {step.kind for step in scenario.load("launch").steps}


def test_the_photographs_of_the_launch_are_pictures_that_the_house_can_draw() -> None:
    drawn = {variant.picture for variant in house.variants()}
    assert {photo["name"] for post in posts("launch") for photo in post.get("photos", [])} <= drawn
