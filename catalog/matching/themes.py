"""What a post speaks of, as short English phrases that can be counted: "burgundy lips", "red dress", "pleated"."""

from collections.abc import Iterator

from catalog.matching.evidence import Evidence, Head
from catalog.matching.lexicon import Lexicon

_COUNTED_FINISHES = frozenset(
    [
        "matte",
        "glossy",
        "shimmer",
        "satin",
        "velvet",
        "denim",
        "leather",
        "floral",
        "pleated",
        "striped",
        "polka",
        "leopard",
        "lace",
    ]
)


def of(evidence: Evidence, lexicon: Lexicon) -> tuple[str, ...]:
    """The themes of a post whose words name something that is sold; nothing where no head stands."""
    if not any(head.type_name for head in evidence.heads):
        return ()
    found = [theme for head in evidence.heads if head.type_name for theme in _of_head(head, lexicon)]
    finishes = [cue.concept for cue in evidence.cues if cue.kind == "finish" and cue.concept in _COUNTED_FINISHES]
    return tuple(dict.fromkeys([*found, *finishes]))


def _of_head(head: Head, lexicon: Lexicon) -> Iterator[str]:
    part = head.cue.concept if head.cue.kind == "part" else None
    thing = part or lexicon.label(head.type_name)
    if head.colours:
        yield f"{head.colours[0].concept.replace('_', ' ')} {thing}"
    yield thing
