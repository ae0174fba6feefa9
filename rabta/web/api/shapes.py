"""What comes out of the API, and how its values are written. Ids are the public, random ones."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from django.db.models import Choices
from ninja import Schema
from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from rabta.cases.models import Appeal, Kind, Order, Outcome, Report, State, Withheld
from rabta.cases.source_files import stays_at_desk
from rabta.journey.versions import version_of
from rabta.replying import letters


def without_nul(text: str) -> str:
    """PostgreSQL keeps every character but this one."""
    if "\0" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def moment(at: datetime) -> datetime:
    """The time in UTC. Raises ValueError for one without a zone, and for years that PostgreSQL or a calendar can't hold
    in every zone: an offset of 19 hours is none to PostgreSQL."""
    if at.tzinfo is None:
        raise ValueError("must say its time zone, as in 2026-03-14T09:00:00Z")
    if not 1900 <= at.year <= 2200:
        raise ValueError("must lie between the years 1900 and 2200")
    return at.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(moment)]
PublicId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,16}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[-0-9A-Za-z_.]{1,60}$")]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(without_nul)
]
Optional = Annotated[str, StringConstraints(max_length=4000), AfterValidator(without_nul)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(without_nul)]
Search = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(without_nul)]


def described(title: str, choices: type[Choices]) -> WithJsonSchema:
    """The values of a choice where they stand: the description knows shapes by their bare names, and `State` and `Kind`
    are names of many."""
    return WithJsonSchema({"title": title, "type": "string", "enum": choices.values})


OrderState = Annotated[Order.State, described("State of an order", Order.State)]
Limit = Annotated[int, Ge(1), Le(200)]
Latitude = Annotated[float, Ge(-90), Le(90)]
Longitude = Annotated[float, Ge(-180), Le(180)]


class Problem(Schema):
    """What is wrong, and what to do."""

    detail: str
    hint: str = ""


class Row(Schema):
    """Something that has a public id."""

    id: str

    @staticmethod
    def resolve_id(row: Any) -> str:
        return str(row.public_id)


class OfUnit(Row):
    """Something that belongs to a unit: `unit` is the id of that."""

    unit: str

    @staticmethod
    def resolve_unit(row: Any) -> str:
        return str(row.unit.public_id)


class UnitRef(Row):
    code: str
    name: str

    @staticmethod
    def resolve_name(unit: Any) -> str:
        return str(unit)


class PostRef(Row):
    code: str
    role: str
    name: str
    unit: UnitRef

    @staticmethod
    def resolve_name(post: Any) -> str:
        return str(post)


class Place(Schema):
    name: str
    lat: float | None
    lng: float | None


class CaseRow(Row):
    """A case in a list."""

    reference: str
    subject: str
    language: str
    kind: Kind
    category: str
    urgency: int
    state: State
    outcome: Outcome | Literal[""]
    withheld: Withheld | Literal[""]
    place: Place
    desk_unit: UnitRef
    lead_unit: UnitRef | None
    opened_at: datetime
    last_in_at: datetime
    changed_at: datetime
    reply_due_at: datetime | None
    contact_due_at: datetime | None
    report_due_at: datetime | None
    closed_at: datetime | None

    @staticmethod
    def resolve_place(case: Any) -> dict[str, Any]:
        return {"name": case.place, "lat": case.lat, "lng": case.lng}


class OrderRow(Row):
    """An order in a list."""

    case: str
    reference: str
    post: PostRef
    part: Order.Part
    state: OrderState
    instruction: str
    reason: str
    issued_at: datetime
    due_at: datetime | None
    missed_at: datetime | None
    accepted_at: datetime | None
    on_the_way_at: datetime | None
    returned_at: datetime | None
    return_reason: str
    finished_at: datetime | None
    ended_why: str
    proof: bool
    proof_words: str
    goal: PostRef | None
    passed_from: str | None
    added_words: str
    given_to: str | None
    given_at: datetime | None
    taken_on_at: datetime | None

    @staticmethod
    def resolve_passed_from(order: Any) -> str | None:
        return order.parent.public_id if order.parent else None

    @staticmethod
    def resolve_given_to(order: Any) -> str | None:
        return order.given_to.public_id if order.given_to else None

    @staticmethod
    def resolve_case(order: Any) -> str:
        return str(order.case.public_id)

    @staticmethod
    def resolve_reference(order: Any) -> str:
        return str(order.case.reference)


class CaseDetail(CaseRow):
    """A case with what was decided about it, and its orders."""

    account: str
    citizen: str
    citizen_protected: bool
    safe_contact: str
    withheld_reason: str
    routing_reason: str
    waiting_reason: str
    closing_remark: str
    version: str
    reopened_at: datetime | None
    appeal_state: Appeal | Literal[""]
    under_investigation: bool
    fir_number: str
    fir_on: date | None
    satisfaction: int | None
    handed_over_at: datetime | None
    handed_over_to: str
    line_incident: str
    orders: list[OrderRow]

    @staticmethod
    def resolve_version(case: Any) -> str:
        """Sent back as If-Match, a verb is refused when somebody else decided on the case since."""
        return version_of(case)

    @staticmethod
    def resolve_account(case: Any) -> str:
        return str(case.account)

    @staticmethod
    def resolve_citizen(case: Any) -> str:
        """The alias: names and numbers are shown on the pages, where each look is recorded."""
        return str(case.author_alias or case.conversation.handle.person.alias)

    @staticmethod
    def resolve_citizen_protected(case: Any) -> bool:
        return bool(case.hides_author)

    @staticmethod
    def resolve_safe_contact(case: Any) -> str:
        """Whether it is safe to write to this person: `yes`, `no`, or empty where nobody knows."""
        return letters.safe_of(case)

    @staticmethod
    def resolve_orders(case: Any) -> list[Any]:
        return list(case.seen_orders)


class AttachmentRow(Row):
    """A file that came with a message. `name` is empty for protected people: files are named after people.

    `at_desk`: it came from a protected person and has no cleaned copy, so officers read `told` and do not get it.
    """

    kind: str
    mime: str
    name: str
    state: str
    told: str
    at_desk: bool

    @staticmethod
    def resolve_at_desk(attachment: Any) -> bool:
        return stays_at_desk(attachment)

    @staticmethod
    def resolve_name(attachment: Any) -> str:
        return "" if attachment.message.hides_author else str(attachment.name)


class MessageRow(Row):
    """One thing said. `delivery` is how far an answer of ours got."""

    direction: Literal["in", "out", "note"]
    kind: str
    text: str
    language: str
    automatic: bool
    place: Place | None
    received_at: datetime
    delivery: str
    attachments: list[AttachmentRow]

    @staticmethod
    def resolve_text(message: Any) -> str:
        """What a citizen took back is not shown."""
        return "" if message.revoked_at else message.text

    @staticmethod
    def resolve_place(message: Any) -> dict[str, Any] | None:
        if message.lat is None or message.revoked_at:
            return None
        return {"name": message.place_name, "lat": message.lat, "lng": message.lng}

    @staticmethod
    def resolve_delivery(message: Any) -> str:
        return message.delivery.state if message.delivery else ""

    @staticmethod
    def resolve_attachments(message: Any) -> list[Any]:
        return [] if message.revoked_at else list(message.attachments.all())


class EvidenceRow(Row):
    caption: str
    kind: str
    sha256: str
    lat: float | None
    lng: float | None
    taken_at: datetime | None
    camera_at: str  # by the camera's own clock, mostly without a zone
    camera_lat: float | None
    camera_lng: float | None
    at: datetime

    @staticmethod
    def resolve_kind(evidence: Any) -> str:
        return str(evidence.file.kind)

    @staticmethod
    def resolve_sha256(evidence: Any) -> str:
        return str(evidence.file.sha256)


class ReportRow(Row):
    text: str
    outcome: Outcome
    at: datetime
    decision: Report.Decision | Literal[""]
    decided_at: datetime | None
    decision_remark: str
    waits: bool


class OrderDetail(OrderRow):
    """An order with what was sent to it."""

    evidence: list[EvidenceRow]
    reports: list[ReportRow]

    @staticmethod
    def resolve_evidence(order: Any) -> list[Any]:
        return list(order.evidence.all())

    @staticmethod
    def resolve_reports(order: Any) -> list[Any]:
        return list(order.reports.all())


class CasePage(Schema):
    """`next` is the cursor of the page after this one; empty at the end."""

    items: list[CaseRow]
    next: str


class OrderPage(Schema):
    items: list[OrderRow]
    next: str


class MessagePage(Schema):
    items: list[MessageRow]
    next: str
