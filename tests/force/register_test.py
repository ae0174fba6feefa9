"""The force from tables: every mistake by its line, nothing or all of it, and the same again changes nothing."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from rabta import demo
from rabta.force import names, register, setup
from rabta.force.access import scope_of
from rabta.force.directory import Directory
from rabta.force.models import Officer, PlaceName, Post, Posting, Unit
from rabta.force.register import saving
from rabta.force.register.reading import day
from rabta.kit import sheets

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 14)
DEMO = Path(demo.__file__).parent / "data"


@pytest.fixture
def force():
    return setup.create_force(
        force="Test Police", name="Admin", username="admin", password="correct horse", today=TODAY
    )


def table(text: str) -> bytes:
    """A table from lines, without the margin."""
    return "\n".join(line.strip() for line in text.strip().splitlines()).encode()


UNITS = table("""
    code,name_en,level,parent,functional_parent
    PSH-GLB,Gulbahar,station,PSH,
    PSH,Peshawar,district,CPO,
    CPO,Central Police Office,force,,
    CYBER,Cyber Cell,cell,CPO,CPO
""")
POSTS = table("""
    code,unit,role,title_en,linked_post
    SHO-GLB,PSH-GLB,sho,SHO Gulbahar,DPO
    DPO,PSH,district_head,District Police Officer,
""")
OFFICERS = table("""
    username,name,phone,language
    noor.haider,Noor Haider,0300 1234567,ur
""")
POSTINGS = table("""
    officer,post,starts
    noor.haider,SHO-GLB,2026-01-01
""")
ALL = {"units": UNITS, "posts": POSTS, "officers": OFFICERS, "postings": POSTINGS}


def as_xlsx(data: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(data.decode())))
    return sheets.xlsx_bytes(rows, title="table")


def checked(may_move: bool = True, **files: bytes) -> register.Checked:
    return register.check(files, today=TODAY, may_move=may_move)


def save(**files: bytes) -> register.Checked:
    found = checked(**files)
    assert found.problems == []
    saving.save(found.draft)
    return found


def said(found: register.Checked) -> list[tuple[str, int, str]]:
    return [(problem.table, problem.line, problem.text) for problem in found.problems]


def test_a_check_writes_nothing(force, django_assert_num_queries):
    found = checked(**ALL)
    assert found.good
    assert {name: count.new for name, count in found.draft.counts.items()} == {
        "units": 3,
        "posts": 2,
        "officers": 1,
        "postings": 1,
    }
    assert (Unit.objects.count(), Officer.objects.count()) == (1, 1)


def test_what_is_saved_works(force):
    save(**ALL)
    station, officer = Unit.objects.get(code="PSH-GLB"), Officer.objects.get(username="noor-haider")
    codes = {unit.pk: unit.code for unit in Unit.objects.all()}
    assert [codes[pk] for pk in station.path] == ["CPO", "PSH", "PSH-GLB"]
    assert Unit.objects.get(code="CYBER").functional_parent.code == "CPO"
    assert Unit.objects.get(code="CYBER").function == "cyber"
    assert Post.objects.get(code="SHO-GLB").linked_post.code == "DPO"
    assert (officer.phone, officer.has_usable_password()) == ("+923001234567", False)
    assert scope_of(officer, on=TODAY).units == {station.pk}
    assert Directory(on=TODAY).addressee(station.pk).post.code == "SHO-GLB"


def test_the_top_of_the_table_is_the_force_that_the_first_start_made(force):
    first = Unit.objects.get()
    save(units=UNITS)
    assert Unit.objects.get(parent=None).pk == first.pk
    assert (Unit.objects.get(pk=first.pk).code, Unit.objects.count()) == ("CPO", 4)
    assert scope_of(force, on=TODAY).grants  # the administrator is still one


def test_the_same_tables_again_as_workbooks_change_nothing(force):
    save(**ALL)
    before = [list(model.objects.order_by("pk").values()) for model in (Unit, Post, Officer, Posting)]
    found = save(**{name: as_xlsx(data) for name, data in ALL.items()})
    assert all(count.new == count.changed == 0 for count in found.draft.counts.values())
    assert before == [list(model.objects.order_by("pk").values()) for model in (Unit, Post, Officer, Posting)]


def test_a_changed_row_changes_its_thing_only(force):
    save(**ALL)
    found = save(officers=OFFICERS.replace(b"Noor Haider", b"Noor ul Haider"))
    assert (found.draft.counts["officers"].changed, Officer.objects.count()) == (1, 2)
    assert Officer.objects.get(username="noor-haider").name == "Noor ul Haider"


def test_a_posting_ends_by_its_last_day(force):
    save(**ALL)
    save(postings=table("officer,post,starts,ends\nnoor-haider,SHO-GLB,2026-01-01,2026-03-13"))
    assert Posting.objects.get(officer__username="noor-haider").ends == date(2026, 3, 13)
    assert not scope_of(Officer.objects.get(username="noor-haider"), on=TODAY).grants


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("units", "code,name_en\nA,B", 1, "These columns are missing: level."),
        ("units", "code,code,name_en,level\nA,A,B,station", 1, "there twice: code"),
        ("units", "code,name_en,level\nA,,station", 2, "Empty: name_en."),
        ("units", "code,name_en,level,parent\nA,B,statoin,HQ", 2, "Unknown level: statoin. Known are: cell,"),
        (
            "units",
            "code,name_en,level,parent\nA,B,station,\nC,D,circle,",
            3,
            "Only one unit may stand without",
        ),
        ("units", "code,name_en,level,parent\nA,B,station,NO", 2, "Unknown parent: NO. Known are: A, HQ."),
        (
            "units",
            "code,name_en,level,parent\nA,B,circle,C\nC,D,station,HQ",
            2,
            "can't stand below one of level",
        ),
        ("units", "code,name_en,level,parent\nA,B,cell,C\nC,D,cell,A", 2, "go round in a circle"),
        ("units", "code,name_en,level,parent\nA,B,cell,HQ\nA,C,cell,HQ", 2, "A is there 2 times."),
        ("units", "code,name_en,level,parent\nA B,C,cell,HQ", 2, "no blanks: A B."),
        ("units", "code,name_en,level,parent,lat,lng\nA,B,cell,HQ,95,10", 2, "Latitude and longitude"),
        ("units", "code,name_en,level,parent,lat,lng\nA,B,cell,HQ,nan,10", 2, "Latitude and longitude"),
        ("units", "code,name_en,level\nA,B,cell,HQ,more", 2, "more cells than the first line"),
        ("units", 'code,name_en,level\n"A,B,cell\n', 2, "lone quotation mark"),
        ("units", f"code,name_en,level,parent\nA,{'B' * 121},cell,HQ", 2, "Too long: name_en."),
        ("posts", "code,unit,role,title_en\nP,HQ,boss,Boss", 2, "Unknown role: boss. Known are: chief,"),
        ("posts", "code,unit,role,title_en\nP,NO,sho,SHO", 2, "Unknown unit: NO."),
        ("posts", "code,unit,role,title_en,linked_post\nP,HQ,sho,SHO,Q", 2, "Unknown linked post: Q."),
        ("officers", "username,name,phone\na,A,12", 2, "This is no telephone number: 12."),
        ("officers", "username,name,phone\na,A,03001234567\nb,B,+923001234567", 3, "a has the number"),
        ("officers", "username,name,language\na,A,xx", 2, "Unknown language: xx."),
        ("postings", "officer,post\nnobody,ADMIN", 2, "Unknown officer: nobody. Known are: admin."),
        ("postings", "officer,post\nadmin,NO", 2, "Unknown post: NO. Known are: ADMIN."),
        ("postings", "officer,post,starts\nadmin,ADMIN,3.31.2026", 2, "A day is written as 2026-01-31"),
        (
            "postings",
            "officer,post,starts,ends\nadmin,ADMIN,2026-03-02,2026-03-01",
            2,
            "ends before it starts",
        ),
        ("postings", "officer,post,kind\nadmin,ADMIN,acting", 2, "Unknown kind: acting. Known are: regular,"),
        ("postings", "officer,post\nadmin,ADMIN\nadmin,ADMIN", 3, "in another line already"),
        ("places", "name,unit,lat,lng\nChowk,NO,34,71", 2, "Unknown unit: NO."),
        ("levels", "code,rank,name_en\noutpost,five,Outpost", 2, "The rank is a whole number"),
    ],
)
def test_a_mistake_is_named_by_line(force, name, text, line, words):
    found = checked(**{name: text.encode()})
    assert said(found)[0][:2] == (name, line)
    assert words in said(found)[0][2]


@pytest.mark.parametrize("data", ["é".encode("latin-1"), b"code\0", b"PK\x03\x04\xff"])
def test_what_is_no_csv_is_said_to_be_none(force, data):
    assert [problem.line for problem in checked(units=data).problems] == [0]


def test_nothing_is_saved_when_one_line_is_wrong(force):
    found = checked(**(ALL | {"postings": POSTINGS.replace(b"SHO-GLB", b"SHO-XXX")}))
    assert not found.good
    with pytest.raises(AssertionError):
        saving.save(found.draft)
    assert Unit.objects.count() == 1


def test_columns_that_nobody_reads_are_named(force):
    (note,) = checked(officers=b"username,name,shoe_size\na,A,44").notes
    assert note.text == "These columns are not read: shoe_size."


@pytest.mark.parametrize("mark", [";", "\t"])
def test_what_spreadsheets_write_is_understood(force, mark):
    save(officers=f"\ufeffusername{mark}name\r\nbano{mark}Bano\r\n".encode())
    assert Officer.objects.get(username="bano").name == "Bano"


def test_a_unit_keeps_its_parent_once_cases_may_have_come(force):
    save(units=UNITS)
    moved = UNITS.replace(b"Gulbahar,station,PSH,", b"Gulbahar,station,CPO,")
    assert "keeps its parent" in said(checked(may_move=False, units=moved))[0][2]
    save(units=moved)
    assert len(Unit.objects.get(code="PSH-GLB").path) == 2


RECEIVERS = table("""
    code,name_en,level,parent,accusations_to
    CPO,Central Police Office,force,,
    PSH,Peshawar,district,CPO,MRD
    MRD,Mardan,district,CPO,
    MRD-DESK,Desk Mardan,desk,MRD,
""")
DESK = b"code,unit,role,title_en\nOP,MRD-DESK,desk_operator,Operator"


def receives(code: str) -> str | None:
    receiver = Unit.objects.get(code=code).accusations_to
    return receiver.code if receiver else None


def test_who_receives_accusations_comes_from_the_table(force):
    save(units=RECEIVERS, posts=DESK)
    psh, mrd = (Unit.objects.get(code=code) for code in ("PSH", "MRD"))
    assert Directory(on=TODAY).receivers == {psh.pk: tuple(mrd.path)}
    assert save(units=RECEIVERS).draft.counts["units"].changed == 0
    save(units=UNITS)  # a table without the column takes nothing away
    assert receives("PSH") == "MRD"
    found = save(units=RECEIVERS.replace(b"CPO,MRD", b"CPO,"))
    assert (receives("PSH"), found.draft.counts["units"].changed) == (None, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"PSH,Peshawar,district,CPO,NO", "Unknown receiver: NO."),
        (b"PSH,Peshawar,district,CPO,PSH", "what is said against itself"),
        (b"PSH,Peshawar,district,CPO,PSH-DESK", "lies below the unit itself"),
        (b"PSH,Peshawar,district,CPO,CPO", "nobody decides on withheld cases"),
    ],
)
def test_a_receiver_that_can_not_receive_is_named_by_line(force, line, words):
    rows = RECEIVERS.replace(b"PSH,Peshawar,district,CPO,MRD", line) + b"\nPSH-DESK,Desk,desk,PSH,"
    ((name, number, text),) = said(checked(units=rows, posts=DESK))
    assert (name, number, words in text) == ("units", 3, True), text


def test_the_force_may_name_a_unit_below_it_for_what_accuses_nobody_yet(force):
    rows = RECEIVERS.replace(b"CPO,Central Police Office,force,,", b"CPO,Central Police Office,force,,MRD")
    save(units=rows, posts=DESK)
    assert receives("CPO") == "MRD"


SQUARE = '{"type":"Polygon","coordinates":[[[71,34],[72,34],[72,35],[71,35],[71,34]]]}'
BOW = '{"type":"Polygon","coordinates":[[[71,34],[72,35],[72,34],[71,35],[71,34]]]}'


def feature(code: str, geometry: str) -> bytes:
    return f'{{"features":[{{"properties":{{"code":"{code}"}},"geometry":{geometry}}}]}}'.encode()


def test_areas_decide_whose_ground_it_is(force):
    save(units=UNITS, areas=feature("PSH-GLB", SQUARE))
    assert Directory(on=TODAY).stations_at(lat=34.5, lng=71.5) == (Unit.objects.get(code="PSH-GLB").pk,)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"{}", 0, "This is no GeoJSON"),
        (b"[" * 100_000, 0, "This is no GeoJSON"),
        (feature("NO", SQUARE), 1, "Unknown unit: NO."),
        (feature("PSH", BOW), 1, "crosses itself"),
        (feature("PSH", SQUARE.replace("34", "340").replace("35", "350")), 1, "outside the earth"),
        (feature("PSH", '{"type":"Point","coordinates":[71,34]}'), 1, "Polygon or MultiPolygon"),
        (feature("PSH", "null"), 1, "Polygon or MultiPolygon"),
    ],
)
def test_a_wrong_area_is_named_by_its_number(force, data, line, words):
    ((table, number, text),) = said(checked(units=UNITS, areas=data))
    assert (table, number) == ("areas", line)
    assert words in text


def test_a_place_is_found_by_all_its_spellings(force):
    save(
        units=UNITS,
        places=table("""
        name,unit,lat,lng,latin_forms,arabic_forms
        Gulbahar No 2,PSH-GLB,34.0,71.5,gulbahar 2|gul bahar,گلبہار
    """),
    )
    assert PlaceName.objects.get().forms
    (found,) = Directory(on=TODAY).places_in("chori hui gul bahar me")
    assert found.stations == (Unit.objects.get(code="PSH-GLB").pk,)


def test_a_place_is_called_as_its_first_spelling_in_the_language_of_the_page(force):
    save(
        units=UNITS,
        places=table("""
        name,unit,lat,lng,devanagari_forms,arabic_forms
        Gulbahar No 2,PSH-GLB,34.0,71.5,गुलबहार 2|गुलबहार,گلبہار 2|گلبہار
        Saddar,PSH-GLB,34.0,71.5,,
    """),
    )
    names._names.cache_clear()
    said = {}
    for language in ("en", "hi", "ur"):
        with translation.override(language):
            said[language] = [names.localised(name) for name in ("Gulbahar No 2", "Saddar", "Nowhere")]
            assert said[language][:2] == [str(place) for place in PlaceName.objects.order_by("name")]
    assert [said["hi"][0], said["ur"][0]] == ["गुलबहार 2", "گلبہار 2"]
    assert said["hi"][1:] == said["ur"][1:] == said["en"][1:] == ["Saddar", "Nowhere"]


def test_the_whole_demonstration_force_comes_from_its_tables(force):
    names = ("levels", "units", "places", "posts", "officers", "postings")
    files = {name: (DEMO / f"{name}.csv").read_bytes() for name in names}
    files["areas"] = (DEMO / "areas.geojson").read_bytes()
    save(**files)
    rows = {name: len(list(csv.DictReader(io.StringIO(files[name].decode())))) for name in names}
    assert Unit.objects.count() == rows["units"]
    assert Officer.objects.count() == rows["officers"] + 1
    assert Posting.objects.count() == rows["postings"] + 1
    assert PlaceName.objects.count() == rows["places"]


def test_the_number_of_statements_does_not_grow_with_the_rows(force, django_assert_max_num_queries):
    many = "code,name_en,level,parent\n" + "\n".join(f"S{n},Station {n},station,HQ" for n in range(400))
    found = checked(units=many.encode())
    with django_assert_max_num_queries(16):
        saving.save(found.draft)


@pytest.mark.parametrize(
    "table",
    [
        b"District Police,,\nList of officers 2026,,\nusername,name,phone\nnoor,Noor Haider,0300 1234567,,\n",
        "\ufeff username ;Name ; phone\r\n noor ; Noor  Haider; ۰۳۰۰۱۲۳۴۵۶۷\r\n\r\n".encode(),
    ],
)
def test_titles_blanks_and_other_digits_do_not_matter(force, table):
    found = checked(officers=table)
    assert said(found) == []
    (officer,) = [one for one in found.draft.officers.values() if one.name == "Noor Haider"]
    assert officer.phone == "+923001234567"


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-01-31 14:30", "31/01/2026", "31.1.2026", "31-01-2026", "46053", "۳۱/۰۱/۲۰۲۶"]
)
def test_a_day_is_read_as_clerks_and_spreadsheets_write_it(text):
    assert day(text) == date(2026, 1, 31)


@pytest.mark.parametrize("text", ["01/31/2026", "31 January", "today", "4605", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"day|month|isoformat"):
        day(text)
