"""Secret matters of people who write again: what they say may belong to these (`rabta.rules.threading`, rule 7)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from rabta import bulk
from rabta.cases.models import Case, State, Withheld
from rabta.cases.related import Link

CLOSED_FOR = timedelta(days=30)
SECRET = ~Q(withheld="") | ~Q(author_alias="") | ~Q(named_officers=[])


def out_of_reach(
    people: Mapping[int, int], *, known: Collection[int], now: datetime
) -> dict[int, list[Case]]:
    """By conversation, the secret matters of its person that nothing can join there: closed lately, or of another
    conversation. `people`: the person of each conversation; `known`: cases that can be joined. One query, or none."""
    if not people:
        return {}
    rows = Case.objects.filter(SECRET, conversation__handle__person__in=set(people.values()))
    rows = rows.filter(~Q(state=State.CLOSED) | Q(closed_at__gt=now - CLOSED_FOR)).exclude(pk__in=known)
    theirs: dict[int, list[Case]] = {}
    for case in rows.select_related("conversation__handle__person", "part_of").order_by("id"):
        theirs.setdefault(case.conversation.handle.person_id, []).append(case)
    return {pk: theirs[person] for pk, person in people.items() if person in theirs}


def keep_close(case: Case, secret: Case, *, now: datetime) -> None:
    """Let the case wait at the desk that has the secret one, shown to nobody else."""
    close = secret.part_of if secret.part_of and not (secret.withheld or secret.confidential) else secret
    case.withheld = close.withheld or Withheld.TIP
    case.withheld_why = {"code": "beside_secret"}
    case.desk_unit_id, case.named_officers = close.desk_unit_id, close.named_officers
    case.accused_unit_id, case.accused_officers = close.accused_unit_id, close.accused_officers
    if (
        case.withheld == Withheld.ACCUSATION
    ):  # who served at the accused unit when the accusation came is shut out
        case.opened_at, case.limits_from = close.opened_at, now


def link(pairs: Sequence[tuple[Case, Case]], *, now: datetime) -> None:
    """Show each new case beside the secret one to whoever sees both."""
    bulk.insert(
        [
            bulk.new(Link, one=secret, other=case, why={"code": "beside_secret"}, at=now)
            for secret, case in pairs
        ]
    )
