"""The approved templates that an operator may choose from for a case, with their variables."""

from dataclasses import dataclass

from django.conf import settings

from rabta.cases.models import Case
from rabta.channels import templates
from rabta.channels.models import MessageTemplate
from rabta.replying import needed, texts
from rabta.replying.letters import language_for, sensitive
from rabta.rules import offered as rule
from rabta.rules.offered import Held


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A template that may be chosen: its text with {{1}} …, and for each variable what stands in it at first."""

    name: str
    language: str
    body: str
    variables: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The text with its blanks numbered, as people read it."""
        return templates.filled(self.body, [f"[{n}]" for n, _ in enumerate(self.variables, start=1)])


def offers(case: Case) -> list[Offer]:
    """What may be chosen for this case, by name; none of those that Rabta sends by itself. One query, or none."""
    if sensitive(case) or case.account.credential_id is None:
        return []
    rows = MessageTemplate.objects.filter(credential=case.account.credential_id)
    language = texts.TEMPLATE_LANGUAGE.get(language_for(case), language_for(case))
    found = rule.offered(
        [_held(row) for row in rows],
        languages=list(dict.fromkeys((language, settings.CITIZEN_LANGUAGE, "en"))),
        internal=frozenset(one.name for one in needed.needed()),
        careful=sensitive(case),
    )
    return [
        Offer(
            name=one.name,
            language=one.language,
            body=one.body,
            variables=tuple(case.reference if n == 0 else "" for n in range(one.variables)),
        )
        for one in found
    ]


def find(case: Case, *, name: str, language: str) -> Offer | None:
    """The one that was chosen, if it may be."""
    return next((one for one in offers(case) if (one.name, one.language) == (name, language)), None)


def _held(row: MessageTemplate) -> Held:
    return Held(
        name=row.name,
        language=row.language,
        state=row.state,
        category=row.category,
        body=templates.body_of(row.components),
        variables=len(templates.variables_of(row.components)),
        plain=templates.is_plain(row.components),
    )
