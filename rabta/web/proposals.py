"""What waits for a second administrator: asking, and who may decide."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from rabta.audit.writing import record
from rabta.force.models import Officer
from rabta.force.second import is_only_administrator
from rabta.people.wide import wide_officers
from rabta.web.models import Proposal

GOOD_FOR = timedelta(days=7)


def needs_second(officer: Officer, *, now: datetime) -> bool:
    """Whether helping this officer to sign in takes two administrators: wide rights, and a second one is there."""
    return officer.pk in wide_officers(on=now.date()) and not is_only_administrator()


def ask(
    *,
    act: str,
    by: Officer,
    now: datetime,
    officer: Officer | None = None,
    about: Iterable[int] = (),
    lines: Sequence[Mapping[str, str]] = (),
    files: Mapping[str, bytes] | None = None,
) -> Proposal:
    """Let an act wait for a second administrator. The same act on the same officer or thing waits once."""
    same = waiting(now=now).filter(act=act, officer=officer, lines=list(lines))
    first = same.first() if officer or not files else None
    if first is not None:
        return first
    made = Proposal.objects.create(
        act=act,
        officer=officer,
        about=sorted({*about, *([officer.pk] if officer else [])}),
        lines=list(lines),
        files={name: b64encode(data).decode() for name, data in (files or {}).items()},
        asked_by=by,
        asked_at=now,
    )
    written("second_asked", made, by=by, now=now)
    return made


def waiting(*, now: datetime) -> QuerySet[Proposal]:
    """What waits today; after a week it has to be asked for again."""
    rows = Proposal.objects.filter(state=Proposal.State.WAITING, asked_at__gt=now - GOOD_FOR)
    return rows.select_related("asked_by", "officer").order_by("id")


def may_confirm(proposal: Proposal, *, by: Officer) -> bool:
    """Neither whoever asked nor anybody whom it is about."""
    return by.pk != proposal.asked_by_id and by.pk not in proposal.about


def carries_out(proposal: Proposal) -> None:
    """What this transaction does from now on is what was asked for: the database holds it to that (0003_two)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rabta.proposal', %s, true)", [str(proposal.pk)])


def decide(proposal: Proposal, state: str, *, by: Officer, now: datetime) -> None:
    """Keep the decision; the tables are not needed any more."""
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.files = state, by, now, {}
    proposal.save(update_fields=["state", "decided_by", "decided_at", "files"])
    written(f"second_{state}", proposal, by=by, now=now)


def files_of(proposal: Proposal) -> dict[str, bytes]:
    """The tables as they were sent."""
    return {name: b64decode(data) for name, data in proposal.files.items()}


def written(what: str, proposal: Proposal, *, by: Officer, now: datetime) -> None:
    """One entry of the record, with the officers whom it is about."""
    detail: dict[str, Any] = {"act": proposal.act, "proposal": proposal.pk, "asked_by": proposal.asked_by_id}
    record(what, now=now, officer_id=by.pk, subject="officer", ids=proposal.about, detail=detail)
