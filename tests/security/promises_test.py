"""docs/promises.md is the one list of what is promised: what it names exists, and nothing is held without a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| promise |")
]
TEST = re.compile(r"`(tests/[\w/]+_test\.py)(?:::(\w+))?`")
STATES = ("held", "in part: ", "not yet")


def test_each_promise_stands_once_with_a_state() -> None:
    assert len(ROWS) > 50
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert [row for row in ROWS if not row[1].startswith(STATES)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_what_shows_a_promise_exists(row: list[str]) -> None:
    named = TEST.findall(row[2]) if len(row) > 2 else []
    assert bool(named) == (row[1] != "not yet")
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name or 'test_'}", text, re.MULTILINE), (path, name)


def test_every_test_that_tells_a_figure_shows_a_promise() -> None:
    telling = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*_test.py")
        if "pytest.mark.security" in path.read_text(encoding="utf-8")
    }
    other = {
        "tests/security/asvs_test.py",
        "tests/steps/prayagraj_test.py",
        "tests/security/promises_test.py",
    }
    assert telling - other - {path for path, _name in TEST.findall(TEXT)} == set()
