"""What we know of the templates at the providers: fetched, told by hooks, handed in, and chosen from."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rabta import bulk
from rabta.channels.contract import TemplateFacts, TemplateNews
from rabta.channels.models import MessageTemplate
from rabta.rules.templates import Known

State = MessageTemplate.State
_HOLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SAID = ("state", "quality", "category", "reason")


def store(*, credential_id: int, facts: Iterable[TemplateFacts], now: datetime) -> Counter[str]:
    """Make the register say what the provider's full list says; returns how many are in which state.

    What is not on the list any more is `gone`; what was handed in a moment ago may not be on it yet and stays.
    """
    held = {(t.name, t.language): t for t in MessageTemplate.objects.filter(credential=credential_id)}
    new, changed = [], []
    for one in facts:
        row = held.pop((one.name, one.language), None)
        if row is None:
            row = bulk.new(
                MessageTemplate,
                credential_id=credential_id,
                name=one.name,
                language=one.language,
                changed_at=now,
            )
            new.append(row)
        else:
            changed.append(row)
        _take(row, one, now)
        row.components, row.seen_at = [dict(part) for part in one.components], now
    for row in held.values():
        if row.state not in (State.SUBMITTING, State.PENDING, State.GONE, State.REJECTED):
            row.state, row.changed_at = State.GONE, now
            changed.append(row)
    bulk.insert(new)
    bulk.update(changed, [*_SAID, "components", "changed_at", "seen_at"])
    return Counter(row.state for row in (*new, *changed))


def take_news(news: Iterable[tuple[int, TemplateNews]], *, now: datetime) -> None:
    """Take over what hooks say, each with the id of the credential that it came under."""
    for credential_id, one in news:
        row = MessageTemplate.objects.filter(
            credential=credential_id, name=one.name, language=one.language
        ).first()
        if row is None:
            row = MessageTemplate(
                credential_id=credential_id,
                name=one.name,
                language=one.language,
                state=State.PENDING,
                changed_at=now,
            )
        _take(row, one, now)
        row.seen_at = now
        row.save()


def _take(row: MessageTemplate, said: TemplateFacts | TemplateNews, now: datetime) -> None:
    before = row.state
    for name in _SAID:
        if value := getattr(said, name):
            setattr(row, name, value)
    if not row.state:
        row.state = State.PENDING
    if row.state == State.APPROVED:
        row.reason = ""
    if row.state != before:
        row.changed_at = now


def known(rows: Iterable[tuple[str, str, str, Any]]) -> Mapping[tuple[str, str], Known]:
    """(name, language, state, components) as the rule that chooses wants them."""
    return {
        (name, language): Known(
            state=state, variables=len(variables_of(components)), replies=len(replies_of(components))
        )
        for name, language, state, components in rows
    }


def body_of(components: Any) -> str:
    """The text of the body, with its {{1}}."""
    return next((str(part.get("text", "")) for part in _parts(components, "BODY")), "")


def variables_of(components: Any) -> list[str]:
    """The names of the variables in the body, each once, in order."""
    return list(dict.fromkeys(_HOLE.findall(body_of(components))))


def replies_of(components: Any) -> list[str]:
    """What stands on the buttons that answer."""
    buttons = [b for part in _parts(components, "BUTTONS") for b in part.get("buttons") or []]
    return [
        str(b.get("text", ""))
        for b in buttons
        if isinstance(b, dict) and str(b.get("type", "")).upper() == "QUICK_REPLY"
    ]


def is_plain(components: Any) -> bool:
    """Whether nothing but the body has variables: no picture above it, no address behind a button."""
    parts = components if isinstance(components, list) else []
    for part in parts:
        if not isinstance(part, dict) or str(part.get("type", "")).upper() == "BODY":
            continue
        buttons = [b for b in part.get("buttons") or [] if isinstance(b, dict)]
        shown = [str(part.get("text", "")), *(str(b.get("url", "")) for b in buttons)]
        if str(part.get("format", "TEXT")).upper() != "TEXT" or any(map(_HOLE.search, shown)):
            return False
        if any(str(b.get("type", "")).upper() not in ("QUICK_REPLY", "URL", "PHONE_NUMBER") for b in buttons):
            return False
    return True


def filled(body: str, params: Iterable[str]) -> str:
    """The text as a person reads it."""
    values = list(params)

    def value(hole: re.Match[str]) -> str:
        number = int(hole[1]) if hole[1].isdigit() else 0
        return values[number - 1] if 0 < number <= len(values) else hole[0]

    return _HOLE.sub(value, body)


def _parts(components: Any, kind: str) -> list[dict[str, Any]]:
    parts = components if isinstance(components, list) else []
    return [part for part in parts if isinstance(part, dict) and str(part.get("type", "")).upper() == kind]
