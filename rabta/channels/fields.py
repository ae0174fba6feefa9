"""Reading the fields of an account: words, numbers, choices. What can't be is `WrongField`, which names the field."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Values = Mapping[str, str]
CANT_BE = gettext_lazy("This can't be used here.")


class WrongField(ValueError):
    """A field holds something that it can't; the text names the field, and `why` is for whoever filled it in."""

    def __init__(self, name: str, why: str | Promise = CANT_BE) -> None:
        super().__init__(name)
        self.name, self.why = name, why


def word(values: Values, name: str, otherwise: str = "") -> str:
    """What was entered without blanks around it, or what counts where nothing was."""
    return (values.get(name) or "").strip() or otherwise


def number(values: Values, name: str, otherwise: int, *, most: int) -> int:
    """A whole number from 1 to `most`."""
    given = word(values, name)
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and 0 < int(given) <= most):
        raise WrongField(name, _("A whole number from 1 to %(most)s.") % {"most": most})
    return int(given)


def host(values: Values, name: str) -> str:
    """The name or address of a machine, and nothing else; empty where nothing was entered."""
    given = word(values, name)
    if not all(letter.isalnum() or letter in ".-_:" for letter in given):
        raise WrongField(name, _("The name or address of a machine, without anything before or behind it."))
    return given


def fits(values: Values, name: str, form: str, why: str) -> str:
    """What was entered, where all of it is of this form."""
    given = word(values, name)
    if not re.fullmatch(form, given):
        raise WrongField(name, why)
    return given


def one_of(values: Values, name: str, words: tuple[str, ...], *, otherwise: str = "") -> str:
    """One of the words, in any case of letters; nothing entered is the first, or `otherwise`."""
    given = word(values, name, otherwise or words[0]).casefold()
    if given not in words:
        raise WrongField(name)
    return given


def yes(values: Values, name: str, *, otherwise: bool) -> bool:
    """Whether it was answered with yes."""
    return word(values, name, "yes" if otherwise else "no").casefold() in ("yes", "1", "true")
