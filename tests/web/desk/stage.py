"""A headquarters desk with an operator, its own names for citizens, and cases made by hand."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from rabta.cases.models import Case, Message, State, Withheld
from rabta.force import directory
from rabta.force.models import Unit
from rabta.outbox.models import Window
from rabta.people.handles import Writer, recognise
from rabta.people.models import Handle
from tests.web import small_force
from tests.web.officer import stage as officers
from tests.web.officer.stage import Browser

__all__ = ["HTMX", "Browser", "accusation", "act", "case", "make", "named", "open_window", "says", "shown"]
HTMX = {"HX-Request": "true"}


def make() -> SimpleNamespace:
    """The force of the officers' tests; the desk operator serves its headquarters."""
    return officers.make()


def desk_of(unit: Unit) -> Unit:
    """The unit, which has a desk of its own from now on."""
    small_force.unit(f"DESK-{unit.code}", unit, level="desk")
    directory.forget()
    return unit


def case(force: SimpleNamespace, **facts: Any) -> Case:
    """A case that the headquarters' desk handles, written a minute ago."""
    now = timezone.now() - timedelta(minutes=1)
    times = dict.fromkeys(("opened_at", "last_in_at", "changed_at"), now)
    return small_force.case(
        desk=force.hq, seen_by=[force.hq], account=force.account, **{**times, "category": "theft", **facts}
    )


def accusation(force: SimpleNamespace, **facts: Any) -> Case:
    """A case withheld because its words may accuse police."""
    why = {"code": "accusation", "words": "constable … bribe"}
    return case(force, withheld=Withheld.ACCUSATION, withheld_why=why, state=State.NEW, **facts)


def named(of: Case, *, name: str, number: str) -> Handle:
    """Give the case's citizen a name and a number that the desk may see."""
    writer = Writer(scheme="phone", handle=number.lstrip("+"), address=number, name=name)
    handle = recognise([writer], now=of.opened_at)[("phone", writer.handle)]
    of.conversation.handle = handle
    of.conversation.save()
    return handle


def open_window(of: Case, *, since: timedelta) -> None:
    """The citizen's last message came so long ago."""
    digest, at = bytes(of.conversation.handle.digest), timezone.now() - since
    Window.objects.create(account=of.account, address_digest=digest, last_in_at=at)
    of.messages.update(received_at=at)


def says(of: Case, text: str, **facts: Any) -> Message:
    """One more message of the citizen."""
    return Message.objects.create(
        **{
            "conversation": of.conversation,
            "case": of,
            "direction": "in",
            "text": text,
            "received_at": timezone.now(),
            "visible_to": of.visible_to,
            **facts,
        }
    )


def act(desk: Browser, case: Case, what: str, *, headers: dict[str, str] = HTMX, **data: Any) -> Any:
    """Press a button of the case's page."""
    return desk.post(f"/desk/case/{case.public_id}/{what}/", data, headers=headers)


def shown(desk: Browser, case: Case) -> str:
    """The case's pane as text."""
    return desk.get(f"/desk/case/{case.public_id}/", headers=HTMX).body.decode()
