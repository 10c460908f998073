"""Marks lose nothing of a text, whatever the reasons say."""

from hypothesis import given
from hypothesis import strategies as st

from server.console.marking import Piece, marked

places = st.one_of(st.none(), st.integers(-3, 30), st.just("3"), st.booleans())
reasons = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["type", "colour"]), "words": st.text(), "start": places, "end": places}
    )
)


@given(st.text(max_size=25), reasons)
def test_the_pieces_join_to_the_text(text: str, why: list[dict]) -> None:
    assert "".join(piece.text for piece in marked(text, why)) == text
    assert all(piece.text for piece in marked(text, why))


def test_words_are_marked_with_their_reason() -> None:
    why = [
        {"kind": "colour", "words": "burgundy", "start": 2, "end": 10},
        {"kind": "type", "words": "lips", "start": 11, "end": 15},
    ]
    pieces = (Piece("A "), Piece("burgundy", "colour", "burgundy"), Piece(" "), Piece("lips", "type", "lips"))
    assert marked("A burgundy lips", why) == pieces


def test_a_sign_of_several_characters_is_marked_whole() -> None:
    heart = "\u2764\ufe0f\u200d\U0001f525"
    pieces = marked(f"so {heart} good", [{"start": 3, "end": 4, "kind": "colour", "words": "a heart"}])
    assert [piece.text for piece in pieces] == ["so ", heart, " good"] and pieces[1].kind == "colour"
