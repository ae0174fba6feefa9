"""Reading the fields of an account: words, numbers, choices. What can't be is `WrongField`, which names the field."""

from collections.abc import Mapping

Values = Mapping[str, str]


class WrongField(ValueError):
    """A field holds something that it can't; the text names the field."""


def word(values: Values, name: str, otherwise: str = "") -> str:
    """What was entered without blanks around it, or what counts where nothing was."""
    return (values.get(name) or "").strip() or otherwise


def number(values: Values, name: str, otherwise: int, *, most: int) -> int:
    """A whole number from 1 to `most`."""
    given = word(values, name)
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and 0 < int(given) <= most):
        raise WrongField(name)
    return int(given)


def one_of(values: Values, name: str, words: tuple[str, ...], *, otherwise: str = "") -> str:
    """One of the words, in any case of letters; nothing entered is the first, or `otherwise`."""
    given = word(values, name, otherwise or words[0]).casefold()
    if given not in words:
        raise WrongField(name)
    return given


def yes(values: Values, name: str, *, otherwise: bool) -> bool:
    """Whether it was answered with yes."""
    return word(values, name, "yes" if otherwise else "no").casefold() in ("yes", "1", "true")
