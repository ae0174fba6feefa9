"""`make security`: runs the tests that hold SECURITY.md's promises and prints what each of them found.

`python -m bench.security [words for pytest]` prints a table and writes bench/security.json. Returns 1 when a test
failed: a figure alone says nothing then.
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

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).with_name("security.json")
VARIABLE = "RABTA_FIGURES"  # as in tests/figures.py


def main(words: list[str]) -> int:
    """Run the tests marked `security`, then tell their figures."""
    with tempfile.TemporaryDirectory(prefix="rabta-figures-") as folder:
        told = Path(folder) / "figures.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "security", *words]
        code = subprocess.run(
            command, cwd=ROOT, env=os.environ | {VARIABLE: str(told)}, check=False
        ).returncode
        figures = read(told)
    show(figures)
    if not words:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print("All of these tests passed." if code == 0 else "Some of these tests FAILED: see above.")
    return code


def read(told: Path) -> list[dict[str, Any]]:
    """The figures in the order of their tests."""
    lines = told.read_text().splitlines() if told.exists() else []
    return sorted(map(json.loads, lines), key=lambda line: str(line["test"]))


def show(figures: list[dict[str, Any]]) -> None:
    """One line a figure."""
    table = Table("What", "Found", "Should be", "Test", title="Figures of the promises", title_justify="left")
    for line in figures:
        table.add_row(line["name"], str(line["value"]), line["goal"], line["test"].partition("::")[0])
    Console(width=160).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
