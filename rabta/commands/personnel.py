"""`rabta personnel import FILE`: personnel without a login from a table. Without --save it is only checked."""

from pathlib import Path

from django.utils import timezone
from rich.console import Console

from rabta import audit
from rabta.force.access import system
from rabta.force.register import personnel
from rabta.force.register.personnel import Checked

WHY = "bringing in personnel"


class ImportRefused(Exception):
    """Nothing was saved; the text says why and what to do."""


def run(*, file: Path, save: bool, missing_inactive: bool) -> None:
    """Check the file and print what it does; save it when asked. Raises ImportRefused; then nothing has changed."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{file}: {error.strerror}") from None
    found = personnel.check(data)
    _show(found)
    if found.problems:
        raise ImportRefused("Nothing was saved: mend the lines above, and check again.")
    if not save:
        Console().print("Only checked. Add --save to save it.")
        return
    with system(WHY):
        gone = personnel.save(found, missing_inactive=missing_inactive)
        detail = {"new": found.new, "changed": found.changed, "inactive": gone}
        audit.record("personnel_saved", now=timezone.now(), reason=WHY, subject="personnel", detail=detail)
    Console().print(f"Saved. Set inactive: {gone}.")


def _show(found: Checked) -> None:
    console = Console()
    for problem in found.problems:
        console.print(f"line {problem.line}: {problem.text}", highlight=False, markup=False)
    if not found.problems:
        told = f"{len(found.rows)} rows: {found.new} new, {found.changed} changed, {found.same} as before."
        console.print(told)
        console.print(
            f"{found.missing} of the register are not in the file (--missing-inactive sets them inactive)."
        )
