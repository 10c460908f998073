"""In which language of the lexicon a post is written: as its network says, or by letters that few others have."""

import re

from catalog.words import Reading


def tongue(lang: str) -> str:
    """The lexicon's language for a BCP 47 tag; '' if the network could not tell."""
    short = lang.casefold().replace("_", "-").split("-")[0]
    return {"nb": "no", "nn": "no", "und": "", "in": "id", "qme": "", "zxx": "", "art": ""}.get(short, short)


_LETTERS = (
    ("vi", re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
    ("no", re.compile("[øå]")),
    ("es", re.compile("[ñ]")),
    ("pt", re.compile("[ãõ]")),
    ("de", re.compile("[äöü]")),
    ("fr", re.compile("[çèêëîïôû]")),
)


def guessed(reading: Reading) -> str:
    """A language by letters that few others have, where the network could not tell; '' if they tell nothing."""
    if reading.accented == reading.plain:
        return ""
    return next((language for language, letters in _LETTERS if letters.search(reading.accented)), "")
