"""The column `accusations_to` of the table of units. A table without it leaves everything as it was."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rabta.force import receivers
from rabta.force.register.draft import Draft
from rabta.force.register.reading import Row
from rabta.force.register.structure import unknown

COLUMN = "accusations_to"


def read(draft: Draft, rows: Sequence[Row]) -> list[Row]:
    """Note who receives; returns the rows that name somebody, to be checked when the posts are known too."""
    naming = []
    for row in rows:
        code, receiver = row["code"], row[COLUMN]
        if COLUMN not in row.values or code not in draft.units:
            continue
        if receiver and receiver not in draft.units:
            draft.wrong("units", row, unknown(_("receiver"), receiver, sorted(draft.units)))
            continue
        if draft.receivers.get(code, "") != receiver:
            draft.changed("units", draft.units[code])
        draft.receivers[code] = receiver
        if receiver:
            naming.append(row)
    return naming


def check(draft: Draft, naming: Sequence[Row]) -> None:
    """Whether each receiver lies outside and has somebody who decides."""
    posts = ((post.role, _path(draft, post.unit.code)) for post in draft.posts.values())
    decided = receivers.deciding(posts)
    for row in naming:
        unit, receiver = _path(draft, row["code"]), _path(draft, row[COLUMN])
        if text := receivers.trouble(unit=unit, receiver=receiver, decided_for=decided):
            draft.wrong("units", row, text)


def _path(draft: Draft, code: str) -> tuple[str, ...]:
    """Codes from the force down to the unit. A circle, which is told elsewhere, is cut."""
    path = [code]
    while (above := draft.parents.get(path[0], "")) and above not in path:
        path.insert(0, above)
    return tuple(path)
