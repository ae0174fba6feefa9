"""One key for the spellings of a name: Mohammed, Muhammad, Mohd, محمد and मोहम्मद are the same to whoever searches.

What stays of a word are its consonants, in classes that Latin, Devanagari and Arabic script share; vowels between them
go, and so do h, w and y within a word, which one script writes and another does not. A key says little, and is never
shown: names are found by it, not told.
"""

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
_SILENT = frozenset("ahwy")  # but where a word begins
_FLAP = {
    "ड़": "र",
    "ढ़": "र",
    "\u095c": "र",
    "\u095d": "र",
}  # written with d in Devanagari, said and spelt with r


def name_keys(text: str) -> list[str]:
    """A key for each word that has one, in order and once; words of one sound have none."""
    for written, said in _FLAP.items():
        text = text.replace(written, said)
    keys = (_key(word) for word in words(text))
    return list(dict.fromkeys(key for key in keys if len(key) > 1))


def _key(word: str) -> str:
    for pair, sound in _PAIRS.items():
        word = word.replace(pair, sound)
    word = word.replace("x", "ks")
    sounds = [_CLASS[letter] for letter in word if letter in _CLASS]
    if not sounds:
        return ""
    first = "a" if sounds[0] == "a" else sounds[0]
    kept = [first, *(sound for sound in sounds[1:] if sound not in _SILENT)]
    return "".join(sound for n, sound in enumerate(kept) if n == 0 or sound != kept[n - 1])
