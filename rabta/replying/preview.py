"""What a citizen would get as a template, once free text is over: before it is sent, in the words of the provider."""

from dataclasses import dataclass

from django.conf import settings

from rabta.cases.models import Case
from rabta.channels import templates
from rabta.channels.contract import Template
from rabta.channels.models import MessageTemplate
from rabta.replying import texts
from rabta.replying.letters import language_for, to_citizen
from rabta.rules.templates import choose

WORDS = "…"  # where the officer's own words go


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The template that goes, its text with the variables filled in, or why none can go (in English)."""

    name: str
    language: str
    text: str
    trouble: str = ""


def preview(case: Case, *, words: str = WORDS) -> Preview:
    """What leaves when this is written now and the window is over. Reads the templates of the account; one query."""
    wanted = to_citizen(case, text=words, language=language_for(case)).template
    assert wanted is not None
    rows = MessageTemplate.objects.filter(credential=case.account.credential_id)
    held = {(row.name, row.language): row for row in rows}
    if not held:
        return Preview(name=wanted.name, language=wanted.language, text=texts.template_words(wanted))
    known = templates.known((r.name, r.language, r.state, r.components) for r in held.values())
    found = choose(
        known=known,
        name=wanted.name,
        language=wanted.language,
        variables=len(wanted.params),
        fallback=(settings.CITIZEN_LANGUAGE, "en"),
    )
    if isinstance(found, str):
        return Preview(name=wanted.name, language=wanted.language, text="", trouble=found)
    params = wanted.params[: found.variables]
    body = templates.body_of(held[found.name, found.language].components)
    chosen = Template(name=found.name, language=found.language, params=params)
    text = templates.filled(body, params) if body else texts.template_words(chosen)
    return Preview(name=found.name, language=found.language, text=text)
