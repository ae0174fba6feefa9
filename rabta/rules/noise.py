"""Greetings and chain letters: recognised, so that they do not become cases. In doubt a message is not noise."""

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable

# Words that may stand between greetings without making a message of them.
_FILLERS = frozenset(
    scripts.words(
        """
        sir madam ji jee dear all everyone friends brother bhai bhaiya sahib sahab saab janab team police to and the my
        aap ap sab sabko ko hum tum you u a very happy wish wishing
        सर जी सब सबको आप को भाई साहब पुलिस सभी और टीम मित्रों दोस्तों
        سر جی جناب صاحب سب کو آپ بھائی اور پولیس ٹیم دوستو تمام محترم صیب ورور تاسو ټولو ته او
        """
    )
)
_ADDRESSES = frozenset(
    scripts.words(
        """
        sir madam ji bhai sahib sahab saab janab
        जी साहब भाई سر جی صاحب بھائی جناب صیب
        """
    )
)


def noise_of(
    text: str, *, greetings: PhraseTable[str], forwards: PhraseTable[str], alarming: PhraseTable[str]
) -> str:
    """`greeting`, `forward` or `` (a message to be read).

    A greeting is made of greeting phrases, polite fillers, one name and emoji only. A forward carries a chain
    letter's marker and none of the words that stand for a matter of the police. A message without any word (one
    emoji) is a greeting.
    """
    words = scripts.words(text)
    if not words:
        return "greeting" if text.strip() else ""
    covered: set[int] = set()
    for found in greetings.find(words):
        covered.update(range(found.start, found.end))
    rest = [at for at, word in enumerate(words) if at not in covered and word not in _FILLERS]
    alarms = next(alarming.find(words), None) is not None
    if covered and not alarms and all(_is_addressed(words, at) for at in rest) and len(rest) <= 1:
        return "greeting"
    if next(forwards.find(words), None) and not alarms:
        return "forward"
    return ""


def _is_addressed(words: list[str], at: int) -> bool:
    """Whether the word is a name, as in “Saeed bhai” or “sir Asad”: it stands beside a form of address."""
    return any(words[n] in _ADDRESSES for n in (at - 1, at + 1) if 0 <= n < len(words))
