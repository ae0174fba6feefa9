"""Cases that another force's Rabta hands to ours, by a key of its own.

The same request may come as often as it likes: the first one puts the case into the journal, like any message, and each
is answered with our reference number as soon as there is one (202 until then).
"""

import contextlib
from typing import Annotated, Any

from allauth.core import ratelimit
from annotated_types import Len
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status
from ninja.errors import HttpError, ValidationError
from ninja.files import UploadedFile
from pydantic import ValidationError as Misshapen

from rabta.channels import accounts
from rabta.channels.force import CHANNEL
from rabta.channels.webform import HANDED
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.files.uploads import Taken
from rabta.intake import forms
from rabta.intake.forms import Entry
from rabta.kit import phones
from rabta.people.models import Safe
from rabta.triage import tables
from rabta.web.api import shapes
from rabta.web.api.auth import ByForce
from rabta.web.citizen import receipt
from rabta.web.citizen.forms import KINDS

PROBLEMS = dict.fromkeys((400, 401, 404, 422, 429), shapes.Problem)
MOST_FILES = 20
NO_FILES: Any = File(default=[])
LONGEST = 60_000
_FIRST = """
    INSERT INTO cases_handed (force, number, reference, left_out, at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""

router = Router(tags=["other forces"], auth=ByForce())
Said = Annotated[str, shapes.StringConstraints(max_length=LONGEST), shapes.AfterValidator(shapes.without_nul)]


class HandedPlace(Schema):
    name: shapes.Line = ""
    lat: shapes.Latitude | None = None
    lng: shapes.Longitude | None = None


class Person(Schema):
    name: Annotated[shapes.Line, Len(max_length=200)] = ""
    number: Annotated[shapes.Line, Len(max_length=40)] = ""


class Papers(Schema):
    """What the other force tells. `number` is that of its transfer, once only; `left_out` files stayed there.

    Without `person` it does not say who it was. `tip`: the source is kept as it was there. What a later version tells
    and this one does not know is left out.
    """

    number: shapes.PublicId
    reference: Annotated[shapes.Line, Len(min_length=1, max_length=20)]
    opened_at: shapes.Moment
    language: Annotated[shapes.Line, Len(max_length=8)] = ""
    category: Annotated[shapes.Line, Len(max_length=40)] = ""
    tip: bool = False
    text: Said = ""
    place: HandedPlace = HandedPlace()
    person: Person = Person()
    safe: Safe = Safe.UNKNOWN
    left_out: Annotated[int, shapes.Ge(0), shapes.Le(1000)] = 0


class Number(Schema):
    """Our reference number. Empty until the case has been read: then ask again, with the same request."""

    reference: str


@router.post("", response={200: Number, 202: Number, **PROBLEMS})
def hand_in(request: HttpRequest, papers: Form[Said], files: list[UploadedFile] = NO_FILES) -> Any:
    """Take a case over: `papers` is JSON (`number`, `reference`, `opened_at`, `text` …), `files` come with it."""
    force, given = request.auth, _papers(papers)  # type: ignore[attr-defined]
    key = f"{force}:{given.number}"
    reference = _reference(key)
    if not reference:
        _take(request, key, given, files)
    return Status(200 if reference else 202, {"reference": reference})


def _papers(text: str) -> Papers:
    try:
        return Papers.model_validate_json(text)
    except Misshapen as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        raise ValidationError([dict(one, loc=("papers", *one["loc"])) for one in wrong]) from None


def _reference(key: str) -> str:
    """Our number of the case that came with this key; empty as long as there is none."""
    case = receipt.open_case(forms.code_of(key))
    return case.reference if case else ""


def _take(request: HttpRequest, key: str, given: Papers, files: list[UploadedFile]) -> None:
    """Into the journal, unless it is there already. Files that we do not take are counted: they stayed there."""
    force = request.auth  # type: ignore[attr-defined]
    taken, refused = _files(files)
    now, left_out = timezone.now(), given.left_out + refused
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [force, given.number, given.reference, left_out, now])
        first = cursor.rowcount == 1
    if not first:
        uploads.drop(taken)
        return
    if not ratelimit.consume(
        request, action="handed", key=force
    ):  # a key that somebody stole, or a loop over there
        uploads.drop(taken)
        raise HttpError(429, _("That were many cases in one hour. Send this one again later."))
    account = accounts.by_itself(CHANNEL)
    forms.submit(
        account=account, entry=_entry(force, key, given), files=uploads.keep(taken, now=now), now=now
    )


def _files(files: list[UploadedFile]) -> tuple[list[Taken], int]:
    taken: list[Taken] = []
    for file in files[:MOST_FILES]:
        with contextlib.suppress(UploadRefused):
            taken += uploads.take([file], kinds=KINDS)
    return taken, len(files) - len(taken)


def _entry(force: str, key: str, given: Papers) -> Entry:
    """The case as somebody's words. A number that is none of a telephone stands with the name."""
    number = phones.parse(given.person.number, region=settings.REGION) if given.person.number else ""
    name = given.person.name if number is not None else f"{given.person.name} {given.person.number}"
    return Entry(
        submission=key,
        text=given.text.strip() or given.reference,
        language=given.language,
        category=given.category if given.category in tables.categories() else "",
        place=given.place.name,
        lat=given.place.lat,
        lng=given.place.lng,
        name=name.strip()[:100],
        phone=number or "",
        safe=given.safe,
        met=HANDED,
        at=given.opened_at,
        handed_by=force,
        handed=given.number,
        tip=given.tip,
    )
