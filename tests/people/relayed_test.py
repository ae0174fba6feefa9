"""Two-way contact through the relay: an officer writes to an alias and never learns the number."""

from types import SimpleNamespace

import pytest

from rabta.cases.models import Case, Message, Order
from rabta.cases.refusal import Refused
from rabta.journey.deciding import relayed
from rabta.journey.orders import officer, ordering
from rabta.outbox.models import Delivery
from rabta.people.models import Handle
from rabta.people.reveal import reveal
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, hears, post_named

TIP = "Secret information, do not tell anyone my name: a drug dealer near Kotwali"


def ordered(cast: SimpleNamespace, citizen: Citizen) -> Order:
    """A tip that the desk gave to the SHO of Kotwali, who accepted it."""
    hears(cast, citizen.says(TIP))
    case = Case.objects.get()
    with acting(cast.operator) as scope:
        order = ordering.order(
            case=case, post=post_named(cast.sho), part="lead", instruction="", by=scope, now=NOW
        )
    with acting(cast.sho) as scope:
        officer.accept(order=order, by=scope, now=NOW)
    return Order.objects.get(pk=order.pk)


def test_an_officer_writes_to_the_alias_and_the_answer_comes_to_the_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    order = ordered(cast, citizen)
    hears(cast, citizen.says("1"), at=NOW)
    with acting(cast.sho) as scope:
        message = relayed.write(order=order, text="Which shop is it?", by=scope, now=NOW + MINUTE)
        handle = Handle.objects.select_related("person").get()
        shown = reveal([handle], by=scope, purpose="order", now=NOW)[handle.pk]
    assert (shown.number, shown.protected) == ("", True) and citizen.phone[2:] not in shown.name
    letter = Delivery.objects.get(pk=message.delivery_id)
    assert (letter.text, letter.number) == ("Which shop is it?", "")
    hears(cast, citizen.says("The third one, behind the mosque"), at=NOW + HOUR)
    with acting(cast.sho):
        said = (
            Message.objects.filter(case=order.case, direction="in")
            .order_by("id")
            .values_list("text", flat=True)
        )
        assert list(said)[-1] == "The third one, behind the mosque"


@pytest.mark.parametrize("who", ["sho_gulbahar", "co", "operator"])
def test_only_who_holds_the_order_writes(cast: SimpleNamespace, who: str) -> None:
    order = ordered(cast, Citizen())
    with acting(getattr(cast, who)) as scope, pytest.raises((Refused, Case.DoesNotExist, Order.DoesNotExist)):
        relayed.write(order=order, text="Which shop?", by=scope, now=NOW)


def test_nothing_is_written_where_it_is_not_safe(cast: SimpleNamespace) -> None:
    order = ordered(cast, Citizen())
    Handle.objects.update(safe="no")
    with acting(cast.sho) as scope, pytest.raises(Refused, match="not safe"):
        relayed.write(order=order, text="Which shop?", by=scope, now=NOW)
