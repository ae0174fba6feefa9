"""Files, functions and lines of templates stay small enough to be read in one go."""

import ast
import re
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
TEMPLATES = sorted((ROOT / "rabta" / "web" / "templates").rglob("*.*"))
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_LINE = 400, 50, 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_their_functions_are_short(folder: Path) -> None:
    assert [what for path in FILES if path.parent == folder for what in too_long(path)] == []


def test_lines_of_templates_are_short() -> None:
    assert len(TEMPLATES) > 250
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_no_text_hangs_on_the_indentation_of_its_template() -> None:
    """`rabta.web.template_loader` leaves it out, and the catalogue would be asked for another text than it has."""
    assert hanging("{% blocktranslate with a=b %}One\n  two{% endblocktranslate %}<pre>One\n  two</pre>") == 2
    assert (
        hanging(
            "{% blocktranslate trimmed %}\n  One\n  two\n{% endblocktranslate %}<textarea\n    rows='2'></textarea>"
        )
        == 0
    )
    assert [path.name for path in TEMPLATES if hanging(path.read_text())] == []


def hanging(template: str) -> int:
    """How many texts of it have lines of their own: those that are not trimmed, and those that are shown as written."""
    texts = re.findall(r"{% blocktranslate\b([^%]*)%}(.*?){% endblocktranslate", template, re.DOTALL)
    written = re.findall(
        r"<(?:pre|textarea)\b(?:{%.*?%}|{{.*?}}|[^>])*>(.*?)</(?:pre|textarea)>", template, re.DOTALL
    )
    return sum("\n" in text for options, text in texts if "trimmed" not in options) + sum(
        "\n" in text for text in written
    )


def too_long(path: Path) -> list[str]:
    """The file and those of its functions that are."""
    text = path.read_text()
    functions = (
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    return [f"{path.name}: {name}" for name in (["itself"] * (len(text.splitlines()) > LONGEST_FILE) + long)]
