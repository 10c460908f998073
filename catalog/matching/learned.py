"""What people's corrections teach a feed: which variants step forward or back for what a post asks for, and when it is held.

No training: each correction counts one step, steps are bounded, and taking a correction back takes its step back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from catalog.matching.lexicon import Lexicon
from catalog.matching.shelf import Shelf
from catalog.matching.values import Asked, Reason

STEP = 0.05
"""What one correction adds to a fit or takes from it: more than the lot among what fits alike, less than the next shade."""
MOST_STEPS = 4
"""Steps that count, so that people's word can turn what fits about as well, and never show the wrong thing."""
ENOUGH_NOTHING = 3
"""Posts of which people said that nothing fits, more than they chose something for, until such posts are held."""


@dataclass(frozen=True, slots=True)
class Said:
    """In how many posts people chose a thing, and in how many they said that it was wrong."""

    chosen: int = 0
    wrong: int = 0

    @property
    def steps(self) -> int:
        """Steps forward, or back where negative."""
        return max(-MOST_STEPS, min(MOST_STEPS, self.chosen - self.wrong))


UNSAID = Said()


@dataclass(frozen=True)
class Lesson:
    """All that was said of posts that asked for the same."""

    products: Mapping[str, Said] = field(default_factory=dict)
    variants: Mapping[str, Said] = field(default_factory=dict)
    """Of variants only where another shade or size of the same product was chosen."""
    chosen: int = 0
    """Posts for which people chose something."""
    nothing: int = 0
    """Posts of which people said that nothing fits."""
    agreed: int = 0
    """Posts that people approved lately with what was offered."""

    @property
    def lacking(self) -> int:
        """How many more have to be said to fit nothing until such posts are held; 0 or less: they are. A burst of spam does
        not silence what people go on approving."""
        return max(ENOUGH_NOTHING, self.agreed + 1) - (self.nothing - self.chosen)

    @property
    def silent(self) -> bool:
        """Whether such posts are held."""
        return self.lacking <= 0

    @cached_property
    def ids(self) -> tuple[frozenset[str], frozenset[str]]:
        """The products and the variants that something was said of."""
        return frozenset(self.products), frozenset(self.variants)

    def steps(self, product: str, variant: str) -> int:
        """By how many steps a variant moves."""
        steps = self.products.get(product, UNSAID).steps + self.variants.get(variant, UNSAID).steps
        return max(-MOST_STEPS, min(MOST_STEPS, steps))

    def lift(self, product: str, variant: str) -> float:
        """What is added to a variant's fit."""
        return STEP * self.steps(product, variant)


Learned = Mapping[Asked, Lesson]
UNTAUGHT: Learned = MappingProxyType({})


def whoever_makes(asked: Asked) -> Asked:
    """The same kind and colour, whatever makers are named; of no kind, the maker is all that is asked for."""
    return replace(asked, brands=()) if asked.type_name else asked


def lesson_for(learned: Learned, asked: Asked) -> Lesson | None:
    """What was said of what a post asks for: of these makers' things, or, where nobody has named them, of such things."""
    if asked in learned:
        return learned[asked]
    such = learned.get(whoever_makes(asked))
    return replace(such, chosen=0, nothing=0, agreed=0) if such else None


def described(asked: Asked, lexicon: Lexicon) -> str:
    """What a post asked for, in a few words: "red lipstick", "black or navy coat by nordlys"."""
    thing = lexicon.label(asked.type_name) if asked.type_name else "anything"
    colours = " or ".join(colour.replace("_", " ") for colour in asked.colours)
    makers = f"by {' or '.join(asked.brands)}" if asked.brands else ""
    return " ".join(part for part in (colours, thing, makers) if part)


def posts(count: int) -> str:
    """A number of posts in words."""
    return "1 post" if count == 1 else f"{count} posts"


def learned_reasons(lesson: Lesson | None, asked: Asked, shelf: Shelf, number: int) -> Iterator[Reason]:
    """Why a variant stands further in front that people chose before."""
    placed = shelf.placed(number) if lesson else None
    if lesson and placed and lesson.steps(placed.product, placed.variant) > 0:
        said = lesson.variants.get(placed.variant) or lesson.products.get(placed.product, UNSAID)
        thing = described(whoever_makes(asked), shelf.lexicon)
        words = f"a moderator chose this for {posts(said.chosen)} that asked for {thing}"
        yield Reason("learned", words, weight=lesson.lift(placed.product, placed.variant))


def silence(lesson: Lesson, asked: Asked, lexicon: Lexicon) -> str:
    """Why posts that ask for this are held."""
    return (
        f"moderators said of {posts(lesson.nothing)} that asked for {described(asked, lexicon)} that nothing here fits"
    )
