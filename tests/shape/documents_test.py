"""Documents are true: every path, command, variable, function and word in code type in them exists."""

import importlib
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:[A-Z_]+=\S+ |\.venv/bin/)*((?:make|rabta)(?: .*)?)$")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]")
DOTTED = re.compile(r"[a-z_]\w*(\.\w+)+")
FILE = re.compile(r"\.?[\w.-]+(/[\w.<>-]+)*/?")
ENDINGS = (".py", ".md", ".csv", ".toml", ".lock", ".json", ".sh", ".conf", ".service", ".geojson")
# Served beside Django: by the gateway, and by the asynchronous side of web.
BESIDE = {"/hooks/", "/health", "/metrics", "/live"}
ROOTS = ("rabta", "simulator", "tests", "bench", "bin", ".ci")
TEXTS = (".py", ".csv", ".html", ".js", ".css", ".json", ".po")


def spans(document: Path) -> Iterator[str]:
    """What stands in code type in the running text."""
    yield from SPAN.findall(FENCE.sub("", document.read_text(encoding="utf-8")))


def commands(document: Path) -> Iterator[str]:
    """The lines of code blocks and the spans that call make or rabta."""
    text = document.read_text(encoding="utf-8")
    lines = [line.split("#")[0].strip() for block in FENCE.findall(text) for line in block.splitlines()]
    for line in [*lines, *spans(document)]:
        if found := COMMAND.match(line):
            yield found[1]


@cache
def sources() -> str:
    """Everything in the repository but the documents and what holds them."""
    files = [path for name in ROOTS for path in (ROOT / name).rglob("*") if path.suffix in TEXTS]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix not in (".md", ".lock")]
    kept = [path for path in files if path != Path(__file__) and "vendor" not in path.parts]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in kept)


@cache
def roles() -> set[str]:
    from rabta.commands.database import ROLES

    return {f"{role.upper()}_PASSWORD" for role in ROLES}


@cache
def key_files() -> set[str]:
    from rabta import keys

    pairs = {f"{name}{end}" for name in keys._PAIRS for end in (".key", ".pub")}
    pairs |= {f"{keys._SIGNING}.key", f"{keys._SIGNING}.pub"}
    return pairs | {f"{name}.key" for name in (*keys._FERNET, *keys._SECRETS)}


def problem(span: str, *, providers_words: bool) -> str:
    """What is wrong with a span, or nothing. The page of a channel also names what is the provider's."""
    for fits, check in CHECKS:
        if fits(span):
            return "" if check(span) else f"not {check.__name__.replace('_', ' ')}"
    return "" if providers_words or span in sources() else "nowhere in the repository"


def is_address(span: str) -> bool:
    return span.startswith("/") and not span.startswith("/backups")


def served(span: str) -> bool:
    """An address of the pages; `<…>` stands for anything."""
    if span in BESIDE or any(span.startswith(one) for one in BESIDE if one.endswith("/")):
        return True
    path = re.sub(r"<[^>]+>", "x", span)
    for candidate in (path, path.rstrip("/") + "/", path.rstrip("/") + "/openapi.json"):
        try:
            resolve(candidate)
        except Resolver404:
            continue
        return True
    return False


def is_in_home(span: str) -> bool:
    return span.startswith("RABTA_HOME/")


def kept_in_the_home(span: str) -> bool:
    """The first part below RABTA_HOME is a name that the code uses."""
    return f'"{span.split("/")[1]}"' in sources()


def is_variable(span: str) -> bool:
    return VARIABLE.fullmatch(span) is not None


def read_from_the_environment(span: str) -> bool:
    name = span.removesuffix("_FILE")
    return name in roles() or re.search(rf"\b{name}\b", sources()) is not None


def is_key(span: str) -> bool:
    return span.endswith((".key", ".pub"))


def made_by_keys(span: str) -> bool:
    return span in key_files()


def is_test(span: str) -> bool:
    return span.startswith("tests/") and "::" in span


def a_test_of_that_file(span: str) -> bool:
    path, _, name = span.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
    return re.search(rf"^(async )?def {name}\(", text, re.MULTILINE) is not None


def is_path(span: str) -> bool:
    return FILE.fullmatch(span) is not None and ("/" in span or span.endswith(ENDINGS))


def a_file_of_the_repository(span: str) -> bool:
    """`<…>` stands for anything; a bare name may be one that the code writes."""
    whole = span.partition("<")[0].rpartition("/")[0] if "<" in span else span
    return (ROOT / whole).exists() or ("/" not in span and f'"{span}"' in sources())


def is_python(span: str) -> bool:
    if DOTTED.fullmatch(span) is None or is_path(span):
        return False
    first = span.split(".")[0]
    return first in ("rabta", "simulator") or (ROOT / "rabta" / first).exists() or _module(f"rabta.{first}")


def _module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def importable(span: str) -> bool:
    """A module, class, function or attribute, with or without `rabta.` before it."""
    words = span.split(".")
    if words[0] not in ("rabta", "simulator"):
        words = ["rabta", *words]
    for length in range(len(words), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(words[:length]))
        except ModuleNotFoundError:
            continue
        return all((found := _attribute(found, word)) is not None for word in words[length:])
    return False


def _attribute(thing: Any, name: str) -> Any:
    fields = getattr(thing, "__dataclass_fields__", {})
    return fields.get(name) or getattr(thing, name, None)


def is_command(span: str) -> bool:
    return COMMAND.match(span) is not None


def known_elsewhere(span: str) -> bool:
    """Commands have a test of their own."""
    return True


CHECKS = (
    (is_command, known_elsewhere),
    (is_address, served),
    (is_in_home, kept_in_the_home),
    (is_variable, read_from_the_environment),
    (is_key, made_by_keys),
    (is_test, a_test_of_that_file),
    (is_path, a_file_of_the_repository),
    (is_python, importable),
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_exists(document: Path) -> None:
    providers = document.parent.name == "channels"
    wrong = {span: problem(span, providers_words=providers) for span in spans(document)}
    assert {span: why for span, why in wrong.items() if why} == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    targets = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not _leads_somewhere(document, target)] == []


def _leads_somewhere(document: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = (document.parent / name).resolve() if name else document
    if not file.exists() or not anchor:
        return file.exists()
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_document_can_be_given(document: Path) -> None:
    assert [command for command in commands(document) if not _can_be_given(command)] == []


def _can_be_given(command: str) -> bool:
    program, *words = shlex.split(command)
    if program == "make":
        targets = [word for word in words if "=" not in word]
        makefile = (ROOT / "Makefile").read_text()
        return all(re.search(rf"^{re.escape(t)}:", makefile, re.MULTILINE) for t in targets)
    from rabta.cli import app

    found: Any = typer.main.get_command(app)
    while words and hasattr(found, "commands"):
        if words[0] not in found.commands:
            return False
        found = found.commands[words.pop(0)]
    known = {option for parameter in found.params for option in parameter.opts}
    return {word for word in words if word.startswith("--")} <= known


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs/decisions"
    listed = LINK.findall((folder / "README.md").read_text())
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))


def test_every_setting_is_explained() -> None:
    explained = (ROOT / "docs/operations.md").read_text()
    settings = (ROOT / "rabta/settings.py").read_text()
    names = set(re.findall(r'_(?:text|number|address)\(\s*"(\w+)"', settings))
    assert "RABTA_HOME" in names
    assert {name for name in names if f"`{name}`" not in explained} == set()


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    libraries = [re.split(r"[^\w-]", line)[0] for line in project["dependencies"]]
    reasons = (ROOT / "docs/decisions/0002-main-dependencies.md").read_text().lower()
    assert len(libraries) > 20
    assert [name for name in libraries if not re.search(rf"(?<![\w-]){name}(?![\w-])", reasons)] == []


def test_every_folder_of_tests_is_explained() -> None:
    explained = (ROOT / "CONTRIBUTING.md").read_text()
    folders = {path.relative_to(ROOT).parts[1] for path in (ROOT / "tests").glob("*/*.py")}
    assert [name for name in folders if f"`tests/{name}/`" not in explained] == []


def test_every_room_is_on_the_map() -> None:
    drawn = (ROOT / "docs/map.md").read_text()
    rooms = [f"{path.parent.name}/" for path in (ROOT / "rabta").glob("*/__init__.py")]
    rooms += [path.name for path in (ROOT / "rabta").glob("[!_]*.py")]
    assert len(rooms) > 20
    assert [room for room in rooms if not re.search(rf"(?<![\w/]){re.escape(room)}(?!\w)", drawn)] == []


def test_every_story_and_every_page_is_found_by_the_map() -> None:
    drawn = (ROOT / "docs/map.md").read_text()
    journey = ROOT / "rabta/journey"
    stories = [f"journey.{path.stem}" for path in journey.glob("[!_]*.py")]
    stories += [f"{path.parent.relative_to(ROOT)}/" for path in journey.glob("[!_]*/**/__init__.py")]
    stories += [path.stem for path in journey.glob("[!_]*/**/[!_]*.py")]
    pages = [f"rabta/web/{path.parent.name}/" for path in (ROOT / "rabta/web").glob("*/urls.py")]
    assert len(stories) > 40
    assert len(pages) > 10
    assert [name for name in [*stories, *pages] if f"`{name}`" not in drawn] == []


def test_the_map_shows_the_layers_of_the_linter() -> None:
    linter = re.search(r"layers =\n((?:    .+\n)+)", (ROOT / ".importlinter").read_text())
    drawn = re.search(
        r"^```\n(commands\n.*?)^```", (ROOT / "docs/map.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert linter
    assert drawn
    assert _layers(drawn[1]) == _layers(linter[1])


def _layers(text: str) -> list[list[str]]:
    """The names on each line, without those of folders that are still planned."""
    lines = [
        [name for name in re.findall(r"\w+", line) if (ROOT / "rabta" / name).exists()]
        for line in text.splitlines()
    ]
    return [sorted(names) for names in lines if names]


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[0] == "Unreleased"
