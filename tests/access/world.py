"""Cases of every kind, each with a row in every table that hangs on a case; and who ought to see them, by plain rules.

The rows are written by hand, and who sees them is said here once more from the facts: neither uses the product's rules.
The one thing taken from a case is where its rows are.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from rabta.audit.models import Record
from rabta.cases.approvals import Approval
from rabta.cases.models import (
    Attachment,
    Case,
    Conversation,
    Event,
    Evidence,
    Message,
    MessageVersion,
    Order,
    Report,
)  # fmt: skip
from rabta.cases.related import Link
from rabta.cases.transfers import Handed, Transfer
from rabta.channels.models import Account
from rabta.desk.models import Batch, BatchLine, Draft, Handover, Notice, Presence, View
from rabta.figures import folding
from rabta.figures.models import Crime
from rabta.files.models import StoredFile
from rabta.force.models import Officer, Unit
from rabta.kit import ids
from rabta.outbox.models import Attempt, Delivery, ReceiptEvent
from rabta.people.models import Handle, Opening, Person, Resealed, Sealed
from rabta.retention.models import Hold
from rabta.review.models import Call, Escalation, Interim, Line, Pause, Review
from rabta.web.models import Looked
from tests import cast as players
from tests.access import groups
from tests.cast import NOW, post_named

# Who serves which unit, as an officer of the force would put it.
SERVES = {
    "igp": "hq", "oversight": "hq", "desk_head": "hq", "operator": "hq",
    "operator_peshawar": "peshawar", "sp": "peshawar", "operator_mardan": "mardan", "sp_mardan": "mardan",
    "co": "city", "co_rural": "rural", "sho": "kotwali", "sho_gulbahar": "gulbahar", "sho_rustam": "rustam",
    "ctd_head": "ctd", "women_head": "women", "cyber_head": "cyber", "administrator": None, "nobody": None,
}  # fmt: skip
# Who works below whom.
ABOVE = {
    "peshawar": "hq", "mardan": "hq", "ctd": "hq", "women": "hq", "cyber": "hq",
    "city": "peshawar", "rural": "mardan", "kotwali": "city", "gulbahar": "city", "katlang": "rural", "rustam": "rural",
}  # fmt: skip


# What the operator at headquarters has begun or is told; nobody else reads it.
HIS_OWN = ("desk_batch", "desk_batchline", "desk_draft", "desk_notice")


@dataclass(frozen=True)
class Facts:
    """A case in words: whose desk has it, who was tasked, and whether it accuses police."""

    name: str
    desk: str
    tasked: tuple[str, ...] = ()  # officers
    accusation: bool = False
    notes: int = 1
    rows: dict[str, list[int]] = field(default_factory=dict, compare=False)


CASES = (
    Facts("new at headquarters", "hq"),
    Facts("new at Peshawar's number", "peshawar"),
    Facts("ordered to Kotwali", "hq", ("sho", "co")),
    Facts("ordered to Gulbahar by Peshawar", "peshawar", ("sho_gulbahar", "co")),
    Facts("ordered to Rustam, CTD supports", "hq", ("sho_rustam", "ctd_head")),
    Facts("led by the women's cell", "mardan", ("women_head",)),
    Facts("accuses nobody by name", "hq", accusation=True),
    Facts("accuses Kotwali, Mardan inquires", "hq", ("sp_mardan",), accusation=True),
    Facts("accuses Kotwali, at Peshawar's desk", "peshawar", accusation=True),
)


def sees(officer: str, facts: Facts) -> bool:
    """Whether the officer ought to see the case, from the facts alone."""
    unit = SERVES[officer]
    if unit is None:
        return False
    if facts.accusation:
        return unit == facts.desk or unit in {SERVES[one] for one in facts.tasked}
    return any(unit in chain(SERVES[one]) for one in facts.tasked) or unit in chain(facts.desk)


def chain(unit: str | None) -> set[str]:
    """The unit and everybody above it."""
    return {unit, *chain(ABOVE.get(unit))} if unit else set()


def expected(world: SimpleNamespace, officer: str) -> dict[str, list[int]]:
    """Ids by table of what the officer ought to see."""
    found: dict[str, list[int]] = {table: [] for table in world.tables}
    for facts in world.facts:
        if sees(officer, facts):
            for table, rows in facts.rows.items():
                found[table] += rows
            if facts.tasked:
                found["cases_tally"] = [getattr(world.cast, SERVES[officer]).pk]  # of his unit alone
    if SERVES[officer] == "hq":  # a greeting that nobody made a case of, on headquarters' number
        for table, rows in world.greeting.items():
            found[table] += rows
    counted = {facts.desk for facts in world.facts if not facts.accusation}
    found["figures_tally"] = [getattr(world.cast, one).pk for one in counted if SERVES[officer] in chain(one)]
    found["cases_link"] = [
        pk for one, other, pk in world.links if sees(officer, one) and sees(officer, other)
    ]
    for unit, rows in world.groups.items():
        if officer in groups.RUN and SERVES[officer] in chain(unit):
            found = {table: found[table] + rows.get(table, []) for table in found}
    if officer != "operator":
        found |= {table: [] for table in HIS_OWN}
    return {table: sorted(rows) for table, rows in found.items()}


def make() -> SimpleNamespace:
    """The cast, and every case with its rows."""
    world = SimpleNamespace(cast=players.make())
    world.facts = tuple(Facts(f.name, f.desk, f.tasked, f.accusation) for f in CASES)
    for facts in world.facts:
        _case(world.cast, facts)
    world.greeting = _greeting(world.cast)
    world.groups = groups.make(world.cast)
    folding.fold()
    _desk(world)
    _links(world)
    world.tables = sorted(
        {
            "cases_link",
            "figures_tally",
            *world.facts[2].rows,
            *world.greeting,
            *_sealed(world.cast),
            *world.groups["hq"],
        }
    )
    return world


def _links(world: SimpleNamespace) -> None:
    """Each case is linked with the one before."""
    world.links = []
    for first, second in pairwise(world.facts):
        one, other = (facts.rows["cases_case"][0] for facts in (first, second))
        made = Link.objects.create(
            one_id=one, other_id=other, reason="x", officer=world.cast.operator, at=NOW
        )
        world.links.append((first, second, made.pk))


def _desk(world: SimpleNamespace) -> None:
    """What the operator at headquarters left at the desk: in each case, and for those of his unit."""
    operator, hq, rows = world.cast.operator, world.cast.hq, world.greeting
    batch = keep(rows, Batch.objects.create(officer=operator, act="assign", asked_at=NOW))
    keep(rows, View.objects.create(officer=operator, unit=hq, name="x", query={}, at=NOW))
    keep(rows, Handover.objects.create(unit=hq, notes="x", digest="0" * 64, given_by=operator, given_at=NOW))
    for facts in world.facts:
        whose = {"officer": operator, "case_id": facts.rows["cases_case"][0]}
        keep(facts.rows, Draft.objects.create(**whose, kind="note", text="x", at=NOW))
        keep(facts.rows, Presence.objects.create(**whose, doing="looking", until=NOW))
        keep(facts.rows, Notice.objects.create(**whose, what="assigned", key=facts.name, at=NOW))
        keep(facts.rows, BatchLine.objects.create(batch=batch, case_id=whose["case_id"]))


def _sealed(cast: SimpleNamespace) -> dict[str, list[int]]:
    """Something sealed, and a request to open it: no unit sees them, whoever may see the case."""
    rows: dict[str, list[int]] = {}
    person = Person.objects.filter(handles__conversations__cases__isnull=False).order_by("id").first()
    lists = {"custodians": [], "approvers": []}
    sealed = keep(
        rows,
        Sealed.objects.create(
            person=person, what="identity", box=b"x", commitment="0" * 64, sealed_at=NOW, **lists
        ),
    )
    opening = keep(
        rows,
        Opening.objects.create(
            person=person,
            case_id=1,
            purpose="court",
            requested_by=Officer.objects.create(username="outsider", name="Outsider", password="!"),
            requested_at=NOW,
            expires_at=NOW,
        ),
    )
    keep(rows, Resealed.objects.create(opening=opening, sealed=sealed, box=b"x"))
    review = keep(rows, Review.objects.create(officer=opening.requested_by, began_at=NOW))
    case = Case.objects.order_by("id").first()
    keep(rows, Line.objects.create(review=review, case=case, decision="looked", at=NOW))
    return rows


def keep(facts_rows: dict[str, list[int]], made: Any) -> Any:
    """Remember where a row is."""
    facts_rows.setdefault(made._meta.db_table, []).append(made.pk)
    return made


def _case(cast: SimpleNamespace, facts: Facts) -> None:
    units = {SERVES[one] for one in facts.tasked}
    everybody = chain(facts.desk).union(*(chain(unit) for unit in units))
    names = {facts.desk, *units} if facts.accusation else everybody
    seen = sorted(getattr(cast, name).pk for name in names if name)
    account = cast.number_peshawar if facts.desk == "peshawar" else cast.number
    rows = facts.rows
    conversation = _conversation(rows, account)
    case = keep(rows, _the_case(conversation, getattr(cast, facts.desk), seen, facts))
    rows["cases_caseseen"] = rows["figures_fact"] = [case.pk]
    incoming = _message(rows, conversation, case, seen, direction="in")
    outgoing = _message(rows, conversation, case, seen, direction="out")
    for _ in range(facts.notes):
        _message(rows, conversation, case, seen, direction="note")
    outgoing.delivery = _delivery(rows, account, seen, handle=conversation.handle)
    outgoing.save()
    keep(rows, Attachment.objects.create(message=incoming, kind="image"))
    keep(rows, MessageVersion.objects.create(message=incoming, text="before", until=NOW))
    opened = keep(rows, Event.objects.create(case=case, at=NOW, what="opened", system_reason="test"))
    keep(rows, Approval.objects.create(case=case, event=opened, outcome="withdrawn", asked_at=NOW))
    went = {"case": case, "force": "elsewhere", "at": NOW}
    keep(rows, Transfer.objects.create(**went, officer=cast.operator, state="told"))
    keep(rows, Handed.objects.create(**went, number=case.public_id, reference="X"))
    keep(rows, Record.objects.create(case_id=case.pk, at=NOW, act="looked", actor_officer=cast.operator.pk))
    keep(rows, Looked.objects.create(officer=cast.operator, case=case, at=NOW))
    keep(rows, Hold.objects.create(case=case, reason="x", by=cast.operator, at=NOW))
    _watched(rows, cast, case)
    for n, name in enumerate(facts.tasked):
        _order(rows, case, getattr(cast, name), account, seen, part="inform" if n else "lead")


def _watched(rows: dict[str, list[int]], cast: SimpleNamespace, case: Case) -> None:
    """A pause, a limit that was passed up, and an interim reply of the case."""
    keep(rows, Pause.objects.create(case=case, reason="court", since=NOW, until=NOW, by=cast.operator))
    keep(rows, Escalation.objects.create(case=case, step="reply", level=1, due_at=NOW, at=NOW))
    keep(rows, Interim.objects.create(case=case, due_at=NOW, suggested_at=NOW))


def _the_case(conversation: Conversation, desk: Unit, seen: list[int], facts: Facts) -> Case:
    return Case.objects.create(
        reference=ids.reference(prefix="PRY"),
        conversation=conversation,
        account=conversation.account,
        subject=facts.name,
        desk_unit=desk,
        withheld="accusation" if facts.accusation else "",
        visible_to=seen,
        receipt_digest=f"receipt of {facts.name}"[:32],
        opened_at=NOW,
        last_in_at=NOW,
        changed_at=NOW,
    )


def _conversation(rows: dict[str, list[int]], account: Account) -> Conversation:
    person = keep(rows, Person.objects.create(alias="Kite", first_seen_at=NOW))
    digest = ids.public_id().encode()
    handle = keep(rows, Handle.objects.create(person=person, scheme="phone", digest=digest, created_at=NOW))
    made: Conversation = keep(rows, Conversation.objects.create(account=account, handle=handle))
    return made


def _message(
    rows: dict[str, list[int]],
    conversation: Conversation,
    case: Case | None,
    seen: list[int],
    *,
    direction: str,
) -> Message:
    made: Message = keep(
        rows,
        Message.objects.create(
            conversation=conversation,
            case=case,
            direction=direction,
            text="x",
            received_at=NOW,
            visible_to=seen,
        ),
    )
    return made


def _delivery(rows: dict[str, list[int]], account: Account, seen: list[int], **to: Any) -> Delivery:
    made: Delivery = keep(
        rows,
        Delivery.objects.create(
            account=account, address_digest=b"x", text="x", queued_at=NOW, due_at=NOW, visible_to=seen, **to
        ),
    )
    keep(rows, Attempt.objects.create(delivery=made, started_at=NOW))
    keep(
        rows,
        ReceiptEvent.objects.create(
            account=account, delivery=made, provider_digest=b"x", status="sent", received_at=NOW
        ),
    )
    return made


def _order(
    rows: dict[str, list[int]], case: Case, to: Officer, account: Account, seen: list[int], *, part: str
) -> None:
    post = post_named(to)
    delivery = _delivery(rows, account, seen, number=to.phone)
    order = keep(
        rows,
        Order.objects.create(
            case=case, post=post, unit=post.unit, part=part, issued_at=NOW, delivery=delivery, visible_to=seen
        ),
    )
    rows["cases_tally"] = []
    rows.setdefault("cases_orderseen", []).append(order.pk)
    facts = {"order": order, "officer": to, "at": NOW}
    keep(rows, Report.objects.create(text="done", outcome="advice", **facts))
    photo = StoredFile.objects.create(kind="image", mime="image/jpeg", size=1, sha256="", stored_at=NOW)
    keep(rows, Evidence.objects.create(file=photo, **facts))
    keep(rows, Call.objects.create(order=order, asked_at=NOW))


def _greeting(cast: SimpleNamespace) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    conversation = _conversation(rows, cast.number)
    _message(rows, conversation, None, [cast.hq.pk], direction="in")
    crime = {"happened_on": NOW, "imported_at": NOW, "imported_by": cast.operator}
    keep(rows, Crime.objects.create(number="1/26", unit=cast.hq, **crime))
    return rows
