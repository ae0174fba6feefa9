"""Secret matters of people who write again: what they say may belong to these (`rabta.rules.threading`, rule 7)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from rabta import bulk
from rabta.cases.models import Case, State, Withheld
from rabta.cases.related import Link
from rabta.rules.merging import Standing

CLOSED_FOR = timedelta(days=30)
BESIDE = "beside_secret"  # the code of why such a case is withheld, and linked
AGAIN = "accuses_again"  # the code of why an accusation is linked with the one of before
_PROTECTED = Q(held_until__isnull=False, conversation__handle__person__protected=True)
_IN_A_SECRET_ONE = Q(part_of__withheld__gt="") | Q(part_of__named_officers__len__gt=0)
SECRET = ~Q(withheld="") | ~Q(author_alias="") | ~Q(named_officers=[]) | _PROTECTED | _IN_A_SECRET_ONE


def out_of_reach(
    people: Mapping[int, int], *, known: Collection[int], now: datetime
) -> dict[int, list[Case]]:
    """By conversation, the secret matters of its person that nothing can join there: closed lately, or of another
    conversation. `people`: the person of each conversation; `known`: cases that can be joined. One query, or none."""
    if not people:
        return {}
    lately = now - CLOSED_FOR
    goes_on = ~Q(state=State.CLOSED) | Q(closed_at__gt=lately)
    with_head = Q(part_of__isnull=False) & ~Q(part_of__state=State.CLOSED) | Q(part_of__closed_at__gt=lately)
    rows = Case.objects.filter(SECRET, conversation__handle__person__in=set(people.values()))
    rows = rows.filter(goes_on | with_head).exclude(pk__in=known)
    theirs: dict[int, list[Case]] = {}
    for case in rows.select_related("conversation__handle__person", "part_of").order_by("id"):
        theirs.setdefault(case.conversation.handle.person_id, []).append(case)
    return {pk: theirs[person] for pk, person in people.items() if person in theirs}


def closeness(case: Case) -> int:
    """How closely a case is kept, by itself: the higher, the fewer read it."""
    return Standing(id=case.pk or 0, withheld=case.withheld, named=frozenset(case.named_officers)).closeness


def closer(case: Case, head: Case | None) -> Case:
    """Of the case and the one that it is part of the one by which both are kept: a part is shown as its head, unless it
    is kept closer itself."""
    return head if head and closeness(head) >= closeness(case) else case


def keep_close(case: Case, secret: Case, *, now: datetime) -> None:
    """Let the case wait at the desk that has the secret one, shown to nobody else. `now`: when it came."""
    close = closer(secret, secret.part_of)
    case.withheld = close.withheld or Withheld.TIP
    case.withheld_why = {"code": BESIDE}
    case.desk_unit_id, case.named_officers = close.desk_unit_id, close.named_officers
    case.accused_unit_id, case.accused_officers = close.accused_unit_id, close.accused_officers
    if case.withheld == Withheld.ACCUSATION:
        # who served at the accused unit when the accusation came is shut out
        case.opened_at, case.limits_from = close.opened_at, now


def link(pairs: Sequence[tuple[Case, Case]], *, now: datetime) -> None:
    """Show each new case beside the secret one to whoever sees both."""
    codes = [BESIDE if case.withheld_why.get("code") == BESIDE else AGAIN for _secret, case in pairs]
    bulk.insert(
        [
            bulk.new(Link, one=secret, other=case, why={"code": code}, at=now)
            for (secret, case), code in zip(pairs, codes, strict=True)
        ]
    )


def kept_beside(secret: Case) -> list[Case]:
    """The cases that wait beside this one, or beside a part of it, as far as the officer sees them. One query."""
    links = Link.objects.filter(Q(one=secret) | Q(one__part_of=secret), why__code=BESIDE)
    waiting = Case.objects.filter(pk__in=links.values("other"), withheld_why__code=BESIDE)
    return list(waiting.exclude(state=State.CLOSED).order_by("id"))


def stands_alone(case: Case) -> None:
    """A person has said what the case is: nothing tells any more beside which one it waited, or which accusation came
    after it. Whoever reads both later would know of each who wrote it."""
    Link.objects.filter(Q(other=case, why__code=BESIDE) | Q(one=case, why__code=AGAIN)).delete()
