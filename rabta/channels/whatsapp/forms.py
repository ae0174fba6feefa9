"""What somebody answered in a form of the force's own (a "flow"), as text that a desk can read."""

from collections.abc import Iterator

import orjson

from rabta.channels.shapes import Json, clean, text_of

MOST, LONGEST = 50, 1000  # answers, and characters of each
_OWN = ("flow_token",)  # said by the form, not by the person


def words(reply: Json) -> str:
    """The provider's sentence and each answer on a line of its own. The sentence alone ("Sent") says nothing."""
    sentence = text_of(reply, "body")
    if sentence and reply.get("name") == "address_message":  # the sentence is the whole address
        return sentence
    given = reply.get("response_json")
    try:
        answers = orjson.loads(given) if isinstance(given, str) else given
    except orjson.JSONDecodeError:
        answers = None
    lines = list(_lines(answers))[:MOST] if isinstance(answers, dict) else []
    return clean("\n".join(filter(None, [sentence, *lines]))) or text_of(reply, "name")


def _lines(answers: Json) -> Iterator[str]:
    for name, value in answers.items():
        if isinstance(value, dict):
            yield from _lines(value)
        elif isinstance(value, list):
            yield from _lines({name: ", ".join(str(each)[:LONGEST] for each in value[:MOST] if _plain(each))})
        elif name not in _OWN and _plain(value):
            yield f"{name}: {str(value).strip()[:LONGEST]}"


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float) and str(value).strip() != ""
