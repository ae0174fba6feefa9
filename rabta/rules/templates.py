"""Which approved template a letter takes. What a provider has not approved is not tried.

The wanted language comes first, then its relatives (`en` and `en_US` are one to a reader), then the languages that
follow in `fallback`. A letter whose own template is nowhere approved takes a plainer one that says less (`plainer`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

APPROVED = "approved"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A template as the provider knows it: its state, how many variables it has and how many buttons that answer."""

    state: str
    variables: int
    replies: int = 0


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The template to send, in which language, and with how many of the letter's variables."""

    name: str
    language: str
    variables: int
    replies: int


@dataclass(frozen=True, kw_only=True)
class Plainer:
    """What goes when a template is not approved: another one, with the first `variables` of the letter's."""

    name: str
    variables: int


PLAINER = {
    "update_v1": Plainer(name="neutral_v1", variables=1),
    "bulletin_v1": Plainer(name="group_v1", variables=2),
    "passed_up_v1": Plainer(name="overdue_v1", variables=3),
}


def choose(
    *,
    known: Mapping[tuple[str, str], Known],
    name: str,
    language: str,
    variables: int,
    fallback: Sequence[str] = (),
    plainer: Mapping[str, Plainer] = PLAINER,
) -> Choice | str:
    """The template to send, or why none can be sent: in words for an officer, in English (pages translate them).

    `known` is by (name, language).
    """
    usable = _usable(known, name, variables)
    for wanted in (language, *fallback):
        for found in sorted(usable, key=lambda one: (one != wanted, one)):
            if _base(found) == _base(wanted):
                return Choice(
                    name=name, language=found, variables=variables, replies=known[name, found].replies
                )
    if name in plainer:
        other = plainer[name]
        return choose(
            known=known,
            name=other.name,
            language=language,
            variables=other.variables,
            fallback=fallback,
            plainer={},
        )
    return why_not(known=known, name=name, variables=variables)


def _usable(known: Mapping[tuple[str, str], Known], name: str, variables: int) -> list[str]:
    facts = {language: one for (of, language), one in known.items() if of == name}
    return [code for code, one in facts.items() if one.state == APPROVED and one.variables == variables]


def _base(language: str) -> str:
    return language.replace("-", "_").partition("_")[0].lower()


def why_not(*, known: Mapping[tuple[str, str], Known], name: str, variables: int) -> str:
    """The reason in one sentence."""
    states = sorted({one.state for (of, _language), one in known.items() if of == name})
    if not states:
        return f"The provider has no template {name}. Submit it on the page of templates."
    if _usable(known, name, variables):
        return f"The template {name} is approved in none of the languages that were asked for."
    if APPROVED in states:
        return f"The template {name} is approved with another number of variables than {variables}."
    return f"The template {name} is not approved ({', '.join(states)})."
