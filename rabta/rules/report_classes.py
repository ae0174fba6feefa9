"""The classes of a report: a case falls into exactly one, and a table whose classes do not add up is not shown.

First match: found false · confidential inquiry, while it is open · disposed (closed in any other way) · pending. What
else can be said of a case is a flag, printed "of which" under a class: it never counts a second time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ReportClass(StrEnum):
    """In the order in which they are printed."""

    DISPOSED = "disposed"
    CONFIDENTIAL = "confidential"
    FOUND_FALSE = "found_false"
    PENDING = "pending"


class Flag(StrEnum):
    """What is printed "of which"."""

    UNDER_INVESTIGATION = "under_investigation"
    FIR = "fir"
    AGAINST_POLICE = "against_police"
    REOPENED = "reopened"
    IN_APPEAL = "in_appeal"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a case is classed by. `outcome` is empty as long as it is open."""

    closed: bool
    outcome: str = ""
    confidential: bool = False
    flags: frozenset[Flag] = frozenset()


class DoesNotAddUp(ValueError):
    """A table whose parts are not its total: an error to be shown, instead of the table."""


def class_of(case: Facts) -> ReportClass:
    """The one class of a case."""
    if case.outcome == "found_false":
        return ReportClass.FOUND_FALSE
    if case.confidential and not case.closed:
        return ReportClass.CONFIDENTIAL
    return ReportClass.DISPOSED if case.closed else ReportClass.PENDING


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the report: how many came in, how many are in each class, and the flags of each class."""

    name: str
    total: int
    classes: Mapping[ReportClass, int]
    of_which: Mapping[tuple[ReportClass, Flag], int]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Lines that were checked, and their sum. Every class stands in every line, also as 0."""

    rows: tuple[Row, ...]
    sum: Row


def report(
    counts: Mapping[tuple[str, str], int],
    *,
    totals: Mapping[str, int],
    flags: Mapping[tuple[str, str, str], int],
    order: Sequence[str] = (),
) -> Report:
    """The table of `counts` (line, class), `totals` (line) counted apart from them, and `flags` (line, class, flag).

    `order` names the lines that come first. Raises DoesNotAddUp when a line's classes are not its total, when a class
    is not known, or when a flag stands on more cases than its class holds.
    """
    names = [*dict.fromkeys([*order, *totals, *(name for name, _class in counts)])]
    rows = tuple(_row(name, counts, totals.get(name, 0), flags) for name in names)
    if strays := {one for _name, one in counts} - set(ReportClass):
        raise DoesNotAddUp(f"unknown classes: {sorted(strays)}")
    if strays := {name for name, _class, _flag in flags} - set(names):
        raise DoesNotAddUp(f"flags of unknown lines: {sorted(strays)}")
    return Report(rows=rows, sum=_sum(rows))


def _row(
    name: str,
    counts: Mapping[tuple[str, str], int],
    total: int,
    flags: Mapping[tuple[str, str, str], int],
) -> Row:
    classes = {one: counts.get((name, one), 0) for one in ReportClass}
    if sum(classes.values()) != total:
        raise DoesNotAddUp(f"{name}: {sum(classes.values())} in classes, {total} in all")
    of_which = {(one, flag): flags.get((name, one, flag), 0) for one in ReportClass for flag in Flag}
    for (one, flag), number in of_which.items():
        if not 0 <= number <= classes[one]:
            raise DoesNotAddUp(f"{name}: {number} {flag} of {classes[one]} {one}")
    return Row(name=name, total=total, classes=classes, of_which=of_which)


def _sum(rows: Iterable[Row]) -> Row:
    total, classes, of_which = 0, Counter[ReportClass](), Counter[tuple[ReportClass, Flag]]()
    for row in rows:
        total += row.total
        classes.update(row.classes)
        of_which.update(row.of_which)
    return Row(
        name="",
        total=total,
        classes={one: classes[one] for one in ReportClass},
        of_which={(one, flag): of_which[one, flag] for one in ReportClass for flag in Flag},
    )
