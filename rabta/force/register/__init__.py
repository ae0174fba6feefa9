"""The force from tables: levels, units and their areas, places, posts, officers, postings.

`check` lays the tables over what is there, in memory, and names every mistake by table and line; `save` writes the
result. Rows are found again by their code or user name, so that the same tables may come any number of times.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rabta.force.register import geography, people, reading, receivers, structure
from rabta.force.register.draft import Draft
from rabta.force.register.reading import Problem, Row
from rabta.force.register.tables import AREAS, TABLES

READERS = {
    "levels": structure.levels,
    "units": structure.units,
    "places": geography.places,
    "posts": structure.posts,
    "officers": people.officers,
    "postings": people.postings,
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What the tables would do: rows by table that are new, changed or as they were; and what is wrong."""

    draft: Draft
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems


def check(files: Mapping[str, bytes], *, today: date, may_move: bool) -> Checked:
    """Read the tables (`TABLES` and `AREAS` by name) over the force of today. Writes nothing.

    `may_move`: units may still get another parent; once cases can have come in, they would stay with the old one.
    """
    draft = Draft(today=today, may_move=may_move)
    notes: list[Problem] = []
    naming: list[Row] = []
    for name, table in TABLES.items():
        if name in files:
            rows, unknown = reading.rows(table, files[name], draft.problems)
            notes += unknown
            READERS[name](draft, rows)
            naming = receivers.read(draft, rows) if name == "units" else naming
        if name == "units" and AREAS in files:
            geography.areas(draft, files[AREAS])
    receivers.check(draft, naming)
    return Checked(draft=draft, problems=draft.problems, notes=notes)
