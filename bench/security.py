"""`make security`: runs the tests that hold SECURITY.md's promises and compares what they found with what is promised.

`python -m bench.security [words for pytest]` prints a table; without words it also writes bench/security.json. Returns
1 when a test failed or a figure missed its goal. What SECURITY.md lists as not held yet is printed as MISSED and lets
the run pass.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.goals import met, not_held

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).with_name("security.json")
FUZZED = Path(__file__).with_name("results-fuzz.json")
DOCUMENT = ROOT / "SECURITY.md"
VARIABLE = "RABTA_FIGURES"  # as in tests/figures.py
HELD, MISSED, TOLD = "held", "MISSED", ""


def main(words: list[str]) -> int:
    """Run the tests marked `security`, then tell their figures and which of them miss their goals."""
    with tempfile.TemporaryDirectory(prefix="rabta-figures-") as folder:
        told = Path(folder) / "figures.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "security", *words]
        code = subprocess.run(
            command, cwd=ROOT, env=os.environ | {VARIABLE: str(told)}, check=False
        ).returncode
        figures = judged([*read(told), *fuzzed(FUZZED)])
    show(figures)
    if not words:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    return verdict(figures, tests_passed=code == 0, known=not_held(DOCUMENT), whole=not words)


def read(told: Path) -> list[dict[str, Any]]:
    """The figures in the order of their tests."""
    lines = told.read_text().splitlines() if told.exists() else []
    return sorted(map(json.loads, lines), key=lambda line: str(line["test"]))


def fuzzed(results: Path) -> list[dict[str, Any]]:
    """What `make fuzz` tried last, which takes too long to be repeated here; or that it has not been run."""
    line = {"test": "make fuzz", "name": "parser inputs, pictures that crashed in the last make fuzz"}
    if not results.exists():
        return [line | {"value": "not known: make fuzz was not run", "goal": ""}]
    last = json.loads(results.read_text())
    crashes = len(last["crashes"]) + len(last["picture_crashes"])
    value = f"{crashes} of {last['inputs']:,} and {last['pictures']:,}, on {last['day']}"
    tried = {"name": "parser inputs tried in the last make fuzz", "value": last["inputs"]}
    return [line | {"value": value, "goal": "0"}, line | tried | {"goal": "1,000,000 or more"}]


def judged(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with `held`, `MISSED`, or nothing where nothing is promised."""
    words = {True: HELD, False: MISSED, None: TOLD}
    return [line | {"verdict": words[met(line["value"], line["goal"])]} for line in figures]


def show(figures: list[dict[str, Any]]) -> None:
    """One line a figure."""
    table = Table(
        "What", "Found", "Should be", "", "Test", title="Figures of the promises", title_justify="left"
    )
    for line in figures:
        place = line["test"].partition("::")[0]
        table.add_row(line["name"], str(line["value"]), line["goal"], line["verdict"], place)
    Console(width=160).print(table)


def verdict(figures: list[dict[str, Any]], *, tests_passed: bool, known: frozenset[str], whole: bool) -> int:
    """Say in words how the run ended; 0 when all that is promised holds."""
    missed = {line["name"] for line in figures if line["verdict"] == MISSED}
    for name in sorted(missed & known):
        print(f"MISSED, as SECURITY.md says: {name}")
    for name in sorted(missed - known):
        print(f"MISSED, and SECURITY.md promises it: {name}")
    gone = known - {line["name"] for line in figures} if whole else set()
    for name in sorted(gone | {n for n in known - missed if n not in gone and whole}):
        print(f"SECURITY.md lists this as not held yet, and no figure misses it: {name}")
    print("All of these tests passed." if tests_passed else "Some of these tests FAILED: see above.")
    if whole and not figures:
        print("No test told a figure.")
        return 1
    return 0 if tests_passed and not missed - known else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
