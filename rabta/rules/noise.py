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


def noise_of(
    text: str, *, greetings: PhraseTable[str], forwards: PhraseTable[str], alarming: PhraseTable[str]
) -> str:
    """`greeting`, `forward` or `` (a message to be read).

    A greeting is made of greeting phrases, polite fillers and emoji only. A forward carries a chain letter's marker and
    none of the words that stand for a matter of the police. A message without any word (one emoji) is a greeting.
    """
    words = scripts.words(text)
    if not words:
        return "greeting" if text.strip() else ""
    covered: set[int] = set()
    for found in greetings.find(words):
        covered.update(range(found.start, found.end))
    rest = [word for at, word in enumerate(words) if at not in covered and word not in _FILLERS]
    if not rest and covered:
        return "greeting"
    if any(True for _ in forwards.find(words)) and not any(True for _ in alarming.find(words)):
        return "forward"
    return ""
