"""Accusations written by people who have not seen our tables: how many reach the unit that they accuse.

Each is sent with a pin inside the area of a station, which is all that an order by itself needs.
"""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Order
from rabta.triage.assess import assess
from tests.cast import KOTWALI, PESHAWAR_NUMBER, Citizen, deliver, read
from tests.figures import Figure
from tests.rules.table import rows

pytestmark = pytest.mark.security


@pytest.mark.parametrize(
    ("table", "known_to_slip"),
    [
        ("accusations_build", 0),  # by three writers, one after the other; the tables were taught all of them
        ("accusations_unseen", 0),
        ("accusations_newer", 0),
        # Written after that; neither the tables nor the classifier are to be taught these. In the third none names an
        # office plainly: words alone, with which 4 slipped, do not find what is only hinted at.
        ("accusations_third", 1),
        ("accusations_fourth", 0),
        ("accusations_fifth", 0),  # three in four only hint
    ],
)
def test_accusations_are_read_by_a_person_first(
    cast: SimpleNamespace, figure: Figure, table: str, known_to_slip: int
) -> None:
    texts = [row["text"] for row in rows(table)]
    for text in texts:
        citizen = Citizen()
        deliver(cast, citizen.says(text), citizen.pins(KOTWALI), to=PESHAWAR_NUMBER)
    read(limit=len(texts))
    there = Case.objects.filter(visible_to__overlap=[cast.kotwali.pk, cast.city.pk])
    reached = set(Order.objects.values_list("case", flat=True))  # a cell may be the accused one, too
    found = Case.objects.filter(withheld="accusation").count()
    figure(f"{table}: recognised as accusations", f"{found} of {len(texts)}")
    figure(f"{table}: reached the accused unit", f"{len(reached)} of {len(texts)}", "0")
    assert len(reached) <= known_to_slip
    assert set(there.values_list("pk", flat=True)) <= reached


def test_few_messages_that_only_come_near_an_accusation_are_withheld(figure: Figure) -> None:
    """Half of them name police, stations or bribes; by words alone it were 39. Each costs the desk one key."""
    texts = [row["text"] for row in rows("accusations_near")]
    withheld = [text for text in texts if assess(text).withheld == "accusation"]
    figure("messages near an accusation: withheld in vain", f"{len(withheld)} of {len(texts)}")
    assert len(withheld) <= 48
