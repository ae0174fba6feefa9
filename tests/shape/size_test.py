"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FILES = [
    path
    for folder in ("rabta", "simulator")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and "vendor" not in path.parts
]
FOLDERS = sorted({path.parent for path in FILES})
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_their_functions_are_short(folder: Path) -> None:
    assert [what for path in FILES if path.parent == folder for what in too_long(path)] == []


def too_long(path: Path) -> list[str]:
    """The file and those of its functions that are."""
    text = path.read_text()
    functions = (
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    return [f"{path.name}: {name}" for name in (["itself"] * (len(text.splitlines()) > LONGEST_FILE) + long)]
