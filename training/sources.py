"""The sorted texts that the classifiers are taught, and the tables that come out."""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TEXTS = HERE / "texts"
TABLES = HERE.parent / "tests" / "rules" / "tables"
TAUGHT = HERE / "taught.csv"  # what the tables of today were taught: a test says when they are behind


@dataclass(frozen=True)
class Source:
    """A file of texts: all of one answer, or by what its column `expected` says; other values are left out."""

    path: Path
    wanted: bool | Mapping[str, bool]


@dataclass(frozen=True)
class Kind:
    """What one classifier is asked; where its table is written."""

    name: str
    sources: tuple[Source, ...]
    table: Path
    scaled: bool  # whether a piece may say the more, the more often it is in texts of one answer than of the other


@dataclass(frozen=True)
class Text:
    """One sorted text."""

    text: str
    wanted: bool
    source: str


TALK = ("talk", "wishes", "pleasantries", "smalltalk_a", "smalltalk_b", "remarks", "uniforms", "pashto")
NOISE = {"noise": True, "report": False, "accusing": False}
KINDS = (
    Kind(
        "accusing",
        (
            Source(TEXTS / "accusing.csv", {"yes": True, "no": False}),
            Source(TEXTS / "talk.csv", {"accusing": True, "report": False, "noise": False}),
            Source(TABLES / "accusations_build.csv", True),
            Source(TABLES / "accusations_unseen.csv", True),
            Source(TABLES / "accusations_newer.csv", True),
            Source(TABLES / "accusation_cases.csv", {"yes": True, "no": False}),
        ),
        HERE.parent / "rabta" / "triage" / "data" / "accusing_pieces.csv",
        scaled=False,
    ),
    Kind(
        "noise",
        (
            *(Source(TEXTS / f"{name}.csv", NOISE) for name in TALK),
            Source(TEXTS / "accusing.csv", {"no": False, "yes": False}),
        ),
        HERE.parent / "rabta" / "groups" / "data" / "noise_pieces.csv",
        scaled=True,
    ),
)


def texts_of(kind: Kind) -> list[Text]:
    """All texts of a kind, each once."""
    found: dict[str, Text] = {}
    for source in kind.sources:
        for row in _rows(source.path):
            by_row = source.wanted if isinstance(source.wanted, bool) else source.wanted.get(row["expected"])
            if by_row is not None:
                found.setdefault(row["text"], Text(row["text"], by_row, source.path.name))
    return list(found.values())


def digest_of(kind: Kind) -> str:
    """What stands for all texts of a kind and their answers."""
    lines = sorted(f"{one.wanted:d} {one.text}" for one in texts_of(kind))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
