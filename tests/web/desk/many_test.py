"""One act on many cases: each by the same verb and rights, refused ones with the reason, once."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rabta.cases.models import Case
from rabta.desk.models import Batch, BatchLine, Notice
from rabta.journey.deciding import many
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def desk(force):
    return Browser(force.operator)


def chosen(*cases):
    return {"case": [case.public_id for case in cases]}


def test_chosen_cases_are_assigned_and_a_closed_one_is_refused_with_the_reason(force, desk):
    first, second, left = (stage.case(force) for _ in range(3))
    closed = stage.case(force, state="closed", outcome="advice", closed_at=timezone.now())
    facts = chosen(first, second, closed) | {
        "act": "assign",
        "officer": force.operator.public_id,
        "key": "one",
    }
    answer = desk.post("/desk/many/?queue=open", facts)
    page = desk.get(answer.url).body.decode()
    assert "Done: 2 of 3." in page and "The case is closed." in page and closed.reference in page
    assert list(Case.objects.filter(assigned_to=force.operator).order_by("id")) == [first, second]
    assert desk.post("/desk/many/?queue=open", facts | chosen(left)).url == "/desk/"  # the same key
    assert Batch.objects.count() == 1
    assert Browser(force.desk_head).get(answer.url).status_code == 404


def test_a_category_that_withholds_and_cases_of_others_leak_nothing(force, desk):
    case, foreign = stage.case(force), stage.case(force, visible_to=[force.circle.pk])
    facts = chosen(case, foreign) | {"act": "categorise", "category": "against_police"}
    page = desk.get(desk.post("/desk/many/?queue=open", facts).url).body.decode()
    assert foreign.reference not in page
    case.refresh_from_db()
    assert case.withheld and BatchLine.objects.get().state == "done"


def test_all_cases_of_a_list_are_a_job_with_todays_rights(force, desk, monkeypatch):
    monkeypatch.setattr(many, "AT_ONCE", 2)
    cases = [stage.case(force, subject=f"Goat {n}") for n in range(3)]
    stage.case(force, subject="Cow")
    answer = desk.post("/desk/many/?q=goat", {"all": "yes", "act": "categorise", "category": "nuisance"})
    batch = Batch.objects.get()
    assert "Done: 0 of 3." in desk.get(answer.url).body.decode()
    assert ProcrastinateJob.objects.get(task_name="rabta.jobs.tasks.work_off").args == {"batch_id": batch.pk}
    many.work_off(batch.pk, now=timezone.now())
    assert {Case.objects.get(pk=case.pk).category for case in cases} == {"nuisance"}
    assert Notice.objects.get(what="batch").officer == force.operator
    before = cases[0].events.count()
    many.work_off(batch.pk, now=timezone.now())
    assert cases[0].events.count() == before


@pytest.mark.parametrize("facts", [{"act": "nonsense"}, {"act": "close"}, {}])
def test_nothing_chosen_or_nothing_to_do_is_refused(force, desk, facts):
    case = stage.case(force)
    given = chosen(case) if facts.get("act") == "nonsense" else {}
    assert desk.post("/desk/many/?queue=open", facts | given).status_code == 400
    assert not Batch.objects.exists()
