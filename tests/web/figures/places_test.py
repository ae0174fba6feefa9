"""Places and times: the register of crimes comes in with its mistakes by line, and a watch is ordered from it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import floor
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from rabta.audit.models import Record
from rabta.cases.models import Order
from rabta.figures import folding, placed
from rabta.figures.counting import Period
from rabta.figures.models import Crime
from rabta.force import access, directory
from rabta.force.models import Officer
from rabta.rules import repeats
from rabta.rules.repeats import Incident
from rabta.web.accounts import step_up
from rabta.web.figures import behind
from tests import cast as players
from tests.cast import DAY, HOUR, KOTWALI, NOW, post_named
from tests.web.figures.stage import cases
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
LINE = "112/26,kotwali,2026-03-10,22,theft,Qissa Khwani,34.0502,71.5501"
HEAD = "number,station,date,hour,kind,place,lat,lng"


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: NOW + 12 * DAY)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)
    yield players.make()
    directory.forget()


def bring(cast: SimpleNamespace, *lines: str, way: str = "save") -> tuple[int, str]:
    table = SimpleUploadedFile("fir.csv", "\n".join([HEAD, *lines]).encode(), "text/csv")
    directory.forget()
    answer = Browser(cast.sp).post("/figures/crimes/", {"crimes": table, way: ""})
    return answer.status_code, " ".join(re.sub(r"<[^>]+>", "", answer.body.decode()).split())


def test_the_register_comes_in_whole_or_not_at_all(cast: SimpleNamespace) -> None:
    status, said = bring(
        cast, LINE, "1,nowhere,2026-03-01,,theft,,,", "2,rustam,2026-03-01,,theft,,,", "3,kotwali,1.3.26,25,love,,9,",
        LINE, "4,kotwali,2027-01-01,,theft,,,",
    )  # fmt: skip
    assert status == 400 and not Crime.objects.exists()
    for words in ("line 3 There is no station “nowhere”", "line 4 There is no station “rustam”", "line 5 Write the day",
                  "line 5 The hour", "line 5 The point", "line 5 The kind “love”", "line 6 This number of this station",
                  "line 7 This day has not come"):  # fmt: skip
        assert words in said, words
    assert bring(cast, LINE, way="check")[0] == 200 and not Crime.objects.exists()
    assert bring(cast, LINE)[0] == 302
    assert bring(cast, LINE, "113/26,kotwali,2026-03-11,,traffic,,,")[0] == 302
    assert sorted(Crime.objects.values_list("number", "hour", "place")) == [
        ("112/26", 22, "Qissa Khwani"),
        ("113/26", None, ""),
    ]
    assert Record.objects.filter(act="crimes_imported").count() == 2


def test_a_watch_is_ordered_where_a_crime_was_reported_beforehand(cast: SimpleNamespace) -> None:
    point = {"lat": KOTWALI[0], "lng": KOTWALI[1]}
    made = cases(cast, 3, cast.kotwali, **point)
    cases(cast, 1, cast.kotwali, lat=34.2, lng=71.9)
    assert bring(cast, LINE)[0] == 302
    path = "/figures/places/?from=2026-03&to=2026-03"
    page = Browser(cast.sp).get(path).body.decode()
    assert "Theft <b>3</b>" in page and "4 reports with a place" in page and "112/26" in page
    assert '<span dir="auto">Kotwali</span> ·' in page  # the name by which people know the point
    case = max(made, key=lambda one: one.pk)
    found = re.search(r'name="crime" value="(\d+)">\s*<input type="hidden" name="case" value="(\w+)"', page)
    assert found
    answer = Browser(cast.sp).post(
        "/figures/places/watch/?from=2026-03&to=2026-03", {"crime": found[1], "case": found[2]}
    )
    assert answer.status_code == 302
    order = Order.objects.get(part="support")
    assert (order.post, order.case_id in {one.pk for one in made}) == (post_named(cast.sho), True)
    assert "112/26" in order.instruction and case
    again = Browser(cast.sp).get(path).body.decode()
    assert "A beat watch is ordered and not reported yet." in again and 'name="crime"' not in again
    assert "112/26" not in Browser(cast.sp_mardan).get("/figures/places/?from=2026-03").body.decode()
    assert (
        Browser(cast.sp_mardan)
        .post("/figures/places/watch/", {"crime": found[1], "case": found[2]})
        .status_code
        == 404
    )


def figures(page: str) -> list[tuple[str, int]]:
    """(address, number) of every figure that opens its cases."""
    found = re.findall(r'href="(/figures/cases/[^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    told = [(link, re.findall(r"\d+", re.sub("<[^>]+>", " ", text))) for link, text in found]
    return [(link.replace("&amp;", "&"), int(number[-1])) for link, number in told]


@pytest.mark.parametrize(("who", "all_of_them"), [("igp", 13), ("sp", 11), ("co", 11), ("desk_head", 13)])
@pytest.mark.parametrize("kind", ["", "theft"])
def test_every_figure_of_the_page_opens_exactly_its_cases(
    cast: SimpleNamespace, who: str, all_of_them: int, kind: str
) -> None:
    point = {"lat": KOTWALI[0], "lng": KOTWALI[1]}
    cases(cast, 5, cast.kotwali, **point)
    cases(cast, 3, cast.kotwali, category="extortion", opened_at=NOW - 5 * HOUR, **point)
    cases(cast, 3, cast.gulbahar, category="fraud", opened_at=NOW + 2 * DAY, lat=34.01, lng=71.58)
    cases(cast, 6, cast.kotwali)  # without a place
    hidden = {"kind": "complaint_against_police", "accused_unit": cast.kotwali, "withheld": "accusation"}
    cases(cast, 2, seen_by=[cast.hq], hidden_from=[cast.kotwali.pk], **hidden, **point)
    named = [cast.igp.pk]
    # A confidential inquiry is in no figure.
    cases(cast, 4, named_officers=named, visible_to=[-cast.igp.pk], **point)
    officer = getattr(cast, who)
    page = read(officer, f"/figures/places/?from=2026-03&to=2026-03&kind={kind}")
    told = figures(page)
    days = [(link, number) for link, number in told if "what=placed&" in link]
    assert max(number for _link, number in told) == all_of_them - (6 if kind else 0)
    assert {number for _link, number in days} >= {max(number for _link, number in told)}
    assert any("placed_square" in link for link, _number in told)
    assert len([link for link, _number in told if "placed_hour" in link]) == 6
    for link, number in told:
        opened = read(officer, link)
        assert len(re.findall(r'<tr>\s*<th scope="row">', opened)) == number, link
        assert re.search(rf'<p class="f-count">\s*{number} case', opened)


def test_the_cases_behind_a_figure_go_on_page_by_page(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    point, made = {"lat": KOTWALI[0], "lng": KOTWALI[1]}, []
    for days in (0, 1, 1, 2, 2):
        made += cases(cast, 1, cast.kotwali, opened_at=NOW + days * DAY, **point)
    monkeypatch.setattr(behind, "MOST", 2)
    since, until = (NOW - DAY).date(), (NOW + 2 * DAY).date()  # without the last two
    link = f"/figures/cases/?since={since}&until={until}&what=placed&value=theft"
    pages = [read(cast.sp, link)]
    while more := re.search(r'rel="next"\s+href="([^"]+)"', pages[-1]):
        pages.append(read(cast.sp, "/figures/cases/" + more[1].replace("&amp;", "&")))
    told = [one.reference for one in made]
    found = [[reference for reference in told if reference in page] for page in pages]
    assert found == [[made[1].reference, made[2].reference], [made[0].reference]]
    assert all(re.search(r'<p class="f-count">\s*3 cases', page) for page in pages)


def test_the_page_shows_whole_days_where_there_is_too_much(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = {"lat": KOTWALI[0], "lng": KOTWALI[1]}
    for days in (0, 1, 2):
        cases(cast, 3, cast.kotwali, opened_at=NOW + days * DAY, **point)
    monkeypatch.setattr(placed, "MOST", 5)
    page = read(cast.igp, "/figures/places/?from=2026-03&to=2026-03")
    assert "3 reports with a place" in page and f"Only from {NOW.day + 2} March 2026 on" in page
    monkeypatch.setattr(placed, "MOST", 2)  # one day alone is more
    assert "3 reports with a place" in read(cast.igp, "/figures/places/?from=2026-03&to=2026-03")


def scattered(cast: SimpleNamespace) -> list[Incident]:
    """Sixty cases of two kinds over a month, in a few squares, as `placed` reads them."""
    found = []
    for n in range(60):
        lat, lng = 34.05 + n % 7 * 0.001, 71.55 - n % 3 * 0.004
        kind, at = ("theft", "fraud")[n // 2 % 2], NOW + 10 * DAY - n * 13 * HOUR
        (case,) = cases(cast, 1, cast.kotwali, category=kind, opened_at=at, lat=lat, lng=lng)
        day = timezone.localtime(at)
        found.append(Incident(id=case.pk, category=kind, lat=lat, lng=lng, day=day.date(), hour=day.hour))
    folding.fold()
    return found


def by_square(found: list[Incident]) -> dict[tuple[int, int], list[Incident]]:
    high, wide = repeats.sides()
    squares: dict[tuple[int, int], list[Incident]] = {}
    for one in found:
        squares.setdefault((floor(one.lat / high), floor(one.lng / wide)), []).append(one)
    return {square: there for square, there in squares.items() if len(there) >= placed.LEAST}


@pytest.mark.parametrize("kind", ["", "theft"])
@pytest.mark.parametrize("most", [20_000, 25])
def test_what_is_laid_on_the_map_is_the_plain_definition(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, kind: str, most: int
) -> None:
    monkeypatch.setattr(placed, "MOST", most)
    all_of_them, today = scattered(cast), directory.current(now=timezone.now())
    crime = Incident(id=1, category="theft", lat=34.051, lng=71.546, day=NOW.date() + 8 * DAY, hour=12)
    period = Period(since=date(2026, 3, 1), until=date(2026, 4, 1))
    with access.as_officer(cast.sp, on=NOW.date()) as scope:
        found = placed.laid(
            cast.peshawar.pk, period=period, kind=kind, crimes=[crime], scope=scope, directory=today
        )
    kept = [one for one in all_of_them if one.day >= found.since]
    assert found.since < period.since if most > 60 else 20 < len(kept) <= most
    wanted = [one for one in kept if kind in ("", one.category)]
    shown = [one for one in wanted if one.day >= period.since]
    assert found.kinds == ["fraud", "theft"] and found.days == Counter(one.day for one in shown)
    assert found.hours == Counter((one.hour or 0) // placed.HOURS * placed.HOURS for one in shown)
    squares = by_square(shown)
    told = {place.square: (place.kinds, place.hours, place.number) for place in found.places}
    assert told == {
        square: (Counter(one.category for one in there), Counter(one.hour for one in there), len(there))
        for square, there in squares.items()
    }
    numbers = [place.number for place in found.places]
    assert len(numbers) > 1 and numbers == sorted(numbers, reverse=True)
    for place in found.places:
        there = squares[place.square]
        assert place.lat == pytest.approx(sum(one.lat for one in there) / len(there))
        assert place.lng == pytest.approx(sum(one.lng for one in there) / len(there))
    assert repeats.preceded([crime], found.near) == repeats.preceded([crime], wanted) != []


def test_a_list_of_a_place_that_no_page_links_to_is_not_found(cast: SimpleNamespace) -> None:
    days = "since=2026-03-01&until=2026-04-01"
    for query in ("what=placed&value=a|b", "what=placed_hour&value=theft", "what=placed_hour&value=x|theft",
                  "what=placed_square&value=1|theft", "what=placed_square&value=1|x|theft",
                  "what=placed&value=&itself=1"):  # fmt: skip
        assert read(cast.igp, f"/figures/cases/?{days}&{query}", status=404)


def read(who: Officer, path: str, status: int = 200) -> str:
    directory.forget()
    answer = Browser(who).get(path)
    assert answer.status_code == status, path
    return str(answer.body.decode())
