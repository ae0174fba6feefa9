"""The demonstration force, from the tables in `rabta/demo/data/`: real places, invented people and arrangement."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password

from rabta.force.models import Level, Officer, PlaceName, Post, Posting, Unit
from rabta.kit import phones, scripts

DATA = Path(__file__).parent / "data"
PASSWORD = "contact-desk-demo"  # of every officer of the demonstration, which listens on this machine only
PREFIXES = {"PSH": "PSH", "MRD": "MRD", "NSR": "NSR", "SWB": "SWB", "CPO": "KPK"}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the demonstration."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def create(*, today: date) -> None:
    """Write the whole force: levels, units with their areas, place names, posts, officers, postings."""
    levels = _levels()
    units = _units(levels)
    _places(units)
    posts = _posts(units)
    officers = _officers()
    Posting.objects.bulk_create(
        Posting(
            officer=officers[row["officer"]],
            post=posts[row["post"]],
            kind=row["kind"],
            starts=today - timedelta(days=int(row["since_days"])),
            order_number=row["order_number"],
        )
        for row in rows("postings")
    )


def _levels() -> dict[str, Level]:
    levels = [
        Level(
            code=row["code"],
            rank=int(row["rank"]),
            name=row["name_en"],
            name_hi=row["name_hi"],
            name_ur=row["name_ur"],
        )
        for row in rows("levels")
    ]
    return {level.code: level for level in Level.objects.bulk_create(levels)}


def _units(levels: dict[str, Level]) -> dict[str, Unit]:
    """Units from the top down, so that each finds its parent and its path."""
    areas = {
        feature["properties"]["code"]: feature["geometry"]
        for feature in json.loads((DATA / "areas.geojson").read_text(encoding="utf-8"))["features"]
    }
    waiting = {row["code"]: row for row in rows("units")}
    units: dict[str, Unit] = {}
    while waiting:
        ready = [row for row in waiting.values() if not row["parent"] or row["parent"] in units]
        for row in ready:
            units[row["code"]] = _unit(row, units, levels, areas)
            del waiting[row["code"]]
    for row in rows("units"):
        if row["functional_parent"]:
            units[row["code"]].functional_parent = units[row["functional_parent"]]
    Unit.objects.bulk_update(units.values(), ["functional_parent"])
    return units


def _unit(
    row: dict[str, str], units: dict[str, Unit], levels: dict[str, Level], areas: dict[str, object]
) -> Unit:
    parent = units.get(row["parent"])
    unit = Unit.objects.create(
        code=row["code"],
        level=levels[row["level"]],
        parent=parent,
        function=row["code"].lower() if row["level"] == "cell" else "",
        reference_prefix=PREFIXES.get(row["code"], ""),
        name=row["name_en"],
        name_hi=row["name_hi"],
        name_ur=row["name_ur"],
        area=areas.get(row["code"]),
        lat=float(row["lat"]),
        lng=float(row["lng"]),
    )
    unit.path = [*(parent.path if parent else []), unit.pk]
    unit.save(update_fields=["path"])
    return unit


def _places(units: dict[str, Unit]) -> None:
    PlaceName.objects.bulk_create(
        PlaceName(
            unit=units[row["unit"]],
            name=row["name"],
            name_hi=row["devanagari_forms"].partition("|")[0],
            name_ur=row["arabic_forms"].partition("|")[0],
            kind=row["kind"],
            lat=float(row["lat"]),
            lng=float(row["lng"]),
            forms=_forms(row),
        )
        for row in rows("places")
    )


def _forms(row: dict[str, str]) -> list[str]:
    written = [row["name"]]
    for column in ("latin_forms", "devanagari_forms", "arabic_forms"):
        written += row[column].split("|")
    return sorted({scripts.normalise(form) for form in written if form.strip()})


def _posts(units: dict[str, Unit]) -> dict[str, Post]:
    posts = {
        row["code"]: Post(
            code=row["code"],
            unit=units[row["unit"]],
            role=row["role"],
            name=row["title_en"],
            name_hi=row["title_hi"],
            name_ur=row["title_ur"],
        )
        for row in rows("posts")
    }
    Post.objects.bulk_create(posts.values())
    for row in rows("posts"):
        if row["linked_post"]:
            posts[row["code"]].linked_post = posts[row["linked_post"]]
    Post.objects.bulk_update(posts.values(), ["linked_post"])
    return posts


def _officers() -> dict[str, Officer]:
    password = make_password(PASSWORD)
    officers = [
        Officer(
            username=row["username"].replace(".", "-"),
            password=password,
            name=row["name"],
            name_ur=row["name_ur"],
            name_hi=row["name_hi"],
            rank=row["rank"],
            phone=phones.parse(row["phone"], region="PK") or "",
            language=row["language"],
        )
        for row in rows("officers")
    ]
    made = Officer.objects.bulk_create(officers)
    return {row["username"]: officer for row, officer in zip(rows("officers"), made, strict=True)}
