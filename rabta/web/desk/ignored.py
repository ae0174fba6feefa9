"""Why an item of the ledger was passed over, in the reader's language. The ledger itself keeps the code."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNKNOWN = _("another event of the provider")
WORDS: dict[str, str | Promise] = {
    "echo": _("our own message"),
    "our own message": _("our own message"),
    "nothing said": _("no words in it"),
    "nothing in it": _("no words in it"),
    "empty": _("an empty call of the provider"),
    "part of a longer message": _("part of a longer message"),
    "reaction": _("a reaction"),
    "reaction in a group": _("a reaction"),
    "reaction without a person": _("a reaction"),
    "mention": _("points to a post that is fetched"),
    "not about a post": _("a commander’s post about no other post"),
    "group": _("said in a group that we do not read"),
    "unknown chat": _("said in a group that we do not read"),
    "channel post": _("post of a channel"),
    "not of a person": _("not from a person"),
    "not edited": _("an edit that changed nothing"),
    "live location": _("a location that moves along"),
    "pressed elsewhere": _("a button that is not ours"),
    "begun": _("opened the talk and wrote nothing"),
    "request_welcome": _("opened the talk and wrote nothing"),
    "started by the person": _("allows our messages"),
    "stopped by the person": _("wants no messages"),
    "our bot": _("our place in a group changed"),
    "dm event": _("somebody joined or left a talk"),
    "history": _("older messages from a telephone"),
    "system": _("the service’s own line"),
    "WhatsApp's own line": _("the service’s own line"),
    "user_id_update": _("a number changed"),
    "standby": _("another program answers there"),
    "provider error": _("a word of the provider about an error"),
    "deleted": _("deleted by its sender"),
    "deleted by its sender": _("deleted by its sender"),
    "left out of the export": _("left out of the export"),
    "file not in the archive": _("file not in the archive"),
    "file not taken": _("file not taken"),
    "automatic message": _("an automatic message"),
    "mailing list": _("from a mailing list"),
    "word of a mail server": _("a notice of a mail server"),
    "word of a mail program": _("a notice of a mail program"),
    "letter is late": _("notice that a letter is late"),
    "word of a phone": _("a notice of a telephone"),
    "hide": _("hidden or shown again on our own page"),
    "unhide": _("hidden or shown again on our own page"),
    "typing": _("somebody was typing"),
    "call": _("a telephone call"),
    "calls": _("a telephone call"),
    "payment": _("a payment"),
    **dict.fromkeys(("unknown event", "unknown field", "unknown item", "unknown update"), UNKNOWN),
}


@dataclass(frozen=True)
class Passed:
    """So many items, why, and the provider's own name for what we have no words for."""

    number: int
    words: str | Promise
    name: str = ""


def in_words(ignored: Mapping[str, int]) -> list[Passed]:
    """The reasons of one line of the ledger; codes that say the same are one reason."""
    known: dict[str, int] = {}
    others = []
    for code, number in sorted(ignored.items()):
        words = WORDS.get(code) or WORDS.get(code.partition(": ")[0])
        if words:
            known[str(words)] = known.get(str(words), 0) + number
        else:
            others.append(Passed(number, UNKNOWN, code))
    return [Passed(number, words) for words, number in known.items()] + others
