"""Why an item is in quarantine, in the reader's language; beside it stands what the reading of it said."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By how the reason begins or ends, the first that fits.
BEGINS: tuple[tuple[tuple[str, ...], str | Promise], ...] = (
    (("no account of ours",), _("It is not for any account of ours.")),
    (
        ("not JSON", "not a JSON object", "not a body of this channel", "not a command"),
        _("This channel sends no such thing."),
    ),
    (("unknown ",), _("It is of a kind that we do not know.")),
    (
        (
            "no ",
            "nothing was said",
            "a field is missing",
            "a receipt without",
            "a report without",
            "a change without",
        ),
        _("Something that it needs is missing."),
    ),
    (
        ("endless ", "too many ", "a header longer", "shorter than", "another length"),
        _("It is longer or shorter than it may be."),
    ),
    (("counted and read differ",), _("Not all of it could be read.")),
)
SHAPE = " is no object", " are no list", " are no list of objects"


def in_words(reason: str) -> str | Promise:
    """The reason in words; that it could not be read where we have no better ones."""
    for beginnings, words in BEGINS:
        if reason.startswith(beginnings):
            return words
    if reason.endswith(SHAPE):
        return _("It is not built as it should be.")
    return _("It could not be read.")
