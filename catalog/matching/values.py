"""The plain values that matching takes and gives: what is sold, what a feed wants, and a verdict with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from catalog.words import tag_key

MOST_MATCHES = 12
"""Matches in a verdict: what a person can choose from at a glance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchItem:
    """A variant as the matcher needs it."""

    variant: str
    product: str
    title: str
    brand: str = ""
    product_type: str = ""
    """A path of types joined by ' > ', as the shop's feed has it."""
    colour: str = ""
    swatch: str | None = None
    """#rrggbb; None if it is not known."""
    gender: str = ""
    google_category: str = ""
    size: str = ""
    price: float | None = None
    """In whole units of `currency`: 24.5 for £24.50."""
    currency: str = ""
    stock: float = 1.0
    """0 where no store has it, up to 1: variants that can be bought go first."""


FEEDS_OWN = "feed"
"""The language of a cue, and of a reason, that is a word of the feed."""


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What a word or phrase means in one feed, whatever the lexicon thinks of it."""

    spelling: str
    kind: str
    """A kind of the lexicon ('type', 'colour', 'guard' ...), 'product', 'variant', or 'stop': it means nothing here."""
    concept: str = ""
    """What it means: a name of the lexicon, the key of a brand (matching.shelf.brand_key), the id of a product or variant."""
    language: str = ""
    """A language of the lexicon in whose posts alone it counts; '' for any."""
    sure: bool = True
    """Whether it is enough by itself; else it needs a second cue."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Terms:
    """What a feed sells. Empty `brands`, `types` and `products` mean the whole catalogue.

    Preparing a catalogue of 50,000 for new terms takes a tenth of a second; equal terms are prepared once.
    """

    brands: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    """Product types as the feed writes them (a path or the beginning of one), or names of types in the lexicon."""
    products: frozenset[str] = frozenset()
    """Product ids shown besides those of `brands` and `types`."""
    without: frozenset[str] = frozenset()
    """Brands, types, product or variant ids that are never shown; they win over everything else."""
    pairs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Hashtag (without sign) to variant ids: these outrank whatever the words say."""
    boosts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Variant id, product id, brand or type to a number added to the rank: 0.1 nudges, 1 wins. Negative sinks."""
    least_score: float = 0.0
    """Matches below this score (0 to 1) are left out; a verdict left with none shows nothing."""
    own_tags: frozenset[str] = frozenset()
    """The feed's own hashtags: every post has them, so that they say nothing about any."""

    words: tuple[OwnWord, ...] = ()
    """The feed's own words; see matching.own_words for what they must be."""

    head_start: float = 0.0
    """Evidence that a post has merely by being in this feed (see matching.evidence): 0 for one that hears anything, 1.4
    for one behind a tag of a fashion week or an opt-in tag, where a sure word ("blazer") then needs no second cue."""

    @cached_property
    def _key(self) -> tuple[object, ...]:
        sets = (self.brands, self.types, self.products, self.without, self.own_tags)
        pairs = frozenset((tag, tuple(variants)) for tag, variants in self.pairs.items())
        return *sets, pairs, frozenset(self.boosts.items()), self.least_score, self.head_start, self.words

    def __eq__(self, other: object) -> bool:
        return self is other or isinstance(other, Terms) and self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self._key)

    @cached_property
    def wording(self) -> "Terms":
        """The words alone: what their compiling depends on."""
        return Terms(words=self.words)

    @cached_property
    def selling(self) -> "Terms":
        """The same without words: what a ranking depends on."""
        return replace(self, words=()) if self.words else self

    @cached_property
    def paired(self) -> Mapping[str, tuple[str, ...]]:
        """`pairs` by the key under which spellings of a tag are the same tag."""
        return {tag_key(tag): tuple(variants) for tag, variants in self.pairs.items()}

    @cached_property
    def own_keys(self) -> frozenset[str]:
        """`own_tags` by the same key."""
        return frozenset(tag_key(tag) for tag in self.own_tags)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in words. `start` and `end` are places in the post's own text, both None if no word of it is meant."""

    kind: str
    """'type', 'brand', 'colour', 'shade', 'finish', 'name', 'gender', 'price', 'size', 'pair', 'theme', 'context',
    'intent' or 'learned'."""
    words: str
    start: int | None = None
    end: int | None = None
    weight: float = 0.0
    """What the cue adds to the evidence; the more general the word, the less. A show needs matching.evidence.ENOUGH."""
    language: str = ""
    """The lexicon's language of the word; 'any' for what holds in all of them, FEEDS_OWN for a word of the feed, '' for what is no word."""


@dataclass(frozen=True, slots=True)
class Against:
    """Why not, in words: what holds a post, or what another variant has before this one. Places as in Reason."""

    kind: str
    """Of a post: 'nothing', 'alone', 'doubtful', 'hashtags', 'complaint', 'advert', 'unsafe', 'elsewhere', 'rival', 'credit',
    'negation', 'unsold' or 'learned'. Of a variant: see matching.whynot."""
    words: str
    start: int | None = None
    end: int | None = None
    language: str = ""
    variant: str = ""
    """The variant that it speaks of, for whoever knows what that is called."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a post asks for, as people's corrections are kept by: a type ('' for a maker's things) with its sorted cues."""

    type_name: str = ""
    colours: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A variant that goes with a post. `score`, 0 to 1: how sure the evidence is times how well this one fits."""

    product: str
    variant: str
    score: float
    reasons: tuple[Reason, ...]
    asked: Asked | None = None
    """Which of the things that the post asks for it is; None for what the feed pairs with a hashtag."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to show an item beside a post. `matches` are best first; a verdict that does not show has none."""

    show: bool
    matches: tuple[Match, ...] = ()
    against: tuple[Against, ...] = ()
    """Why not, each with the words of the post that say so; empty if it shows."""
    themes: tuple[str, ...] = ()
    """What the words speak of ("burgundy lips", "pleats", "glass skin"), for trends, the more particular first; none where
    what is unsafe or an advertisement held the post. A post that names nothing that is sold may have some."""

    @property
    def held(self) -> tuple[str, ...]:
        """Why not, in sentences alone."""
        return tuple(dict.fromkeys(one.words for one in self.against))
