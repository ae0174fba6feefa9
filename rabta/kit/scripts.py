"""Text as people write it in Latin, Devanagari and Arabic script, made comparable."""

import re
import unicodedata
from functools import lru_cache

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
_LAST_WITH_DIGITS = (
    0x1FFFF  # the planes above hold ideographs; looking through them takes a sixth of a second
)
_DIGITS = {n: str(int(chr(n))) for n in range(128, _LAST_WITH_DIGITS + 1) if chr(n).isdecimal()}
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufeff]")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_LATIN = re.compile("[\0-\u024f]")
_SOUNDS = str.maketrans({"ے": "ی", "ई": "इ", "ऊ": "उ", "ी": "ि", "ू": "ु", "ँ": "ं"})
_WRITTEN_OUT = [
    (re.compile("^او(?=..)"), "و"),  # اووهل is ووهل
    (re.compile("^کښی$"), "کی"),
    (re.compile("ښ"), "خ"),
    (re.compile("य(?=े|ि$)"), "ए"),
    (re.compile("एे"), "ए"),
    (re.compile("एि"), "इ"),
]
_ROMAN = [
    (re.compile(written), sound)
    for written, sound in (
        ("ee", "i"),
        ("oo|ou", "u"),
        ("(au|ow)(?=k)", "o"),
        (r"(.)\1+", r"\1"),
        ("ph(?=...)", "f"),
        ("sh(?=..)|(?<=..)sh", "s"),
        ("w", "v"),
        ("q", "k"),
        ("z", "j"),
        ("ai|ay|ei|ey|ae", "e"),
        ("ie|iy|(?<=..)y$", "i"),
        ("(?<=[eio])h?n$|(?<=[aeio])h$", ""),
    )
]
_HALF_NASAL = re.compile("[ङञणनम]्(?=[क-ह])")
_HALF = re.compile("्")
_LONGEST_WORD = 40  # longer ones are no words; they would only fill the memory of those that were heard
_WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0903\u093a-\u094f\u0962\u0963]+[^\W_]*)*", re.UNICODE)


def normalise(text: str) -> str:
    """Lower case, one form per letter and digit, no marks that readers do not see; for comparing, never for showing."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).lower()
    text = _INVISIBLE.sub("", text).translate(_SAME)
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace(_NUKTA, ""))
    return text.translate(_DIGITS)


def words(text: str) -> list[str]:
    """The normalised words of a text, in order."""
    return list(_words(text))


@lru_cache(maxsize=1024)  # one message is compared with many tables
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(text)))


def spoken(text: str) -> list[str]:
    """The words of a text as they sound, so that `thaanay` and `thane`, اووهل and ووهل are one. Never for showing.

    Roman has no spelling, Peshawar and Kabul write Pashto differently, Hindi keyboards drop dots. Words that only look
    alike become one as well: for tables in which a word too much is cheap.
    """
    return list(_spoken(text))


@lru_cache(maxsize=1024)
def _spoken(text: str) -> tuple[str, ...]:
    return tuple(_sound(word) if len(word) <= _LONGEST_WORD else word for word in _words(text))


@lru_cache(maxsize=16384)  # the same few thousand words make up what people write
def _sound(word: str) -> str:
    if not word.isascii():
        word = word.translate(_SOUNDS)
    for written, sound in _ROMAN if word.isascii() else _WRITTEN_OUT:
        word = written.sub(sound, word)
    return word


def named(text: str) -> list[str]:
    """The words of a text without what spellings of a name differ in: मर्दान and मरदान are one. Never for showing.

    In Hindi half letters are whole ones, a half n or m is a dot, long i and u are short; in Urdu ے is ی.
    """
    return list(_named(text))


@lru_cache(maxsize=1024)
def _named(text: str) -> tuple[str, ...]:
    return tuple(_HALF.sub("", _HALF_NASAL.sub("ं", word.translate(_SOUNDS))) for word in _words(text))


def script_of(text: str) -> str:
    """`arabic`, `devanagari`, `latin` or `none`: the script that most of the letters are in."""
    letters = "".join(filter(str.isalpha, text))
    if text.isascii():
        return "latin" if letters else "none"
    counts = {
        "arabic": len(_ARABIC.findall(letters)),
        "devanagari": len(_DEVANAGARI.findall(text)),  # with the vowel signs, which are no letters to Unicode
        "latin": len(_LATIN.findall(letters)),
    }
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
