"""Marks lose nothing of a text, whatever the reasons say."""

from hypothesis import given
from hypothesis import strategies as st

from server.console.marking import Piece, told

places = st.one_of(st.none(), st.integers(-3, 30), st.just("3"), st.booleans())
reasons = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["type", "colour"]), "words": st.text(), "start": places, "end": places}
    )
)


@given(st.text(max_size=25), reasons)
def test_the_pieces_join_to_the_text(text: str, why: list[dict]) -> None:
    found = told(text, why)
    assert "".join(piece.text for piece in found.pieces) == text and all(piece.text for piece in found.pieces)
    assert [sentence.words for sentence in found.sentences] == [one["words"] for one in why]
    numbers = [sentence.number for sentence in found.sentences if sentence.number]
    assert {number for piece in found.pieces for number in piece.numbers} == set(numbers)


def test_words_are_marked_with_their_reason() -> None:
    why = [
        {"kind": "colour", "words": "burgundy", "start": 2, "end": 10},
        {"kind": "type", "words": "lips", "start": 11, "end": 15},
    ]
    first, second = Piece("burgundy", "colour", "burgundy", (1,), (1,)), Piece("lips", "type", "lips", (2,), (2,))
    assert told("A burgundy lips", why).pieces == (Piece("A "), first, Piece(" "), second)


def test_words_that_two_sentences_are_about_are_marked_for_both() -> None:
    why = [
        {"kind": "type", "words": "asks for a lipstick", "start": 0, "end": 14},
        {"kind": "pair", "words": "the feed pairs it", "start": None, "end": None},
        {"kind": "finish", "words": "is in its name", "start": 0, "end": 5},
    ]
    found = told("Matte lipstick", why)
    assert [(piece.text, piece.numbers, piece.ends) for piece in found.pieces] == [
        ("Matte", (1, 2), (2,)),
        (" lipstick", (1,), (1,)),
    ]
    assert [sentence.number for sentence in found.sentences] == [1, 0, 2]
    assert found.pieces[0].why == "asks for a lipstick; is in its name"


def test_a_sign_of_several_characters_is_marked_whole() -> None:
    heart = "\u2764\ufe0f\u200d\U0001f525"
    pieces = told(f"so {heart} good", [{"start": 3, "end": 4, "kind": "colour", "words": "a heart"}]).pieces
    assert [piece.text for piece in pieces] == ["so ", heart, " good"] and pieces[1].kind == "colour"
