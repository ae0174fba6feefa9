"""The report of a period: each case in exactly one class, by channel, with what is printed "of which"."""

from collections import Counter

from django.conf import settings
from django.db import connection
from django.utils import timezone

from rabta.channels.registry import BY_KIND
from rabta.figures import counting
from rabta.figures.counting import Period
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.rules.report_classes import DoesNotAddUp, Report, report

WHAT = ("all", "channel", "class", "flag")
Cells = Counter[tuple[str, ...]]


def of_unit(unit: int, *, period: Period, scope: Scope, directory: Directory) -> Report:
    """The cases that came in during the period, as they stand now, from what the reader may see.

    For those who answer for confidential inquiries over the whole force these are in it, once the months are over and
    no small number of them could be worked out. Raises DoesNotAddUp when the classes are not the total.
    """
    found = counting.sums([unit], what=WHAT, period=period, scope=scope, directory=directory)[unit]
    totals: Counter[str] = Counter(found["channel"])
    cells, flags = _parted(found["class"]), _parted(found["flag"])
    if directory.all_units[unit].parent_id is None:
        _add_confidential(totals, cells, flags, period=period, scope=scope)
    told = report(
        {(channel, one): n for (channel, one), n in cells.items()},
        totals=totals,
        flags={(channel, one, flag): n for (channel, one, flag), n in flags.items()},
        order=[kind for kind in BY_KIND if kind in totals],
    )
    confidential = sum(totals.values()) - sum(found["channel"].values())
    if told.sum.total != found["all"][""] + confidential:
        raise DoesNotAddUp(f"{told.sum.total} by channel, {found['all'][''] + confidential} in all")
    return told


def _add_confidential(
    totals: Counter[str], cells: Cells, flags: Cells, *, period: Period, scope: Scope
) -> None:
    answers = scope.over_all(Permission.SUPERVISE) and scope.over_all(Permission.CONFIDE)
    if not answers or period.until > timezone.localdate():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM rabta_confidential_report(%s, %s, %s)",
            [period.since, period.until, settings.TIME_ZONE],
        )
        for channel, one, flag, number in cursor.fetchall():
            if flag:
                flags[channel, one, flag] += number
            elif one:
                cells[channel, one] += number
            else:
                totals[channel] += number


def _parted(found: Counter[str]) -> Cells:
    return Counter({tuple(value.split("|")): number for value, number in found.items()})
