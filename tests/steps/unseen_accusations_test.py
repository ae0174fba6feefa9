"""Accusations written by somebody who has not seen our tables: none of them reaches the unit that it accuses.

Each is sent with a pin inside the area of a station, which is all that an order by itself needs.
"""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Order
from rabta.outbox.models import Delivery
from tests.cast import KOTWALI, PESHAWAR_NUMBER, Citizen, deliver, read
from tests.figures import Figure
from tests.rules.table import rows

pytestmark = pytest.mark.security


@pytest.mark.parametrize("table", ["accusations_build"])
def test_no_accusation_is_ordered_or_told_by_itself(
    cast: SimpleNamespace, figure: Figure, table: str
) -> None:
    texts = [row["text"] for row in rows(table)]
    for text in texts:
        citizen = Citizen()
        deliver(cast, citizen.says(text), citizen.pins(KOTWALI), to=PESHAWAR_NUMBER)
    read(limit=len(texts))
    ordered = Order.objects.values_list("case__messages__text", flat=True)
    seen = Case.objects.filter(visible_to__overlap=[cast.kotwali.pk, cast.city.pk])
    withheld = Case.objects.filter(withheld="accusation").count()
    figure(
        f"{table}: recognised as accusations", f"{withheld} of {len(texts)}", "the rest is read by a person"
    )
    figure(f"{table}: reached the accused unit", seen.count(), "0")
    assert list(ordered) == []
    assert not Delivery.objects.exclude(number="").exists()
    assert list(seen.values_list("subject", flat=True)) == []
