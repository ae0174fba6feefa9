"""`make security` fails when a promise is missed, and only then."""

from pathlib import Path

import pytest

from bench import goals, security
from bench.goals import met

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "goal", "holds"),
    [
        ("0 of 128", "0", True),
        ("1 of 128", "0", False),
        (0, "0", True),
        ("0 over 62 pages", "0", True),
        ("1000 of 1000", "1000 of 1000", True),
        ("999 of 1000", "1000 of 1000", False),
        (7123, "5,000 or more", True),
        (4999, "5,000 or more", False),
        (3.5, "4 or less", True),
        ("34 of 100", "", None),
    ],
)
def test_a_figure_is_compared_with_its_goal(value: object, goal: str, holds: bool | None) -> None:
    assert met(value, goal) is holds


@pytest.mark.parametrize(
    ("value", "goal"), [("none", "0"), (1, "all not destroyed"), (1, "O"), (0, "0 leaks")]
)
def test_what_can_not_be_compared_is_no_promise_that_holds(value: object, goal: str) -> None:
    with pytest.raises(ValueError, match=r"can't be compared|does not begin"):
        met(value, goal)


def line(name: str, verdict: str) -> dict[str, str]:
    return {"name": name, "verdict": verdict}


@pytest.mark.parametrize(
    ("figures", "passed", "code"),
    [
        ([line("a", "held"), line("b", "")], True, 0),
        ([line("a", "held"), line("b", "MISSED")], True, 1),
        ([line("a", "held"), line("known", "MISSED")], True, 0),
        ([line("a", "held")], False, 1),
        ([], True, 1),
    ],
)
def test_the_run_ends_with_what_it_found(
    figures: list[dict[str, str]], passed: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    known = frozenset({"known"})
    assert security.verdict(figures, tests_passed=passed, known=known, whole=True) == code
    said = capsys.readouterr().out
    assert ("MISSED" in said) == any(one["verdict"] == "MISSED" for one in figures)
    assert ("no figure misses it: known" in said) == (line("known", "MISSED") not in figures)


def test_what_is_not_held_is_read_from_the_document(tmp_path: Path) -> None:
    document = tmp_path / "SECURITY.md"
    listed = "Some words.\n\n- “one: x”: because\n- “two”\n"
    text = f"# Security\n- “no”: x\n{goals.HEADING}\n\n{listed}\n## Next\n- “three”\n"
    document.write_text(text)
    assert goals.not_held(document) == {"one: x", "two"}
    document.write_text("# Security\n")
    assert goals.not_held(document) == frozenset()


def test_the_document_has_its_list() -> None:
    assert goals.HEADING in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert goals.not_held(ROOT / "SECURITY.md")
