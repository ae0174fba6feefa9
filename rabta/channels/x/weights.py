"""How long a post may be, and cutting a longer text into several. The weights are those of twitter-text 3.

Source: github.com/twitter/twitter-text, config/v3.json: 280 in all; a sign of the listed ranges (Latin, Arabic,
Devanagari …) weighs one, any other (Chinese, emoji) two, a link 23 whatever its length, an emoji of several signs two.
"""

import re
import unicodedata

LONGEST = 280
LINK = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_LINKS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# What joins signs into one emoji: the joiner, the choice of picture, skin tones.
_JOINED = re.compile("(?:[\u2600-\u27bf\U0001f1e6-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?\u200d?)+")


def weight(text: str) -> int:
    """What a text weighs as a post."""
    text = unicodedata.normalize("NFC", text)
    links = _LINKS.findall(text)
    return LINK * len(links) + _plain(_LINKS.sub("", text))


def _plain(text: str) -> int:
    emoji = sum(_emoji(found) for found in _JOINED.findall(text))
    return emoji + sum(1 if _is_light(ord(sign)) else 2 for sign in _JOINED.sub("", text))


def _emoji(found: str) -> int:
    """Two for each picture: signs that a joiner holds together are one, and so are the two letters of a flag."""
    single = re.sub("[\ufe0f\U0001f3fb-\U0001f3ff]", "", re.sub("\u200d.", "", found))
    flags = len(re.findall("[\U0001f1e6-\U0001f1ff]{2}", single))
    return 2 * (len(single) - flags)


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in _LIGHT)


def parts(text: str, *, longest: int = LONGEST) -> list[str]:
    """The text in as few pieces as fit, cut between words; a word that alone is too long is cut where it must be."""
    pieces: list[str] = []
    piece = ""
    for word in re.findall(r"\S+\s*", text.strip()):
        if weight((piece + word).rstrip()) <= longest:
            piece += word
            continue
        if piece:
            pieces.append(piece.rstrip())
        *whole, piece = _cut(word, longest)
        pieces += whole
    return [*pieces, piece.rstrip()] if piece.strip() else pieces


def _cut(word: str, longest: int) -> list[str]:
    """A word in pieces that fit; never between a letter and its marks."""
    pieces, piece = [], ""
    for sign in re.findall(
        r"[^\W_](?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u064b-\u065f\u200d\ufe0f])*|.|\s", word
    ):
        if piece and weight((piece + sign).rstrip()) > longest:
            pieces.append(piece)
            piece = ""
        piece += sign
    return [*pieces, piece]
