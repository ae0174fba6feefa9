"""Personnel without a login, from one table: three hundred thousand rows, checked first, then written in bulk (H6).

By their number in the force. The same file twice changes nothing; whoever is missing from a newer file stays as he is,
unless it is asked for that he counts as gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.force.models import Unit
from rabta.force.register.people import LANGUAGES
from rabta.force.register.reading import MOST_PROBLEMS, Problem, Row, stream
from rabta.force.register.structure import unknown
from rabta.force.register.tables import Column, Table
from rabta.kit import phones

MOST_ROWS = 600_000
PIECE = 10_000
TABLE = Table(
    name="personnel",
    label=gettext_lazy("Personnel"),
    help=gettext_lazy(
        "Everybody of the force who does not sign in, so that what goes to all police reaches all."
    ),
    columns=(
        Column(name="number", needed=True, longest=40, example="C-10452"),
        Column(name="name", needed=True, example="Sher Bahadur"),
        Column(name="name_hi", example="शेर बहादुर"),
        Column(name="name_ur", example="شیر بہادر"),
        Column(name="rank", longest=60, example="Constable"),
        Column(name="unit", needed=True, longest=40, example="PSH-GLB"),
        Column(name="phone", longest=30, example="+92 300 0000002"),
        Column(name="language", longest=2, example="ur"),
    ),
)
_TYPES = ("text", "text", "text", "text", "text", "bigint", "text", "text")
_NAMES = ("number", "name", "name_hi", "name_ur", "rank", "unit_id", "phone", "language")
_GIVEN = f"unnest({', '.join(f'%s::{kind}[]' for kind in _TYPES)}) AS given ({', '.join(_NAMES)})"
_SAME = (
    "("
    + ", ".join(f"p.{name}" for name in _NAMES)
    + ", p.is_active) = ("
    + ", ".join(f"given.{name}" for name in _NAMES)
    + ", true)"
)
_COUNT = f"""
SELECT count(*) FILTER (WHERE p.id IS NULL), count(*) FILTER (WHERE p.id IS NOT NULL AND NOT {_SAME})
FROM {_GIVEN} LEFT JOIN force_personnel p ON p.number = given.number
"""  # noqa: S608 - names of columns
_SAVE = f"""
INSERT INTO force_personnel AS p ({", ".join(_NAMES)}, is_active)
SELECT {", ".join(_NAMES)}, true FROM {_GIVEN} ORDER BY number
ON CONFLICT (number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])}, is_active = true
WHERE ({", ".join(f"p.{name}" for name in _NAMES[1:])}, p.is_active)
  <> ({", ".join(f"excluded.{name}" for name in _NAMES[1:])}, true)
"""  # noqa: S608
# An anti-join: `NOT IN` would compare each with all where the list is larger than the memory of a query.
_NOT_NAMED = (
    "p.is_active AND NOT EXISTS (SELECT 1 FROM unnest(%s::text[]) AS named (n) WHERE named.n = p.number)"
)


@dataclass(kw_only=True)
class Checked:
    """What a table would do. `missing`: active ones whom it does not name. With problems nothing is saved."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    missing: int = 0

    @property
    def same(self) -> int:
        return len(self.rows) - self.new - self.changed


def check(data: bytes) -> Checked:
    """Read the table and compare it with the register. Problems name their lines; after 200 nobody reads on."""
    found = Checked()

    def wrong(line: int, text: str) -> None:
        found.problems.append(Problem(table=TABLE.name, line=line, text=text))

    units = dict(Unit.objects.values_list("code", "pk"))
    seen: dict[str, int] = {}
    for row in stream(TABLE, data, wrong, most=MOST_ROWS):
        phone = _phone(row["phone"]) if row["phone"] else ""
        if trouble := _trouble(row, phone, units, seen):
            wrong(row.line, trouble)
        else:
            found.rows.append(_values(row, phone, units))
        if len(found.problems) >= MOST_PROBLEMS:
            return found
    if not found.problems:
        _compare(found)
    return found


def _trouble(row: Row, phone: str, units: dict[str, int], seen: dict[str, int]) -> str:
    """What is wrong with a row, in words; empty when nothing is."""
    first = seen.setdefault(row["number"], row.line)
    if first != row.line:
        return _("The number %(number)s stands in line %(line)d already.") % {
            "number": row["number"],
            "line": first,
        }
    if row["unit"] not in units:
        return unknown(_("unit"), row["unit"], sorted(units))
    if row["phone"] and not phone:
        return _("This is no telephone number: %(text)s.") % {"text": row["phone"]}
    if row["language"] and row["language"] not in LANGUAGES:
        return unknown(_("language"), row["language"], LANGUAGES)
    return ""


def _phone(text: str) -> str:
    return phones.parse(text, region=settings.REGION) or ""


def _values(row: Row, phone: str, units: dict[str, int]) -> tuple[object, ...]:
    return (
        row["number"], row["name"], row["name_hi"], row["name_ur"], row["rank"], units[row["unit"]],
        phone, row["language"],
    )  # fmt: skip


def _compare(found: Checked) -> None:
    with connection.cursor() as cursor:
        for columns in _pieces(found):
            cursor.execute(_COUNT, columns)
            new, changed = cursor.fetchone()
            found.new, found.changed = found.new + new, found.changed + changed
        numbers = [row[0] for row in found.rows]
        cursor.execute(f"SELECT count(*) FROM force_personnel p WHERE {_NOT_NAMED}", [numbers])  # noqa: S608
        (found.missing,) = cursor.fetchone()


@transaction.atomic
def save(found: Checked, *, missing_inactive: bool = False) -> int:
    """Write a table without problems; returns how many were set inactive because it does not name them."""
    assert not found.problems
    with connection.cursor() as cursor:
        for columns in _pieces(found):
            cursor.execute(_SAVE, columns)
        if not missing_inactive:
            return 0
        numbers = [row[0] for row in found.rows]
        cursor.execute(f"UPDATE force_personnel p SET is_active = false WHERE {_NOT_NAMED}", [numbers])  # noqa: S608
        return cursor.rowcount


def _pieces(found: Checked) -> Iterator[list[list[object]]]:
    """The rows as parallel lists, ten thousand at a time."""
    for begin in range(0, len(found.rows), PIECE):
        piece = found.rows[begin : begin + PIECE]
        yield [list(column) for column in zip(*piece, strict=True)]
