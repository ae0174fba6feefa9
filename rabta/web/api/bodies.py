"""What clients send to the API, and nothing that is not listed here. Ids are the public, random ones."""

from datetime import date
from typing import Annotated

from annotated_types import Len
from ninja import Schema
from pydantic import ConfigDict

from rabta.cases.models import Order, Outcome, Report
from rabta.rules.human_contact import How
from rabta.web.api.shapes import Code, Latitude, Line, Longitude, Optional, PublicId, Text


class Body(Schema):
    """What is sent to us: unknown fields are an error, not a guess."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Words(Body):
    text: Text


class Categorise(Body):
    category: Code


class SetPlace(Body):
    lat: Latitude
    lng: Longitude
    name: Line = ""


class GiveOrder(Body):
    """`post` is the id or the code of a post."""

    post: Code
    part: Order.Part = Order.Part.LEAD
    instruction: Optional = ""


class GiveOneOrder(GiveOrder):
    """`reason`: why it is ordered anew. After an upheld appeal whoever led before is not ordered without one."""

    reason: Optional = ""


class ToPost(GiveOrder):
    """`proof` asks for a photo, `proof_words` say what is to be seen on it."""

    proof: bool = False
    proof_words: Line = ""


class GiveOrders(Body):
    """`along`: the lead's order goes down the chain of command, from post to post. `reason`: why it is ordered anew."""

    orders: Annotated[list[ToPost], Len(min_length=1, max_length=12)]
    along: bool = False
    reason: Optional = ""


class OwnWords(Body):
    words: Optional = ""


class GiveOn(Body):
    """`officer` is the id of an officer of the unit."""

    officer: PublicId


class WithReason(Body):
    reason: Optional = ""


class Accuse(Body):
    """`accused_unit` is the id of the unit that is accused, `accused_officers` the ids of officers; empty while nobody
    knows. Without `accused_officers` those whom the desk has named stay named; an empty list names nobody. `desk_unit`
    is the id of the unit whose desk receives the case."""

    accused_unit: PublicId | None = None
    accused_officers: Annotated[list[PublicId], Len(max_length=50)] | None = None
    desk_unit: PublicId | None = None


class NameOfficers(Body):
    """`officers` are the ids of all who see the case from now on: two at least."""

    officers: Annotated[list[PublicId], Len(min_length=1, max_length=50)]


class Remark(Body):
    remark: Text


class Fir(Body):
    """`unit` is the id of the station that registered it."""

    number: Annotated[Line, Len(min_length=1, max_length=40)]
    unit: PublicId
    on: date


class Contacted(Body):
    """`how`: `telephone`, `in_person`, `message`; or `not_reached`, which stops no clock."""

    how: How


class SendReport(Body):
    """`fir`: number, station and date; needed for the outcome “FIR registered” where none is written down yet.
    `contact`: how the officer spoke with the citizen; a report without it is no contact."""

    text: Text
    outcome: Outcome
    fir: Fir | None = None
    contact: How | None = None


class Return(Body):
    reason: Text


class Decide(Body):
    """`told` is what the citizen reads in the closing letter; empty, one neutral sentence for the outcome."""

    decision: Report.Decision
    remark: Optional = ""
    told: Optional = ""
