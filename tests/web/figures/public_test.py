"""Figures for everybody, and the report as a file: nothing small, nothing hidden, and all three languages."""

import csv
import io
import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from rabta.audit.models import Record
from rabta.figures import folding
from rabta.force import directory
from tests.cast import DAY, NOW
from tests.web.figures.stage import cases, month_is_over, world
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
REPORT = "/export/report/?from=2026-03&to=2026-03"


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    yield month_is_over(monkeypatch)
    directory.forget()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Figures of the police"), ("ur", 'dir="rtl"'), ("hi", 'lang="hi"')]
)
def test_everybody_reads_a_month_that_is_over(cast: SimpleNamespace, language: str, said: str) -> None:
    world(cast)
    cases(cast, 20, cast.kotwali, state="closed", outcome="action_taken", closed_at=NOW + DAY)
    folding.fold()
    answer = Client(headers={"accept-language": language}).get("/figures/public/?month=2026-03")
    assert answer.status_code == 200 and said in answer.content.decode()
    numbers = re.findall(r'<td class="number">(\d+)</td>', answer.content.decode())
    assert numbers[-1] == "29"  # neither the two accusations nor the five confidential inquiries
    assert not {"1", "2", "3", "4"} & set(numbers)
    assert "29" not in words(Client().get("/figures/public/?month=2026-02").content.decode())


def test_a_month_that_goes_on_is_not_told(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    cases(cast, 20, cast.kotwali)
    folding.fold()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert '<option value="2026-03"' not in Client().get("/figures/public/?month=2026-03").content.decode()


def test_the_report_leaves_with_nothing_small_in_it(cast: SimpleNamespace) -> None:
    world(cast)
    before = Browser(cast.desk_head).get(REPORT).body.decode()
    assert "put together or marked" in before and "the same places" not in before
    answer = Browser(cast.desk_head).post(REPORT, {"format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["Hq", "1 March 2026 – 31 March 2026"]
    assert lines[2][-1] == "All" and lines[-1][-1] == "16"
    assert not {"1", "2", "3", "4"} & {cell for line in lines[2:] for cell in line}
    detail = Record.objects.get(act="exported").detail
    assert detail == {"format": "csv", "rows": 1, "unit": cast.hq.pk, "from": "2026-03", "to": "2026-03"}
    assert Browser(cast.sp).get(f"{REPORT}&unit={cast.kotwali.public_id}").status_code == 404
    assert Browser(cast.co).get(REPORT).status_code == 403


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_the_report_is_printed_in_three_languages(cast: SimpleNamespace, language: str) -> None:
    world(cast)
    answer = Browser(cast.desk_head).post(f"{REPORT}&lang={language}", {"format": "pdf"})
    assert answer.status_code == 200 and answer.body.startswith(b"%PDF-") and b"%%EOF" in answer.body[-16:]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
