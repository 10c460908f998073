"""X's payloads are read as a person would read the post, and nothing in one can do harm."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social.incoming import IncomingPost, UnreadablePost, from_x

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def payload(**data: Any) -> dict:
    return {
        "data": {
            "id": "1900000000000000002",
            "author_id": "77",
            "text": "Hello #LFW",
            "created_at": "2026-11-22T11:59:58.000Z",
            "lang": "en",
            "edit_history_tweet_ids": ["1900000000000000002"],
            **data,
        },
        "includes": {
            "users": [
                {
                    "id": "77",
                    "name": "Mira Dahl",
                    "username": "mira_dahl",
                    "verified": True,
                    "created_at": "2012-01-02T03:04:05.000Z",
                    "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
                    "public_metrics": {"followers_count": 321},
                }
            ]
        },
        "matching_rules": [{"id": "9", "tag": "vitrine:1"}],
    }


def read(**data: Any) -> IncomingPost:
    return from_x(payload(**data), NOW)


def entity(text: str, part: str, **more: Any) -> dict:
    start = text.index(part)
    return {"start": start, "end": start + len(part), **more}


def test_a_plain_post_is_read_whole() -> None:
    post = read(entities={"hashtags": [{"start": 6, "end": 10, "tag": "LFW"}]})
    assert (post.network, post.id, post.revision_id, post.edited) == (
        "x",
        post.revision_id,
        "1900000000000000002",
        False,
    )
    assert (post.text, post.hashtags, post.lang) == ("Hello #LFW", ("LFW",), "en")
    assert post.created_at == datetime(2026, 11, 22, 11, 59, 58, tzinfo=UTC)
    assert (post.author.handle, post.author.followers, post.author.verified) == ("mira_dahl", 321, True)
    assert post.author.avatar_url == "https://pbs.twimg.com/profile_images/1/a_400x400.jpg"
    assert post.url == "https://x.com/mira_dahl/status/1900000000000000002"
    assert (post.rules, post.received_at) == (("vitrine:1",), NOW)


def test_offsets_count_code_points_of_the_escaped_text() -> None:
    text = "👩🏽‍🎤 &amp; you &lt;3 https://t.co/abc #café https://t.co/pic"
    post = read(
        text=text,
        entities={
            "hashtags": [entity(text, "#café", tag="café")],
            "urls": [
                entity(text, "https://t.co/pic", url="https://t.co/pic", display_url="pic.x.com/q", media_key="3_1"),
                entity(
                    text,
                    "https://t.co/abc",
                    url="https://t.co/abc",
                    display_url="example.org/a…",
                    expanded_url="https://example.org/a/long/path",
                ),
            ],
        },
    )
    assert post.text == "👩🏽‍🎤 & you <3 example.org/a… #café"
    assert post.hashtags == ("café",)
    assert post.links == ("https://example.org/a/long/path",)


def test_what_somebody_escaped_themselves_stays_as_they_wrote_it() -> None:
    assert read(text="&amp;lt;b&amp;gt; is &lt;b&gt;").text == "&lt;b&gt; is <b>"


def test_the_address_of_a_quoted_post_goes_and_the_post_says_that_it_quotes() -> None:
    text = "look at this https://t.co/q"
    url = entity(
        text, "https://t.co/q", url="https://t.co/q", expanded_url="https://x.com/a/status/5?s=20", display_url="x"
    )
    post = read(text=text, entities={"urls": [url]}, referenced_tweets=[{"type": "quoted", "id": "5"}])
    assert (post.text, post.is_quote, post.is_repost, post.is_reply) == ("look at this", True, False, False)


def test_a_long_post_is_read_from_its_note_with_the_tags_past_the_cut() -> None:
    whole = "word " * 80 + "#Late"
    note = {"text": whole, "entities": {"hashtags": [{"start": 400, "end": 405, "tag": "Late"}]}}
    assert read(text=whole[:270] + "…", note_tweet=note).hashtags == ("Late",)
    post = read(text=whole[:270] + "…", entities={"hashtags": []}, note_tweet={"text": whole})
    assert (post.text, post.hashtags) == (whole, ("Late",))


def test_an_edit_is_the_same_post_in_its_newest_revision() -> None:
    history = ["1900000000000000000", "1900000000000000002", "1900000000000000001"]
    post = read(edit_history_tweet_ids=history)
    assert (post.id, post.revision_id, post.edited, post.superseded) == (history[0], history[1], True, False)
    older = read(id=history[2], edit_history_tweet_ids=history)
    assert (older.id, older.edited, older.superseded) == (history[0], True, True)


def test_a_history_that_leaves_the_post_itself_out_is_not_believed() -> None:
    post = read(edit_history_tweet_ids=["5", "6"])
    assert (post.id, post.revisions) == ("1900000000000000002", ("1900000000000000002",))


def test_pictures_come_in_the_order_of_the_post_and_a_missing_one_is_not_forgotten() -> None:
    sent = payload(attachments={"media_keys": ["3_2", "3_9", "7_1"]})
    sent["includes"]["media"] = [
        {
            "media_key": "7_1",
            "type": "video",
            "preview_image_url": "https://i.example/v.jpg",
            "width": 1280,
            "height": 720,
        },
        {
            "media_key": "3_2",
            "type": "photo",
            "url": "https://pbs.twimg.com/p.jpg",
            "alt_text": "red\x00lips",
            "width": 10**9,
        },
        {"media_key": "3_5", "type": "photo", "url": "https://pbs.twimg.com/of-another-post.jpg"},
    ]
    photo, unseen, video = from_x(sent, NOW).media
    assert (photo.kind, photo.url, photo.alt, photo.width) == (
        "photo",
        "https://pbs.twimg.com/p.jpg",
        "red\ufffdlips",
        0,
    )
    assert (unseen.kind, unseen.url) == ("other", None)
    assert (video.kind, video.url, video.height) == ("video", "https://i.example/v.jpg", 720)


@pytest.mark.parametrize(
    ("withheld", "countries"),
    [
        (None, ()),
        ({"country_codes": ["gb", "FR"]}, ("GB", "FR")),
        ({"copyright": True, "country_codes": ["XY"]}, ("XX",)),
        ({"scope": "user"}, ("XX",)),
        ({"country_codes": ["<b>", 4]}, ("XX",)),
    ],
)
def test_withheld_names_countries_and_in_doubt_all(withheld: Any, countries: tuple) -> None:
    assert read(withheld=withheld).withheld == countries


@pytest.mark.parametrize(
    ("said", "lang"), [("no", "nb"), ("iw", "he"), ("qme", "und"), ("zxx", "und"), (3, "und"), ("vi", "vi")]
)
def test_languages_are_bcp_47(said: Any, lang: str) -> None:
    assert read(lang=said).lang == lang


def test_a_rule_without_a_tag_and_a_user_without_a_name_end_nothing() -> None:
    sent = payload()
    sent["matching_rules"] = [{"id": "1"}, {"id": "2", "tag": "vitrine:2"}, "3"]
    del sent["includes"]["users"][0]["name"]
    post = from_x(sent, NOW)
    assert (post.rules, post.author.name) == (("vitrine:2",), "mira_dahl")


@pytest.mark.parametrize("offsets", [(-1, 5), (3, 3), (5, 2), (0, 10**12), ("0", 5), (None, None), (0, True)])
def test_an_entity_that_does_not_fit_is_ignored(offsets: tuple) -> None:
    url = {"start": offsets[0], "end": offsets[1], "url": "https://t.co/a", "display_url": "evil.example"}
    assert read(text="https://t.co/a and more", entities={"urls": [url]}).text == "https://t.co/a and more"


def test_what_a_database_or_a_page_would_choke_on_is_replaced() -> None:
    sent = payload(text="a\x00b\ud83dc\x1b[0m\nnew line\ttab")
    sent["includes"]["users"][0]["name"] = "Mi\x00ra\nDahl \udfff&amp; Co"
    post = from_x(sent, NOW)
    assert post.text == "a\ufffdb\ufffdc\ufffd[0m\nnew line\ttab"
    assert post.author.name == "Mi\ufffdra Dahl \ufffd& Co"
    (post.text + post.author.name).encode()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.com/a",
        "https://x.com/" + "a" * 1980,
        "https://x.com/" + "é" * 990,
        "https://a b",
        7,
    ],
)
def test_an_avatar_is_an_ordinary_address_or_none(address: Any) -> None:
    sent = payload()
    sent["includes"]["users"][0]["profile_image_url"] = address
    assert from_x(sent, NOW).author.avatar_url is None


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.pop("data"),
        lambda p: p.pop("includes"),
        lambda p: p.update(data=[1]),
        lambda p: p["data"].pop("created_at"),
        lambda p: p["data"].update(created_at="yesterday"),
        lambda p: p["data"].update(text=None),
        lambda p: p["data"].update(text="x" * 60_000),
        lambda p: p["data"].update(id="12; drop table"),
        lambda p: p["data"].update(author_id="78"),
        lambda p: p["includes"]["users"][0].update(username="<script>"),
        lambda p: p["includes"]["users"][0].update(name="n" * 300),
    ],
)
def test_a_payload_that_lacks_what_a_card_must_show_is_refused(change: Any) -> None:
    sent = payload()
    change(sent)
    with pytest.raises(UnreadablePost):
        from_x(sent, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in inside for place in places(item, (*path, key))]


FULL = payload(
    text="a &amp; https://t.co/a #b",
    entities={
        "urls": [{"start": 8, "end": 22, "url": "https://t.co/a", "display_url": "a.b"}],
        "hashtags": [{"tag": "b"}],
    },
    note_tweet={"text": "#long", "entities": {"hashtags": [{"tag": "long"}]}},
    attachments={"media_keys": ["3_1"]},
    referenced_tweets=[{"type": "quoted", "id": "5"}],
    withheld={"country_codes": ["GB"]},
)
FULL["includes"]["media"] = [{"media_key": "3_1", "type": "photo", "url": "https://a.b/c", "width": 1, "height": 1}]


@settings(max_examples=500)
@given(place=st.sampled_from(places(FULL)), junk=JSON)
def test_anything_anywhere_is_read_or_refused_in_words(place: tuple, junk: Any) -> None:
    sent = copy.deepcopy(FULL)
    spot: Any = sent
    for step in place[:-1]:
        spot = spot[step]
    spot[place[-1]] = junk
    try:
        post = from_x(sent, NOW)
    except UnreadablePost as refusal:
        assert refusal.detail
    else:
        assert len(post.text) <= 50_000
        (post.text + post.author.name + "".join(post.hashtags) + post.url).encode()


@given(JSON)
def test_any_json_is_read_or_refused(junk: Any) -> None:
    with pytest.raises(UnreadablePost):
        from_x(junk, NOW)
