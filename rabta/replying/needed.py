"""The templates that Rabta uses, as they are handed in to a provider, and how they stand there."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.channels.contract import TemplateDraft
from rabta.channels.models import MessageTemplate
from rabta.channels.templates import body_of, filled, variables_of

SHIPPED = Path(__file__).parent / "data" / "templates.csv"
State = MessageTemplate.State


@cache
def needed() -> tuple[TemplateDraft, ...]:
    """All of them, in every language. RABTA_HOME/tables/templates.csv, where it exists, takes the place of ours."""
    own = Path(settings.HOME) / "tables" / "templates.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return tuple(
            TemplateDraft(
                name=row["name"],
                language=row["language"],
                category=row.get("category") or "utility",
                body=row["body"],
                examples=_parts(row.get("examples")),
                buttons=_parts(row.get("buttons")),
            )
            for row in csv.DictReader(file)
        )


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (text or "").split("|")))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A template that Rabta uses, and the provider's record of it (None: never handed in)."""

    draft: TemplateDraft
    held: MessageTemplate | None

    @property
    def example(self) -> str:
        """The text as a person would read it."""
        return filled(self.draft.body, self.draft.examples)

    @property
    def approved(self) -> bool:
        """Whether it can be sent as Rabta sends it."""
        return self.held is not None and self.held.state == State.APPROVED and not self.differs

    @property
    def differs(self) -> bool:
        """Whether the provider has another number of variables than Rabta fills in."""
        if self.held is None or not body_of(self.held.components):
            return False
        return len(variables_of(self.held.components)) != len(self.draft.examples)

    @property
    def can_submit(self) -> bool:
        """Whether handing it in makes sense: the provider does not have it. A rejected one is mended there."""
        return self.held is None or self.held.state == State.GONE


def standings(held: Iterable[MessageTemplate]) -> list[Standing]:
    """How each template that Rabta uses stands among those that the provider has."""
    by_key: Mapping[tuple[str, str], MessageTemplate] = {(t.name, t.language): t for t in held}
    return [Standing(draft=one, held=by_key.get((one.name, one.language))) for one in needed()]


def find(*, name: str, language: str) -> TemplateDraft | None:
    """The template of that name and language, if Rabta uses it."""
    return next((one for one in needed() if (one.name, one.language) == (name, language)), None)
