"""JSON lines in, JSON lines out."""

import json

from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.command import LONGEST_LINE, match_lines
from tests.catalog.matching_house import house

HOUSE = house()


def answers(*lines):
    return [json.loads(line) for line in match_lines(lines, HOUSE)]


def test_a_post_is_answered_with_matches_best_first_or_with_reasons_for_silence():
    shown, silent = answers(
        '{"id": "1", "text": "burgundy lipstick, love", "lang": "en"}\n', '{"id": 2, "text": "watch this space"}\n'
    )
    assert shown["id"] == "1" and shown["show"] is True and shown["held"] == []
    assert shown["matches"][0]["product"] == "lip-velvet"
    assert shown["matches"][0]["variant"] == "lip-velvet/burgundy"
    assert all(isinstance(reason, str) for reason in shown["matches"][0]["reasons"])
    assert silent == {"id": 2, "show": False, "matches": [], "held": silent["held"]}
    assert silent["held"]


def test_a_bad_line_is_told_and_the_next_is_read():
    bad = ["nonsense\n", "[]\n", "{}\n", '{"id": "1"}\n', '{"id": null, "text": "x"}\n', '{"id": 1, "text": 5}\n',
           "[" * 5_000 + "\n", "9" * 5_000 + "\n", '{"id": "1", "text": "' + "x" * LONGEST_LINE + '"}\n']  # fmt: skip
    found = answers(*bad, "\n", '{"id": "last", "text": "hi", "lang": 7, "hashtags": "no"}\n')
    assert len(found) == len(bad) + 1
    assert all(one["id"] is None and one["error"] for one in found[:-1])
    assert found[-1]["id"] == "last"


def test_hashtags_may_be_given_and_half_characters_do_no_harm():
    (found,) = answers(
        '{"id": "1", "text": "\\ud83d red lipstick \\udc84, love", "lang": "en", "hashtags": ["LFW", 3]}'
    )
    assert found["show"] is True


@given(st.text(max_size=200))
def test_every_line_is_answered(line):
    line = line.replace("\n", " ").replace("\r", " ")
    found = list(match_lines([line], HOUSE))
    assert len(found) == bool(line.strip())
    assert all(json.loads(one) for one in found)
