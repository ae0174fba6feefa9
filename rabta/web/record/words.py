"""What an entry of the record says to people. An act without words here is shown by its own name."""

from django.utils.translation import gettext_lazy as _

from rabta.web.desk.events import WORDS as EVENT_WORDS
from rabta.web.desk.events import event_words
from rabta.web.record.queries import Entry

ACTS = {
    "looked": _("Read the case"),
    "original": _("Took the original of a file"),
    "reveal:case": _("Saw who wrote (case)"),
    "reveal:list": _("Saw who wrote (list)"),
    "reveal:greetings": _("Saw who wrote (greetings)"),
    "reveal:order": _("Saw who wrote (order)"),
    "send_again": _("Let a message be sent again"),
    "exported": _("Took an export"),
    "read_record": _("Read this record"),
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_failed": _("Sign-in failed"),
    "erased": _("Erased by the rules of retention"),
}


def act_words(entry: Entry) -> str:
    """The act in the reader's language."""
    if entry.event is not None:
        return event_words(entry.event)
    return str(ACTS.get(entry.act) or entry.act.replace("_", " ").replace(":", ": "))


def choices() -> list[tuple[str, str]]:
    """Acts to choose from: looks first, then events, named by their words before the first blank."""
    events = [
        (code, str(words).partition(":")[0].partition("%")[0].strip()) for code, words in EVENT_WORDS.items()
    ]
    return [*((code, str(words)) for code, words in ACTS.items()), *events]
