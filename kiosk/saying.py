"""What pages that the server renders for shoppers say: the words of the same catalogues that their scripts read."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date

from catalog.pricing import LOCALES, written
from server.core import wording
from server.core.settings import LANGUAGES, ROOT

SIGNS = "".join(map(chr, range(0x20, 0x7F))) + "ÅÆØåæøÄÖÜäöüßéèêëçñœ“”‘’«»…–—·×€£₫"
NAMES = {"en": "English", "vi": "Tiếng Việt", "nb": "Norsk"}


@dataclass(frozen=True)
class Speaker:
    """Says an English sentence in one language; where that has no words for it, in English."""

    language: str

    def __call__(self, english: str, **values: object) -> str:
        found = wording.catalogue(ROOT, self.language).get(english) if self.language != "en" else None
        return (found if isinstance(found, str) else english).format(**values)

    def many(self, one: str, other: str, count: int) -> str:
        """The form that a number asks for; {n} stands for it."""
        found = wording.catalogue(ROOT, self.language).get(one) if self.language != "en" else None
        forms = found if isinstance(found, list) else [one, other]
        return (forms[0] if count == 1 else forms[-1]).format(n=count)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of every language that can be chosen."""
        return [(code, NAMES[code]) for code in LANGUAGES]

    def price(self, amount: int, currency: str) -> str:
        """An amount of minor units."""
        return written(amount, currency, self.language)

    def day(self, moment: datetime) -> str:
        """A day of the year."""
        return format_date(moment, "d MMMM", locale=LOCALES[self.language])


def all_words() -> str:
    """Every word of ours in every language, and the signs of prices and names: what a phone's typefaces have to set."""
    found = [word for code in LANGUAGES for word in wording.catalogue(ROOT, code).values()]
    return SIGNS + "".join(word if isinstance(word, str) else "".join(word) for word in found)
