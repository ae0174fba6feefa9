"""The overview as a file: nothing small is told in it, and nothing small can be worked out. No officer is named.

Units stand beside classes as far as the tables above tell them apart; all else stands in lines of one number.
"""

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from rabta.figures.counting import counted
from rabta.rules.report_classes import Flag, ReportClass
from rabta.rules.small_cells import LEAST, MERGED, Level, Printed, far_apart, merged, printed_below
from rabta.web.figures import overview, queries, words
from rabta.web.figures.chosen import Chosen

Lines = list[list[str | int]]
Found = dict[str, Counter[str]]
UNTOLD = "·"
WHOLE = ("channel", "category", "kind", "state")  # of which each case has exactly one value
OF_CLASS = (
    "state",
    "outcome",
    "opinion",
    "closing",
)  # only what is closed has it: they tell the classes apart


def lines_of(asked: Chosen, found: Found) -> tuple[Lines, Printed] | None:
    """The lines of the file, the first with the heads, and its table of units; None where none may be told.

    `found`: the figures of the overview, which add up.
    """
    table = by_unit(asked)
    if table is None or not table.total:
        return None
    heads = [_("Others") if one == MERGED else words.class_name(one) for one in table.columns]
    lines: Lines = [[_("Unit"), *heads, _("All")], *_units(asked, table)]
    lines += _wide(_of_which(found, table), table)
    for what, name in overview.names():
        if _may_stand_beside(what, table):
            lines += _wide(_values(what, name, found), table)
    lines += _wide(_ages(asked, table), table)
    return lines + _times(asked, found, table), table


def by_unit(asked: Chosen) -> Printed | None:
    """Units below by class; None where a table above puts the unit together with others. One query."""
    above = queries.highest(asked.scope, asked.unit)
    rows = {here: queries.rows_of(asked.directory.all_units[here], asked.directory) for here in above}
    found = asked.sums(sorted({*above, *(one for below in rows.values() for one in below)}), ("class",))
    numbers = {unit: _by_class(of["class"]) for unit, of in found.items()}
    levels = [
        Level(unit=str(here), counts=_counts(here, below[:-1], numbers), rows=list(map(str, below)))
        for here, below in rows.items()
    ]
    return printed_below(levels, columns=overview.CLASSES)


def _counts(
    here: int, under: Sequence[int], numbers: dict[int, dict[str, int]]
) -> dict[tuple[str, str], int]:
    """By row and class: units below, and the unit itself for the rest."""
    counts: dict[tuple[str, str], int] = {
        (str(unit), one): numbers[unit][one] for unit in under for one in overview.CLASSES
    }
    for one in overview.CLASSES:
        counts[str(here), one] = numbers[here][one] - sum(numbers[unit][one] for unit in under)
    return counts


def _by_class(found: Counter[str]) -> dict[str, int]:
    return {one: counted(found, f"|{one}") for one in overview.CLASSES}


def _units(asked: Chosen, table: Printed) -> Lines:
    lines: Lines = []
    for row in table.rows:
        cells = [table.cells.get((row, one), UNTOLD) for one in table.columns]
        lines.append([queries.row_name(row, asked.unit.pk, asked.directory), *cells, table.row_totals[row]])
    totals = [table.column_totals[one] for one in table.columns]
    return [*lines, [_("All together"), *totals, table.total]]


def _of_which(found: Found, table: Printed) -> list[tuple[str, str | int]]:
    """By class, as in the report: two files tell no difference."""
    told: list[tuple[str, str | int]] = []
    for one in table.columns:
        whole = table.column_totals[one]
        for flag in Flag if one != MERGED else ():
            number = counted(found["flag"], f"|{one}|{flag}")
            if number >= LEAST and _tells_no_rest(number, whole):
                told.append((f"{words.class_name(one)}: {_('of which')} {words.flag_name(flag)}", number))
    return told


def _values(what: str, name: str, found: Found) -> list[tuple[str, str | int]]:
    """What is counted, and a line for each of its values; none where so few have one, or have none."""
    number = found[what].total()
    if number < LEAST or (what not in WHOLE and not _tells_no_rest(number, found["all"][""])):
        return []
    told = sorted(merged(dict(found[what])).items(), key=lambda pair: (pair[0] == MERGED, -pair[1], pair[0]))
    return [
        (name, ""),
        *((_("Others") if one == MERGED else words.value_name(what, one), n) for one, n in told),
    ]


def _may_stand_beside(what: str, table: Printed) -> bool:
    """Whether it tells no classes apart that the table puts together."""
    return MERGED not in table.columns or what not in OF_CLASS


def _ages(asked: Chosen, table: Printed) -> list[tuple[str, str | int]]:
    """Of all that is pending, whenever it came in; none where the table tells nearly as many of these months."""
    ages = overview.ages(asked)
    pending = table.column_totals.get(ReportClass.PENDING)
    if sum(one.number for one in ages) < LEAST or pending is None:
        return []
    told = merged({one.name: one.number for one in ages})
    if not far_apart(told.values(), [pending]):
        return []
    lines = [(_("Others") if name == MERGED else name, n) for name, n in told.items()]
    return [(_("How old what is pending is"), ""), *lines]


def _times(asked: Chosen, found: Found, table: Printed) -> Lines:
    """How long things took, of as many as nobody is recognised by."""
    lines: Lines = []
    for line in overview.times(asked, found):
        number = int(str(line["number"]))
        may = _may_stand_beside(str(line["what"]), table)
        if may and number >= LEAST and _tells_no_rest(number, found["all"][""]):
            lines += _wide(
                [
                    (str(line["name"]), number),
                    (f"{line['name']}: {_('half within')}", str(line["median"])),
                    (f"{line['name']}: {_('nine in ten within')}", str(line["most"])),
                ],
                table,
            )
    return lines


def _tells_no_rest(number: int, whole: int) -> bool:
    """Whether so many of all leave nobody, or enough, who are not among them."""
    return whole - number not in range(1, LEAST)


def _wide(told: Sequence[tuple[str, str | int]], table: Printed) -> Lines:
    """Lines of one number, as wide as the table."""
    return [[name, *([""] * len(table.columns)), number] for name, number in told]
