"""Links between cases of which one is kept from those who read the other."""

from types import SimpleNamespace

from rabta import journey
from rabta.audit.models import Record
from rabta.cases.models import Case
from rabta.cases.related import Link
from rabta.journey.matters import linking, merging
from tests.cast import MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, hears
from tests.steps.stage import accusation, happened, theft

PERSON = "conversation__handle__person"
LATER = NOW + 30 * MINUTE


def test_the_station_reads_nothing_of_a_link_with_an_accusation(cast: SimpleNamespace) -> None:
    station, hidden = theft(cast), accusation(cast)
    with acting(cast.operator) as by:
        linking.link(case=station, other=hidden, reason="The same man", by=by, now=LATER)
    assert "linked" not in happened(station)
    assert happened(hidden)[-1] == "linked"
    with acting(cast.sho):
        assert not Link.objects.exists()
    with acting(cast.operator) as by:
        linking.unlink(case=station, other=hidden, by=by, now=LATER)
    assert "unlinked" not in happened(station)
    both = sorted([station.pk, hidden.pk])
    found = Record.objects.filter(act__in=("case_linked", "case_unlinked")).order_by("id")
    assert [(row.act, sorted(row.subject_ids)) for row in found] == [
        ("case_linked", both),
        ("case_unlinked", both),
    ]


def test_when_a_matter_becomes_an_accusation_all_who_told_of_it_are_hidden(cast: SimpleNamespace) -> None:
    citizen, other = Citizen(), Citizen()
    hears(cast, citizen.says("Somebody took my papers at the office"), to=PESHAWAR_NUMBER)
    hears(cast, other.says("I saw how his papers were taken there"), to=PESHAWAR_NUMBER)
    kept, absorbed = Case.objects.order_by("id")
    with acting(cast.operator) as by:
        merging.merge(kept=kept, absorbed=absorbed, reason="One matter", by=by, now=LATER)
    with acting(cast.operator) as by:
        journey.accuse(case=kept, accused_unit=cast.kotwali, by=by, now=LATER)
    kept.refresh_from_db()
    absorbed.refresh_from_db()
    assert (absorbed.visible_to, absorbed.hidden_from) == (kept.visible_to, kept.hidden_from)
    assert cast.kotwali.pk not in absorbed.visible_to
    people = [case.conversation.handle.person for case in Case.objects.select_related(PERSON)]
    assert [person.protected for person in people] == [True, True]
