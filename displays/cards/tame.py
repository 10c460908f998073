"""What is done to a stranger's text before it is set: nothing to its words, everything to what could break the page."""

import unicodedata

import regex

# C0 and C1 controls except the line break, object replacement, bidirectional overrides (which make text read other than
# it is), interlinear annotation, tags, and private use (a typeface of ours has nothing there).
UNWANTED = regex.compile(r"[\p{Cc}\p{Co}\p{Cs}\p{Cn}\u202a-\u202e\ufff9-\ufffc\u2028\u2029--[\n]]", regex.V1)
# Marks that stack without end on any letter; no language puts more than three of them on one.
PILE = regex.compile(
    r"((?:[\p{Mn}\p{Me}&&[\p{Script=Inherited}\p{Script=Common}\p{Script=Cyrillic}]--[\ufe00-\ufe0f]]){3})"
    r"[\p{Mn}\p{Me}&&[\p{Script=Inherited}\p{Script=Common}\p{Script=Cyrillic}]--[\ufe00-\ufe0f]]+",
    regex.V1,
)
BLANK_LINES = regex.compile(r"\n[^\S\n]*\n(?:[^\S\n]*\n)+")
RTL = {"R", "AL"}
HAN = regex.compile(r"\p{Script=Han}")
KANA = regex.compile(r"[\p{Script=Hiragana}\p{Script=Katakana}]")
HANGUL = regex.compile(r"\p{Script=Hangul}")
TALL = regex.compile(r"[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}]")


def tame(text: str) -> str:
    """The text without what is not text: controls, overrides, endless piles of marks, more than one blank line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    kept = UNWANTED.sub("", lines.replace("\t", " "))
    return BLANK_LINES.sub("\n\n", PILE.sub(r"\1", kept)).strip()


def tame_name(text: str) -> str:
    """A name on one line."""
    return " ".join(tame(text).split())


def direction(text: str) -> str:
    """'rtl' or 'ltr', by the first letter that has one (hashtags, mentions and links do not decide)."""
    for word in text.split():
        if word[0] in "@#＃" or "://" in word:
            continue
        for sign in word:
            kind = unicodedata.bidirectional(sign)
            if kind in RTL or kind == "L":
                return "rtl" if kind in RTL else "ltr"
    return "rtl" if any(unicodedata.bidirectional(sign) in RTL for sign in text) else "ltr"


def language(text: str, stated: str | None) -> str:
    """A language tag to set the text by: as stated, unless the script says otherwise; 'und' if nobody knows."""
    tag = stated if stated and regex.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", stated) else "und"
    if KANA.search(text):
        return "ja" if tag in ("und", "zh") else tag
    if HANGUL.search(text):
        return "ko" if tag == "und" else tag
    if HAN.search(text) and tag.split("-")[0] not in ("ja", "ko", "zh"):
        return "zh"
    return tag


def is_tall(text: str) -> bool:
    """Whether a script in the text needs more air between its lines."""
    return bool(TALL.search(text))
