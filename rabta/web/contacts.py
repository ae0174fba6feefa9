"""How somebody spoke with the citizen, in words: on buttons, in the form of a report, in the timeline."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rabta.rules.human_contact import How, is_contact

WORDS: dict[How, Promise] = {
    How.TELEPHONE: _("by telephone"),
    How.IN_PERSON: _("in person"),
    How.MESSAGE: _("by message"),
    How.NOT_REACHED: _("tried, not reached"),
}
ICONS = {
    How.TELEPHONE: "phone",
    How.IN_PERSON: "user",
    How.MESSAGE: "chat",
    How.NOT_REACHED: "x",
}


def ways() -> list[tuple[str, Promise, str, bool]]:
    """Each way: its code, words, icon, and whether the citizen was reached."""
    return [(how.value, WORDS[how], ICONS[how], is_contact(how)) for how in How]


def noted(how: str) -> str:
    """What is answered to whoever said so."""
    if How(how) == How.NOT_REACHED:
        return gettext("Noted: nobody was reached. The time limit runs on.")
    return gettext("The contact is noted.")


def in_words(how: str) -> str:
    """A way in words; an unknown one as it is."""
    return str(WORDS[How(how)]) if how in list(How) else how
