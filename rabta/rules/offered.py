"""Which approved templates an officer may choose for a citizen once free text is over, and what he may fill in."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

APPROVED = "approved"
LONGEST = 400  # characters of one variable: the provider refuses letters that are mostly variables
SERVICE = ("", "utility")  # not advertising, and no one-time codes
MOST = 12


@dataclass(frozen=True, kw_only=True)
class Held:
    """A template as the provider has it. `plain`: it has no variables or pictures but in its body."""

    name: str
    language: str
    state: str
    category: str
    body: str
    variables: int
    plain: bool


def offered(
    held: Iterable[Held], *, languages: Sequence[str], internal: Set[str], careful: bool
) -> list[Held]:
    """One of each name, in the first of the `languages` that it has; none where the matter is sensitive.

    `internal` are those that Rabta sends by itself. What is in none of the languages the citizen may not read.
    """
    if careful:
        return []
    by_name: dict[str, dict[str, Held]] = {}
    for one in held:
        usable = one.state == APPROVED and one.plain and one.body and one.category.lower() in SERVICE
        if usable and one.name not in internal:
            by_name.setdefault(one.name, {})[one.language] = one
    found = (_best(variants, languages) for _name, variants in sorted(by_name.items()))
    return [one for one in found if one][:MOST]


def _best(variants: Mapping[str, Held], languages: Sequence[str]) -> Held | None:
    for wanted in languages:
        for code in sorted(variants, key=lambda code: (code != wanted, code)):
            if _base(code) == _base(wanted):
                return variants[code]
    return None


def _base(language: str) -> str:
    return language.replace("-", "_").partition("_")[0].lower()


def filled_in(params: Sequence[str], *, variables: int) -> list[str] | None:
    """The variables as they go: one line each; None when one is missing or too long."""
    clean = [" ".join(param.split()) for param in params]
    if len(clean) != variables or not all(0 < len(param) <= LONGEST for param in clean):
        return None
    return clean
