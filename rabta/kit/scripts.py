"""Text as people write it in Latin, Devanagari and Arabic script, made comparable."""

import re
import unicodedata

# Letters that are one to the reader but several to Unicode (Arabic, Urdu and Pashto keyboards).
_SAME = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ك": "ک", "ګ": "گ", "ە": "ہ", "ه": "ہ", "ھ": "ہ", "ة": "ہ",
        "ۀ": "ہ", "أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و", "ټ": "ٹ", "ډ": "ڈ", "ړ": "ڑ", "ڼ": "ن", "ں": "ن",
        "ـ": "",
    }
)  # fmt: skip
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0610-\u061a\u064b-\u065f\u0670]")
_NUKTA = "\u093c"
_WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0903\u093a-\u094f\u0962\u0963]+[^\W_]*)*", re.UNICODE)


def normalise(text: str) -> str:
    """Lower case, one form per letter and digit, no marks that readers do not see; for comparing, never for showing."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _INVISIBLE.sub("", text).translate(_SAME)
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace(_NUKTA, ""))
    return "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def words(text: str) -> list[str]:
    """The normalised words of a text, in order."""
    return _WORD.findall(normalise(text))


def script_of(text: str) -> str:
    """`arabic`, `devanagari`, `latin` or `none`: the script that most of the letters are in."""
    counts = {"arabic": 0, "devanagari": 0, "latin": 0}
    for c in text:
        if "\u0600" <= c <= "\u06ff" or "\u0750" <= c <= "\u077f" or "\ufb50" <= c <= "\ufeff":
            counts["arabic"] += c.isalpha()
        elif "\u0900" <= c <= "\u097f":
            counts["devanagari"] += 1
        elif c.isalpha() and c < "\u0250":
            counts["latin"] += 1
    best = max(counts, key=lambda s: counts[s])
    return best if counts[best] else "none"


def direction(text: str) -> str:
    """`rtl` or `ltr`, by the first letter that has a direction."""
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"
