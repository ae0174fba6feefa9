"""The committed tables refer to each other without loose ends, and cover what they promise."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "rabta/demo/data"
TRIAGE = ROOT / "rabta/triage/data"
TABLES = ROOT / "tests/rules/tables"
LANGUAGES = {"en", "hi", "ur", "ps", "roman"}
ROLES = {
    "sho", "circle_officer", "district_head", "range_head", "chief", "desk_operator", "desk_head",
    "cell_head", "inquiry_officer", "pro", "oversight", "administrator",
}  # fmt: skip
STORIES = {
    "none", "accepted", "reported", "closed_action", "closed_fir", "closed_not_substantiated",
    "closed_advice", "overdue", "waiting_desk", "asked", "returned",
}  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def all_tables() -> Iterator[Path]:
    for folder in (
        "rabta/triage/data",
        "rabta/routing/data",
        "rabta/replying/data",
        "rabta/demo/data",
        "tests/rules/tables",
    ):
        yield from sorted((ROOT / folder).glob("*.csv"))


@pytest.fixture(scope="module")
def units() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in read(DEMO / "units.csv")}


@pytest.fixture(scope="module")
def areas() -> dict[str, BaseGeometry]:
    collection = json.loads((DEMO / "areas.geojson").read_text(encoding="utf-8"))
    return {feature["properties"]["code"]: shape(feature["geometry"]) for feature in collection["features"]}


@pytest.fixture(scope="module")
def categories() -> set[str]:
    return {row["code"] for row in read(TRIAGE / "categories.csv")}


@pytest.mark.parametrize("path", list(all_tables()), ids=lambda path: path.name)
def test_every_row_has_every_column(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert rows
    assert [row for row in rows if len(row) != len(head)] == []


def test_units_form_one_tree_with_known_levels(units: dict[str, dict[str, str]]) -> None:
    levels = {row["code"] for row in read(DEMO / "levels.csv")}
    assert {unit["level"] for unit in units.values()} <= levels
    assert [code for code, unit in units.items() if not unit["parent"]] == ["CPO"]
    for unit in units.values():
        assert {unit["parent"], unit["functional_parent"]} <= units.keys() | {""}


def test_the_force_has_the_promised_size(units: dict[str, dict[str, str]]) -> None:
    count = {
        level: sum(unit["level"] == level for unit in units.values())
        for level in ("range", "district", "circle", "station")
    }
    assert count == {"range": 2, "district": 4, "circle": 8, "station": 24}


def test_posts_stand_at_units_and_postings_at_posts(units: dict[str, dict[str, str]]) -> None:
    posts = {row["code"]: row for row in read(DEMO / "posts.csv")}
    officers = {row["username"] for row in read(DEMO / "officers.csv")}
    postings = read(DEMO / "postings.csv")
    assert {post["unit"] for post in posts.values()} <= units.keys()
    assert {post["role"] for post in posts.values()} <= ROLES
    assert {post["linked_post"] for post in posts.values()} <= posts.keys() | {""}
    assert {row["post"] for row in postings} <= posts.keys()
    assert {row["officer"] for row in postings} == officers
    assert posts.keys() - {row["post"] for row in postings} == {"SHO-MRD-RST"}  # the one vacancy
    assert {row["kind"] for row in postings} == {"regular", "additional_charge", "officiating", "leave_cover"}


def test_areas_are_whole_and_do_not_overlap(areas: dict[str, BaseGeometry]) -> None:
    shapes = list(areas.values())
    assert all(area.is_valid and area.geom_type == "Polygon" for area in shapes)
    for one, other in STRtree(shapes).query(shapes, predicate="intersects").T:
        assert one == other or shapes[one].intersection(shapes[other]).area == 0


def test_every_station_and_place_lies_in_its_own_area(
    units: dict[str, dict[str, str]], areas: dict[str, BaseGeometry]
) -> None:
    stations = {code for code, unit in units.items() if unit["level"] == "station"}
    assert areas.keys() == stations
    points = [(code, units[code]) for code in stations] + [
        (row["unit"], row) for row in read(DEMO / "places.csv")
    ]
    assert len(points) > 270
    assert [
        row for code, row in points if not areas[code].contains(Point(float(row["lng"]), float(row["lat"])))
    ] == []


def test_categories_are_known_everywhere(categories: set[str]) -> None:
    assert {row["category"] for row in read(TRIAGE / "words.csv")} <= categories
    assert {row["category"] for row in read(ROOT / "rabta/routing/data/matters.csv")} == categories
    assert {row["expected"] for row in read(TABLES / "category_cases.csv")} == categories | {""}
    assert {row["category"] for row in read(TABLES / "routing_cases.csv")} == categories | {""}


@pytest.mark.parametrize(
    "name",
    [
        "words",
        "accusations",
        "office_words",
        "misdeed_words",
        "told_words",
        "asking_words",
        "emergency_words",
        "tip_phrases",
        "forwards",
        "greetings",
    ],
)
def test_triage_tables_speak_all_five_languages(name: str) -> None:
    assert {row["lang"] for row in read(TRIAGE / f"{name}.csv")} - {"emoji"} == LANGUAGES


def test_every_category_has_words_in_every_language(categories: set[str]) -> None:
    have = {(row["category"], row["lang"]) for row in read(TRIAGE / "words.csv")}
    assert {(category, lang) for category in categories for lang in LANGUAGES} - have == set()


def test_a_bare_office_decides_nothing() -> None:
    offices = {row["word"] for row in read(TRIAGE / "office_words.csv")}
    assert [row for row in read(TRIAGE / "words.csv") if row["phrase"] in offices] == []


def test_matters_lead_to_units_that_exist(units: dict[str, dict[str, str]]) -> None:
    cells = {f"cell:{code.lower()}" for code, unit in units.items() if unit["level"] == "cell"}
    for row in read(ROOT / "rabta/routing/data/matters.csv"):
        assert row["lead"] in cells | {"station", "desk"}
        assert row["inform"] in {"circle", "none"}
        assert row["support"] in cells | {"none"}
        assert row["automatic"] in {"yes", "no"}


def test_what_must_wait_is_never_automatic() -> None:
    restricted = {row["code"] for row in read(TRIAGE / "categories.csv") if row["restricted"] == "yes"}
    automatic = {
        row["category"] for row in read(ROOT / "rabta/routing/data/matters.csv") if row["automatic"] == "yes"
    }
    assert len(restricted) == 4
    assert automatic & (restricted | {"against_police", "crime_tip", "fir_refusal"}) == set()


@pytest.mark.parametrize("name", ["replies", "states"])
def test_replies_have_all_languages_and_the_same_blanks(name: str) -> None:
    key = {"replies": "code", "states": "state"}[name]
    texts: dict[str, dict[str, set[str]]] = {}
    for row in read(ROOT / f"rabta/replying/data/{name}.csv"):
        texts.setdefault(row[key], {})[row["lang"]] = set(re.findall(r"{\w+}", row["text"]))
    for code, blanks in texts.items():
        assert blanks.keys() == LANGUAGES, code
        assert len({frozenset(blank) for blank in blanks.values()}) == 1, code


def test_templates_have_the_same_blanks_in_every_language() -> None:
    blanks: dict[str, dict[str, set[str]]] = {}
    for row in read(ROOT / "rabta/replying/data/templates.csv"):
        blanks.setdefault(row["name"], {})[row["language"]] = set(re.findall(r"{{\d}}", row["body"]))
    for by_language in blanks.values():
        assert by_language.keys() == LANGUAGES - {"roman"}
        assert len({frozenset(blank) for blank in by_language.values()}) == 1


def test_history_is_told_of_known_people_places_and_units(
    units: dict[str, dict[str, str]], categories: set[str]
) -> None:
    history = read(DEMO / "history.csv")
    places = {row["name"]: row["unit"] for row in read(DEMO / "places.csv")}
    phones = {row["phone"] for row in read(DEMO / "citizens.csv")}
    assert len(history) >= 300
    assert {row["phone"] for row in history} <= phones | {""}
    assert {row["place"] for row in history} <= places.keys() | {""}
    assert {row["story"] for row in history} == STORIES
    assert {row["lang"] for row in history} == LANGUAGES
    assert {row["category"] for row in history} == categories | {""}
    assert {row["account"] for row in history} <= units.keys() | {"hq"}
    assert len({row["text"] for row in history if row["category"]}) == sum(
        bool(row["category"]) for row in history
    )
    for row in history:
        assert (
            not row["place"] or not row["expected_station"] or row["expected_station"] == places[row["place"]]
        )
