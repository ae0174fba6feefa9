"""Instructions down the groups, what each level does with them, and their proof."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from annotated_types import Ge, Le, Len
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.uploads import Taken
from rabta.force.access import Permission
from rabta.groups import directions as rule
from rabta.groups.models import Direction, Group, Hop, Proof
from rabta.journey.groups.directions import directing, proving, relaying
from rabta.journey.groups.directions.directing import New
from rabta.journey.groups.directions.proving import Place
from rabta.rules.relaying import Light, light
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS
from rabta.web.api.shapes import Limit, Row, UnitRef, described
from rabta.web.directions import queries

Id = shapes.PublicId
Words = Annotated[dict[str, shapes.Optional], Len(min_length=1, max_length=8)]
Titles = Annotated[dict[str, shapes.Line], Len(max_length=8)]

router = Router(tags=["instructions"])
hops = Router(tags=["instructions"])
proofs = Router(tags=["instructions"])


class PhotoShape(Row):
    """`sha256` is of the picture as it came, with what the camera noted."""

    sha256: str
    camera_at: str
    camera_lat: float | None
    camera_lng: float | None
    lat: float | None
    lng: float | None
    ready: bool

    @staticmethod
    def resolve_sha256(photo: Any) -> str:
        return str(photo.file.sha256)

    @staticmethod
    def resolve_ready(photo: Any) -> bool:
        return photo.file.cleaned_id is not None


class ProofShape(Row):
    state: str
    text: str
    officer: str
    at: datetime
    decided_by: str
    decided_at: datetime | None
    remark: str
    photos: list[PhotoShape]

    @staticmethod
    def resolve_officer(proof: Any) -> str:
        return str(proof.officer)

    @staticmethod
    def resolve_decided_by(proof: Any) -> str:
        return str(proof.decided_by or "")

    @staticmethod
    def resolve_photos(proof: Any) -> list[Any]:
        return list(proof.photos.all())


class HopShape(Row):
    """`light` is how it stands now: late stays late until somebody confirms it."""

    unit: UnitRef
    post: str
    light: Light
    told_at: datetime | None
    due_at: datetime | None
    received_by: str
    received_at: datetime | None
    passed_at: datetime | None
    alone_at: datetime | None
    addition: str
    proof_state: str

    @staticmethod
    def resolve_post(hop: Any) -> str:
        return str(hop.post or "")

    @staticmethod
    def resolve_light(hop: Any) -> Light:
        return light(hop.facts, now=timezone.now())

    @staticmethod
    def resolve_received_by(hop: Any) -> str:
        return str(hop.received_by or "")


class HopDetail(HopShape):
    direction: str
    proofs: list[ProofShape]

    @staticmethod
    def resolve_direction(hop: Any) -> str:
        return str(hop.direction.public_id)

    @staticmethod
    def resolve_proofs(hop: Any) -> list[Any]:
        rows = hop.proofs.select_related("officer", "decided_by").prefetch_related("photos__file")
        return list(rows.order_by("-pk"))


class DirectionShape(Row):
    """`unchanged`: titles and words still have the hash that they were given with."""

    kind: str
    title: str
    titles: dict[str, str]
    words: dict[str, str]
    sha256: str
    unchanged: bool
    unit: UnitRef
    police_only: bool
    at_once: bool
    limit_minutes: int
    proof: str
    proof_words: str
    proof_due_at: datetime | None
    given_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_unchanged(direction: Any) -> bool:
        return rule.is_unchanged(direction)


class DirectionPage(Schema):
    items: list[DirectionShape]
    next: str


class HopList(Schema):
    items: list[HopShape]


class GiveDirection(Body):
    """`group` is the id of the group where it begins; `words` by language, "" for everybody else.
    `titles`, too, but for everybody else there is `title`."""

    group: Id
    title: shapes.Line
    titles: Titles = {}
    words: Words
    kind: Annotated[Direction.Kind, described("Kind of a direction", Direction.Kind)] = (
        Direction.Kind.INSTRUCTION
    )
    police_only: bool = False
    at_once: bool = False
    limit_minutes: Annotated[int, Ge(5), Le(20160)] = 240
    reminders: Annotated[int, Ge(0), Le(5)] = 1
    proof: Annotated[Direction.Proof, described("What is asked as proof", Direction.Proof)] = (
        Direction.Proof.NONE
    )
    proof_words: shapes.Line = ""
    proof_of_all: bool = False
    proof_due_at: shapes.Moment | None = None


class Why(Body):
    why: shapes.Line


class AddedWords(Body):
    words: shapes.Optional = ""


class DecideProof(Body):
    decision: Annotated[Proof.State, described("State of a proof", Proof.State)]
    remark: shapes.Line = ""


class ProofFacts(Schema):
    text: shapes.Optional = ""
    lat: shapes.Latitude | None = None
    lng: shapes.Longitude | None = None


DIRECTION: Any = {200: DirectionShape, **PROBLEMS}
HOP: Any = {200: HopDetail, **PROBLEMS}


@router.get("", response={200: DirectionPage, **PROBLEMS})
@needs(Permission.GROUPS)
def list_directions(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Instructions that the officer gave or stands above, and those that reached his groups, the newest first."""
    rows = queries.directions_of(request.scope)
    return paging.newest_first(rows, field="given_at", cursor=cursor, limit=limit)


@router.post("", response=DIRECTION)
@needs(Permission.DIRECT)
def give_direction(request: HttpRequest, body: GiveDirection) -> Direction:
    """Give an instruction to a group and all below it."""
    units = sorted(request.scope.units_with(Permission.GROUPS))
    groups = Group.objects.filter(visible_to__overlap=units).select_related("unit")
    facts = body.model_dump(exclude={"group", "limit_minutes"})
    made = directing.give(
        New(
            group=get_object_or_404(groups, public_id=body.group),
            limit=timedelta(minutes=body.limit_minutes),
            **facts,
        ),
        by=request.scope,
        now=timezone.now(),
    )
    return queries.direction_or_404(made.public_id, request.scope)


@router.get("/{id}", response=DIRECTION)
@needs(Permission.GROUPS)
def get_direction(request: HttpRequest, id: Id) -> Direction:
    """One instruction."""
    return queries.direction_or_404(id, request.scope)


@router.post("/{id}/end", response=DIRECTION)
@needs(Permission.DIRECT)
def end_direction(request: HttpRequest, id: Id, body: Why) -> Direction:
    """Nothing more is asked of anybody."""
    found = queries.direction_or_404(id, request.scope)
    directing.end(direction=found, why=body.why, by=request.scope, now=timezone.now())
    return queries.direction_or_404(id, request.scope)


@router.get("/{id}/hops", response={200: HopList, **PROBLEMS})
@needs(Permission.GROUPS)
def list_hops(request: HttpRequest, id: Id, light_is: Light | None = None) -> dict[str, Any]:
    """Each group on its way that the officer sees, the higher ones first; `light_is` narrows to one light."""
    found = queries.direction_or_404(id, request.scope)
    rows = queries.hops_of(request.scope).filter(direction=found).select_related("received_by")
    now = timezone.now()
    return {
        "items": [
            hop for hop in rows.order_by("path") if light_is is None or light(hop.facts, now=now) == light_is
        ]
    }


@hops.get("/{id}", response=HOP)
@needs(Permission.GROUPS)
def get_hop(request: HttpRequest, id: Id) -> Hop:
    """One group's place on the way, with its proof."""
    return queries.hop_or_404(id, request.scope)


@hops.post("/{id}/receive", response=HOP)
@needs(Permission.GROUPS)
def receive(request: HttpRequest, id: Id) -> Hop:
    """“I have received this”, by name."""
    relaying.receive(hop=queries.hop_or_404(id, request.scope), by=request.scope, now=timezone.now())
    return queries.hop_or_404(id, request.scope)


@hops.post("/{id}/pass_on", response=HOP)
@needs(Permission.GROUPS)
def pass_on(request: HttpRequest, id: Id, body: AddedWords) -> Hop:
    """Pass it on to members and the level below, perhaps with words of one's own."""
    found = queries.hop_or_404(id, request.scope)
    relaying.pass_on(hop=found, words=body.words, by=request.scope, now=timezone.now())
    return queries.hop_or_404(id, request.scope)


@hops.post("/{id}/proof", response=HOP)
@needs(Permission.GROUPS)
def send_proof(
    request: HttpRequest, id: Id, facts: Form[ProofFacts], file: File[UploadedFile | None] = None
) -> Hop:
    """Send a photo, an answer, or both."""
    found, now = queries.hop_or_404(id, request.scope), timezone.now()
    taken: list[Taken] = uploads.take([file] if file else [], kinds=("image",))
    try:
        proving.send(
            hop=found,
            text=facts.text,
            files=taken,
            by=request.scope,
            now=now,
            place=Place(facts.lat, facts.lng),
        )
    except Refused:
        uploads.drop(taken)
        raise
    return queries.hop_or_404(id, request.scope)


@hops.post("/{id}/excuse", response=HOP)
@needs(Permission.DIRECT)
def excuse(request: HttpRequest, id: Id, body: Why) -> Hop:
    """The instruction does not apply to this unit: no proof is asked of it."""
    found = queries.hop_or_404(id, request.scope)
    proving.excuse(hop=found, why=body.why, by=request.scope, now=timezone.now())
    return queries.hop_or_404(id, request.scope)


@proofs.post("/{id}/judge", response=HOP)
@needs(Permission.DIRECT)
def judge(request: HttpRequest, id: Id, body: DecideProof) -> Hop:
    """Verify a proof or reject it with a remark."""
    proof = get_object_or_404(Proof.objects.select_related("hop"), public_id=id)
    found = queries.hop_or_404(proof.hop.public_id, request.scope)
    proving.judge(
        proof=proof, decision=body.decision, remark=body.remark, by=request.scope, now=timezone.now()
    )
    return queries.hop_or_404(found.public_id, request.scope)
