"""The rules about limits that are in force, and those of earlier: what is shipped, and what the force has set since.

The shipped ones are CSV files beside this one and the limits of the categories; RABTA_HOME/tables/<name>.csv takes the
place of a file. What an administrator saves is a version of its own (`review.Version`) that lies over them.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import Max

from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.review.models import Version
from rabta.rules.deadlines import Calendar, Hours
from rabta.rules.limits import OF_THE_CASE, Limit, Rules, Step
from rabta.triage import tables as triage

SHIPPED = Path(__file__).parent / "data"
COMPARE_EVERY = 1.0  # seconds


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table as dictionaries."""
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def shipped() -> Rules:
    """Version 0: the categories' limits by the clock, and what the tables here say."""
    limits = {
        (category.code, str(step)): Limit(minutes=minutes) if minutes else None
        for category in triage.categories().values()
        for step, minutes in zip(
            OF_THE_CASE,
            (category.reply_minutes, category.contact_minutes, category.report_minutes),
            strict=True,
        )
    }
    usual = {
        (int(row["urgency"][1]), row["step"]): Limit(minutes=int(row["minutes"]), runs=row["runs"])
        for row in rows("limits")
    }
    again = {int(row["urgency"][1]): int(row["minutes"]) for row in rows("again")}
    week = tuple(hours(row["hours"]) for row in rows("hours"))
    calendar = Calendar(zone=settings.TIME_ZONE, week=week)
    return Rules(number=0, limits=limits, usual=usual, calendar=calendar, again=again)


def hours(text: str) -> Hours:
    """`09:00-13:00 14:00-17:00` as minutes after midnight. Raises ValueError when it is something else."""
    spans = []
    for part in text.replace("–", "-").split():
        since, _, until = part.partition("-")
        spans.append((_minute(since), _minute(until)))
    return tuple(spans)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    found = int(hour) * 60 + int(minute or "0")
    if not (0 <= int(minute or "0") < 60 and 0 <= found <= 24 * 60):
        raise ValueError(f"{text} is no time of day.")
    return found


def in_words(of: Hours) -> str:
    """Hours as `hours` reads them."""
    return " ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in of)


def over_shipped(body: Mapping[str, Any], *, number: int, units: Mapping[str, int]) -> Rules:
    """A version's rules: what its body says, laid over the shipped ones. `units`: ids by code.

    Raises ValueError or KeyError when the body is none of a version.
    """
    base = shipped()
    limits = dict(base.limits)
    for line in body.get("limits", ()):
        wanted = Limit(minutes=line["minutes"], runs=line["runs"]) if line["minutes"] else None
        limits[line["category"], Step(line["step"])] = wanted
    usual = dict(base.usual)
    for line in body.get("usual", ()):
        usual[line["urgency"], line["step"]] = Limit(minutes=line["minutes"], runs=line["runs"])
    week = tuple(hours(text) for text in body["week"]) if "week" in body else base.calendar.week
    days, of_units = _holidays(body.get("holidays", ()), units)
    return replace(
        base,
        number=number,
        limits=limits,
        usual=usual,
        calendar=Calendar(zone=base.calendar.zone, week=week, holidays=days),
        of_units=of_units,
        warn_percent=body.get("warn_percent", base.warn_percent),
        again=dict(base.again) | {int(key): value for key, value in body.get("again", {}).items()},
        interim_days=body.get("interim_days", base.interim_days),
        interim_automatic=body.get("interim_automatic", base.interim_automatic),
    )


def _holidays(
    lines: Iterable[Mapping[str, str]], units: Mapping[str, int]
) -> tuple[frozenset[date], dict[int, frozenset[date]]]:
    everywhere, of_units = set(), dict[int, set[date]]()
    for line in lines:
        day = date.fromisoformat(line["day"])
        if not line.get("unit"):
            everywhere.add(day)
        elif line["unit"] in units:
            of_units.setdefault(units[line["unit"]], set()).add(day)
    return frozenset(everywhere), {unit: frozenset(days) for unit, days in of_units.items()}


_versions: dict[int, Rules] = {}
_current: tuple[int, float] | None = None


def of(number: int) -> Rules:
    """A version's rules. Versions never change, so each is read once."""
    if number == 0:
        return shipped()
    if number not in _versions:
        body = Version.objects.get(pk=number).body
        codes = {line["unit"] for line in body.get("holidays", ()) if line.get("unit")}
        units = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
        _versions[number] = over_shipped(body, number=number, units=units)
    return _versions[number]


def current() -> Rules:
    """The rules in force. Whether there is a newer version is asked once a second."""
    global _current
    if _current is None or monotonic() - _current[1] > COMPARE_EVERY:
        newest = Version.objects.aggregate(newest=Max("pk"))["newest"] or 0
        _current = (newest, monotonic())
    return of(_current[0])


def forget() -> None:
    """Make the next `current` look again: after a new version, and in tests."""
    global _current
    _current = None
    _versions.clear()


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why limits may pause: which steps, for how many days in a case altogether, and who may say so."""

    code: str
    steps: frozenset[str]
    days: int
    ends_when_answered: bool
    permissions: frozenset[Permission]
    labels: Mapping[str, str]


@cache
def reasons() -> dict[str, Reason]:
    """The closed list of reasons, by code."""
    return {
        row["code"]: Reason(
            code=row["code"],
            steps=frozenset(row["steps"].split()),
            days=int(row["days"]),
            ends_when_answered=row["ends_when_answered"] == "yes",
            permissions=frozenset(Permission(one) for one in row["permissions"].split()),
            labels={lang: row[f"label_{lang}"] for lang in ("en", "hi", "ur")},
        )
        for row in rows("pauses")
    }


def reason_words(code: str, *, language: str) -> str:
    """The reason in a language of the interface; its code for one that no longer exists."""
    found = reasons().get(code)
    return (found.labels.get(language) or found.labels["en"]) if found else code
