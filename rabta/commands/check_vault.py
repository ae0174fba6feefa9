"""`rabta check`: whether names can be sealed, and opened again when a life depends on it."""

from collections.abc import Iterator
from pathlib import Path

from rabta.commands.check_database import connected
from rabta.commands.problem import Problem

WANTED = 3  # of each group: see rabta.people.vault
_HOLDERS = """
SELECT wanted, count(k.id), coalesce(bool_or(k.on_call), false)
FROM unnest(ARRAY['custodian', 'approver']) wanted
LEFT JOIN people_keyholder k ON k."group" = wanted AND k.confirmed_at IS NOT NULL AND k.ended_at IS NULL
GROUP BY wanted ORDER BY wanted
"""


def keyholders(home: Path) -> Iterator[Problem]:
    """Enough custodians and approvers have a confirmed key, and one of each is on call."""
    inside = connected(home)
    if inside is None:
        return
    with inside:
        found = inside.execute(_HOLDERS).fetchall()
    for group, number, on_call in found:
        if number < WANTED:
            without = "" if number else " Without them no name of a protected person is sealed: it is lost."
            yield Problem(
                code=f"few-{group}s",
                what=f"{number} of {WANTED} {group}s have a confirmed key.{without}",
                mend="Appoint officers and confirm their keys on the page of keyholders (/keyholders/).",
            )
        elif not on_call:
            yield Problem(
                code=f"no-{group}-on-call",
                severity="advice",
                what=f"No {group} is on call for a threat to life.",
                mend="Let one of them say so on the page of his key (/key/).",
            )
