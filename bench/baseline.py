"""What one would write first: one message, one transaction, one object after the other with the ORM.

It does less than the product (no place, no routing, no order, no window, no ledger), in its own favour, and takes
the bodies from memory. Its records are the same: person, handle, conversation, case, message, event, delivery.
"""

import time

from django.utils import timezone

from bench.messages import body
from rabta import keys
from rabta.cases.models import Case, Conversation, Event, Message
from rabta.channels.contract import Arrived
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.intake.models import Seen
from rabta.kit import ids
from rabta.outbox.models import Delivery
from rabta.people.models import Handle, Person


def take(data: bytes) -> None:
    """One webhook's messages, in one transaction."""
    with system("bench"):
        for item in BY_KIND["whatsapp"].read(data):
            if isinstance(item, Arrived):
                _arrived(item)


def _arrived(item: Arrived) -> None:
    now = timezone.now()
    account = Account.objects.select_related("unit").get(channel="whatsapp", external_id=item.account)
    _, new = Seen.objects.get_or_create(
        account=account, digest=keys.digest("item", item.key), defaults={"seen_at": now}
    )
    if not new:
        return
    digest = keys.digest("handle", item.sender.handle)
    handle = Handle.objects.filter(scheme=item.sender.scheme, digest=digest).first()
    if handle is None:
        person = Person.objects.create(alias=ids.public_id()[:8], first_seen_at=now)
        handle = Handle.objects.create(
            person=person, scheme=item.sender.scheme, digest=digest, created_at=now,
            shown=keys.fernet("desk").encrypt(item.sender.name.encode()),
            address=keys.seal_for("relay", item.sender.address.encode()),
        )  # fmt: skip
    conversation, _ = Conversation.objects.get_or_create(
        account=account, handle=handle, defaults={"last_in_at": now}
    )
    seen_by = account.unit.path
    case = conversation.cases.exclude(state="closed").order_by("-last_in_at").first()
    if case is None:
        case = Case.objects.create(
            reference=ids.reference(prefix="PRY"), conversation=conversation, account=account,
            subject=item.text[:140], desk_unit=account.unit, visible_to=seen_by, opened_at=now,
            last_in_at=now, changed_at=now,
        )  # fmt: skip
    answer = Delivery.objects.create(
        account=account, handle=handle, address_digest=digest, text=f"Received: {case.reference}",
        queued_at=now, due_at=now, visible_to=seen_by,
    )  # fmt: skip
    common = {"conversation": conversation, "case": case, "received_at": now, "visible_to": seen_by}
    Message.objects.create(direction="in", kind=item.kind, text=item.text, **common)
    Message.objects.create(direction="out", text=answer.text, delivery=answer, automatic=True, **common)
    Event.objects.create(case=case, at=now, what="opened", system_reason="bench")


def main(number: str, count: int, first: int) -> None:
    """Take `count` messages of as many people; prints the rate."""
    bodies = [body(number=number, sender=first + n, message=first + n) for n in range(count)]
    started = time.perf_counter()
    for data in bodies:
        take(data)
    print(count / (time.perf_counter() - started))
