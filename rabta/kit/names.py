"""One key for the spellings of a name: Mohammed, Muhammad, Mohd, محمد and मोहम्मद are the same to whoever searches.

What stays of a word are its consonants, in classes that Latin, Devanagari, Gurmukhi and Arabic script share; vowels
between them go, and so do h, w and y within a word, which one script writes and another does not. A key says little,
and is never shown: names are found by it, not told.
"""

import re
from itertools import pairwise

from rabta.kit.scripts import words

# Two letters first: they are one sound.
_PAIRS = {
    "kh": "k",
    "gh": "g",
    "ch": "c",
    "jh": "j",
    "zh": "j",
    "sh": "s",
    "th": "t",
    "dh": "d",
    "ph": "f",
    "bh": "b",
}
_CLASSES = {
    "k": "kqکقخكकख", "g": "gغگगघ", "c": "cچचछ", "j": "jzجزذضظژजझ", "s": "sثسصشसशष", "t": "tتٹطतथटठ",
    "d": "dدڈदधडढ", "n": "nنںनणङञंँ", "p": "pپप", "f": "fفफ", "b": "bبबभ", "m": "mمम", "l": "lلल",
    "r": "rرڑरऋृ", "h": "hہحهھहः", "w": "vwوव", "y": "yیيय", "a": "aeiouاآعأएऐअआइईउऊओऔऑ",
}  # fmt: skip
_CLASS = {letter: name for name, letters in _CLASSES.items() for letter in letters}
_CLASS |= {"ښ": "k", "ږ": "g", "ځ": "j", "څ": "s"}  # of Pashto alone
_SILENT = frozenset("ahwy")  # but where a word begins
# As it is said, where letters alone mislead: a flap written with d, a nasal before another sound, jnya.
_SAID = {
    "ड़": "र", "ढ़": "र", "\u095c": "र", "\u095d": "र", "ज्ञ": "ग्य", "ंह": "ंग", "ंप": "म्प", "ंफ": "म्फ", "ंब": "म्ब", "ंभ": "म्भ",
}  # fmt: skip
# Gurmukhi by the letters of Devanagari, without its vowel signs.
_GURMUKHI: dict[int, str | None] = {
    code: chr(code - 0x100) for code in (*range(0x0A05, 0x0A3A), *range(0x0A59, 0x0A5F))
}
_GURMUKHI |= {0x0A02: "न", 0x0A70: "न", 0x0A5C: "र", 0x0A36: "श", 0x0A72: "अ", 0x0A73: "अ"}
_GURMUKHI |= dict.fromkeys((0x0A3C, *range(0x0A3E, 0x0A4E), 0x0A71))
# The Arabic article between two names, written apart, with the first or with the second.
_ARTICLE = frozenset({"ul", "ur", "al", "el", "us", "ud", "uz", "un", "ال", "उल", "उर", "उद"})
_WITH_THE_FIRST = re.compile("(.*[aeiou])u[lrs]|(.*[ाआ])उ[लर]")
_AFTER_IT = frozenset(
    {
        "rmn", "hk", "aslm", "dn", "an", "rm", "krm", "kdr", "rjk", "gfr", "str", "hmd", "aj", "rsd", "slm", "jbr",
        "mjd", "klk", "km", "ltf", "hsn", "nb", "rsl", "hd",
    }
)  # fmt: skip
_SERVANT = "abd"  # Abd ul …: written in one, in two or in three


def name_keys(text: str) -> list[str]:
    """A key for each word that has one, in order and once; words of one sound and the Arabic article have none."""
    found = [key for word in _words(text) for key in word if len(key) > 1]
    return list(dict.fromkeys(found))


def joined_keys(text: str) -> list[str]:
    """A key for each two words that follow each other, as if they were written in one: Shah Jahan."""
    each = ["".join(word) for word in _words(text)]
    pairs = (_once(one + other) for one, other in pairwise(each))
    return list(dict.fromkeys(key for key in pairs if len(key) > 2))


def _words(text: str) -> list[list[str]]:
    """The keys of each word; several where it is several names written in one."""
    for written, said in _SAID.items():
        text = text.replace(written, said)
    each = [word for word in words(text.translate(_GURMUKHI)) if word not in _ARTICLE]
    return [_split(word, last=n == len(each) - 1) for n, word in enumerate(each)]


def _split(word: str, *, last: bool) -> list[str]:
    with_article = _WITH_THE_FIRST.fullmatch(word)
    if with_article and not last:
        word = with_article[1] or with_article[2]
    key = _key(word)
    if not last and len(key) == 4 and key.startswith(_SERVANT) and _CLASS.get(word[-1]) == key[-1]:
        return [_SERVANT]
    if len(key) > 4 and key.startswith(_SERVANT):
        return [_SERVANT, key[3:].removeprefix("l")]
    if word.startswith(("ال", "ud", "ul", "ur")):
        bare = _key(word[2:])
        return [bare] if bare in _AFTER_IT else [key]
    return [key]


def _key(word: str) -> str:
    for pair, sound in _PAIRS.items():
        word = word.replace(pair, sound)
    word = word.replace("x", "ks")
    sounds = [_CLASS[letter] for letter in word if letter in _CLASS]
    if not sounds:
        return ""
    return _once("".join([sounds[0], *(sound for sound in sounds[1:] if sound not in _SILENT)]))


def _once(key: str) -> str:
    return "".join(sound for n, sound in enumerate(key) if n == 0 or sound != key[n - 1])
