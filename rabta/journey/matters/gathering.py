"""Gathering, in a surge, new cases about one matter under the first of them; the rule is `rabta.rules.gathering`.

Whatever is gathered is a case like any other: saved, acknowledged under its own number, and counted. Only the desk sees
one line for all of them, and no unit is ordered twice.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from rabta import bulk
from rabta.cases import likeness
from rabta.cases.arrival import Heard, text_judged
from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Event
from rabta.journey.arriving.judge import Judged
from rabta.journey.matters import waiting
from rabta.rules.gathering import TEXT_WITHIN, Like, Told, gathered_under, may_gather, taken_along
from rabta.rules.likeness import BANDS

_LIKES = """
    SELECT l.case_id, l.bands, l.at, c.visible_to, c.category, c.urgency,
      c.withheld <> '' OR c.named_officers <> '{}', v.handle_id,
      EXISTS (SELECT 1 FROM cases_case p WHERE p.part_of_id = c.id AND p.state <> 'closed'),
      EXISTS (SELECT 1 FROM cases_order o WHERE o.case_id = c.id AND o.accepted_at IS NOT NULL), c.desk_unit_id
    FROM cases_likeness l JOIN cases_case c ON c.id = l.case_id JOIN cases_conversation v ON v.id = c.conversation_id
    WHERE l.bands && %s AND l.at > %s AND c.state <> 'closed' AND c.part_of_id IS NULL
    ORDER BY l.at, l.case_id LIMIT 1000
"""
# Whoever closes a head waits until its new parts are there; who comes after that does not take it for open.
_HEADS = """
    SELECT id FROM cases_case WHERE id = ANY (%s) AND state <> 'closed' AND part_of_id IS NULL AND withheld = ''
      AND named_officers = '{}'
    ORDER BY id FOR KEY SHARE
"""


@dataclass(kw_only=True)
class _Other:
    """A case that new ones may be gathered under: in the register, or earlier in this batch."""

    told: Told
    text: frozenset[int]
    spot: frozenset[int]
    seen_by: frozenset[int]  # its desk must be among these to put a case under it
    desk: int
    id: int = 0
    new: Judged | None = None
    gathers: bool = False
    worked_on: bool = False  # an order of it was accepted
    gathered: bool = False  # taken along under another: it stands by itself no more

    @property
    def case(self) -> Case:
        """The case: a new one, or no more than the id of one in the register."""
        return self.new.case if self.new else Case(pk=self.id)


class _Others:
    """These, found by their numbers."""

    def __init__(self) -> None:
        self.all: list[_Other] = []
        self.by_number: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, other: _Other) -> None:
        for number in other.text | other.spot:
            self.by_number[number].append(len(self.all))
        self.all.append(other)

    def head_for(self, told: Told, wanted: set[int], *, desk: int) -> tuple[_Other, list[_Other]] | None:
        """The case under which this one is gathered, and those that are taken along; each desk must see the head."""
        near = sorted({n for number in wanted for n in self.by_number.get(number, ())})
        likes = [
            Like(
                id=n,
                told=other.told,
                bands=len(wanted & other.text),
                same_spot=bool(wanted & other.spot),
                gathers=other.gathers,
                waits=not other.worked_on,
            )
            for n, other in ((n, self.all[n]) for n in near)
            if desk in other.seen_by and not other.gathered
        ]
        found = gathered_under(told, likes=likes)
        if found is None:
            return None
        head = self.all[found]
        along = [self.all[n] for n in taken_along(told, likes=likes)]
        return head, [one for one in along if one.desk in head.seen_by]


@dataclass(kw_only=True)
class Gathered:
    """What a batch gathered, and the numbers of its new cases; `save` and `events` follow when the cases are saved."""

    under: list[tuple[Case, Case]] = field(default_factory=list)  # the case, and its head
    along: list[tuple[Case, Case]] = field(default_factory=list)  # what waited in the register, and its head
    numbers: list[tuple[Case, datetime, list[int]]] = field(default_factory=list)

    def waited(self, *, unless: Collection[int], now: datetime) -> None:
        """Take along what waited in the register; what is written to in this batch stays where it is."""
        heads = {head.pk: head for _case, head in self.under if head.pk}
        wanted = {case.pk: heads[head.pk] for case, head in self.along if head.pk in heads}
        self.under += waiting.take_along(
            {pk: head for pk, head in wanted.items() if pk not in unless}, now=now
        )

    def save(self) -> None:
        """Keep the numbers of what stands by itself, and put under its head what is under a case of the same batch."""
        parts = {id(case) for case, _head in self.under}
        likeness.keep(one for one in self.numbers if id(one[0]) not in parts)
        late = [(case, head) for case, head in self.under if case.part_of_id != head.pk]
        for case, head in late:
            case.part_of_id = head.pk
        bulk.update([case for case, _head in late], ["part_of"])

    def events(self, *, actor: Actor, now: datetime) -> list[Event]:
        """One for each case that was gathered, one for each head."""
        people: dict[int, tuple[Case, int]] = {}
        for _case, head in self.under:
            people[head.pk] = head, people.get(head.pk, (head, 0))[1] + 1
        found = [
            event(case, "gathered", now=now, actor=actor, reference=head.reference)
            for case, head in self.under
        ]
        return found + [
            event(head, "gathers", now=now, actor=actor, people=count) for head, count in people.values()
        ]


def gather(judged: Sequence[Judged], heard: Sequence[Heard], *, now: datetime) -> Gathered:
    """Decide which of the new cases are gathered, and take from these the orders that they would have had.

    Three queries at most, however many they are; and where a surge begins some for each case that waited.
    """
    opening = {id(h.case): h for h in reversed(heard) if h.opens and h.case}
    new = [(j, opening[id(j.case)]) for j in judged if j.opens and id(j.case) in opening]
    made = Gathered()
    asked: dict[int, set[int]] = {}
    for j, h in new:
        text = text_judged(h.item)
        made.numbers.append((j.case, h.received_at, likeness.numbers(j.case, text, at=h.received_at)))
        if may_gather(_told(j, h)):
            asked[id(j)] = set(likeness.wanted(j.case, text, at=h.received_at))
    others = _Others()
    for known in _known(set().union(*asked.values()), now=now):
        others.add(known)
    for (j, h), (_case, _at, numbers) in zip(new, made.numbers, strict=True):
        told = _told(j, h)
        found = others.head_for(told, asked.get(id(j), set()), desk=j.case.desk_unit_id)
        if found is None:
            others.add(_other(numbers, told=told, seen_by=j.case.visible_to, desk=j.case.desk_unit_id, new=j))
            continue
        head, along = found
        head.gathers = True
        made.under.append((j.case, head.case))
        for one in along:
            one.gathered = True
            (made.under if one.new else made.along).append((one.case, head.case))
    made.under = _put_under(made.under)
    made.waited(unless={h.case.pk for h in heard if h.case}, now=now)
    gathered = {id(case) for case, _head in made.under}
    for j, _h in new:
        if id(j.case) in gathered:
            j.route = replace(j.route, lead=None, inform=None, support=None, waiting={})
            j.case.waiting_why = {}
    return made


def _told(j: Judged, h: Heard) -> Told:
    case = j.case
    return Told(
        by=h.handle.pk,
        at=h.received_at,
        category=case.category,
        urgency=case.urgency,
        withheld=bool(case.withheld)
        or bool(j.route.waiting.get("code") in ("names_police", "retold", "like_accusation", "from_officer")),
    )


def _known(numbers: set[int], *, now: datetime) -> list[_Other]:
    """Open cases of the last hours that share a number. One query with its settings, or none."""
    if not numbers:
        return []
    with connection.cursor() as cursor:
        # In a surge a few heads have nearly all parts: PostgreSQL takes it that any case has many, and to find the
        # first one of a case that has none it would read the whole table instead of the index.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_LIKES, [sorted(numbers), now - TEXT_WITHIN])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return [
        _other(
            bands,
            id=pk,
            told=Told(by=by, at=at, category=category, urgency=urgency, withheld=withheld),
            seen_by=seen_by,
            gathers=gathers,
            worked_on=worked_on,
            desk=desk,
        )
        for pk, bands, at, seen_by, category, urgency, withheld, by, gathers, worked_on, desk in rows
    ]


def _other(numbers: Sequence[int], *, seen_by: Sequence[int], **facts: Any) -> _Other:
    """Of the numbers that are kept the first are the bands of the text, where it had any; the last is the place's."""
    parted = BANDS if len(numbers) >= BANDS else 0
    return _Other(
        text=frozenset(numbers[:parted]),
        spot=frozenset(numbers[parted:]),
        seen_by=frozenset(seen_by),
        **facts,
    )


def _put_under(pairs: list[tuple[Case, Case]]) -> list[tuple[Case, Case]]:
    """Give the cases their heads; one whose head was closed meanwhile stands by itself. Two queries, or none."""
    known = {head.pk for _case, head in pairs if head.pk}
    heads: dict[int, Case] = {}
    if known:
        with connection.cursor() as cursor:
            cursor.execute(_HEADS, [sorted(known)])
            heads = Case.objects.in_bulk([pk for (pk,) in cursor.fetchall()])
    found = []
    for case, under in pairs:
        head = heads.get(under.pk) if under.pk else under
        if head is None:
            continue
        case.part_of_id = head.pk
        case.visible_to = sorted({*case.visible_to, *head.visible_to})
        found.append((case, head))
    return found
