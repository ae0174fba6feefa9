"""The named cast: a force of two districts, the officers in it, its accounts, and citizens with a telephone.

    Headquarters (force) ── desk, CTD, women's cell, cyber cell
    ├── Peshawar (district) ── desk, number of its own
    │   └── City (circle) ── Kotwali, Gulbahar (stations; the SHO of Gulbahar is linked to Kotwali's)
    └── Mardan (district) ── desk
        └── Rural (circle) ── Katlang (vacant, linked to Rustam), Rustam

Areas are squares of a tenth of a degree, so that a point can be told from its numbers.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from django.db import connection

from rabta import journey
from rabta.channels import accounts
from rabta.force import access, directory
from rabta.force.access import Scope
from rabta.force.models import Officer, PlaceName, Post, Posting, Role, Unit
from rabta.intake import journal
from rabta.kit import scripts
from tests.intake import bodies
from tests.web.small_force import officer, post_of, unit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KOTWALI, GULBAHAR, KATLANG, RUSTAM = (34.05, 71.55), (34.05, 71.65), (34.35, 72.05), (34.35, 72.15)
ISLAMABAD = (33.68, 73.05)
HQ_NUMBER, PESHAWAR_NUMBER = bodies.FIRST, bodies.SECOND
numbers = count(1)


def make() -> SimpleNamespace:
    """The whole cast, in the running transaction."""
    directory.forget()
    cast = SimpleNamespace()
    _units(cast)
    _officers(cast)
    _accounts(cast)
    return cast


def _units(cast: SimpleNamespace) -> None:
    cast.hq = unit("hq", level="force")
    cast.desk_hq = unit("desk-hq", cast.hq, level="desk")
    for name in ("ctd", "women", "cyber"):
        cell = unit(name, cast.hq, level="cell")
        cell.function = name
        cell.save()
        setattr(cast, name, cell)
    cast.peshawar, cast.mardan = (unit(name, cast.hq, level="district") for name in ("peshawar", "mardan"))
    cast.desk_peshawar = unit("desk-peshawar", cast.peshawar, level="desk")
    cast.desk_mardan = unit("desk-mardan", cast.mardan, level="desk")
    cast.city, cast.rural = (
        unit("city", cast.peshawar, level="circle"),
        unit("rural", cast.mardan, level="circle"),
    )
    cast.kotwali = _station("kotwali", cast.city, KOTWALI, "कोतवाली", "کوتوالی")
    cast.gulbahar = _station("gulbahar", cast.city, GULBAHAR, "गुलबहार", "گلبہار")
    cast.katlang = _station("katlang", cast.rural, KATLANG, "काटलंग", "کاٹلنگ")
    cast.rustam = _station("rustam", cast.rural, RUSTAM, "रुस्तम", "رستم")


def _station(code: str, circle: Unit, middle: tuple[float, float], *forms: str) -> Unit:
    """A station with a square of ground around this point, and its own name as the name of a place there."""
    made = unit(code, circle, level="station")
    (south, west), (north, east) = [(middle[0] + d, middle[1] + d) for d in (-0.05, 0.05)]
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    made.area = {"type": "Polygon", "coordinates": [corners]}
    made.save()
    spelt = sorted({scripts.normalise(form) for form in (code, *forms)})
    PlaceName.objects.create(unit=made, name=code.title(), lat=middle[0], lng=middle[1], forms=spelt)
    return made


def _officers(cast: SimpleNamespace) -> None:
    held = {
        "igp": (Role.CHIEF, cast.hq, "en"),
        "oversight": (Role.OVERSIGHT, cast.hq, "en"),
        "administrator": (Role.ADMINISTRATOR, cast.hq, "en"),
        "desk_head": (Role.DESK_HEAD, cast.desk_hq, "en"),
        "operator": (Role.DESK_OPERATOR, cast.desk_hq, "en"),
        "operator_peshawar": (Role.DESK_OPERATOR, cast.desk_peshawar, "en"),
        "operator_mardan": (Role.DESK_OPERATOR, cast.desk_mardan, "hi"),
        "sp": (Role.DISTRICT_HEAD, cast.peshawar, "en"),
        "sp_mardan": (Role.DISTRICT_HEAD, cast.mardan, "en"),
        "co": (Role.CIRCLE_OFFICER, cast.city, "ur"),
        "co_rural": (Role.CIRCLE_OFFICER, cast.rural, "ur"),
        "sho": (Role.SHO, cast.kotwali, "en"),
        "sho_gulbahar": (Role.SHO, cast.gulbahar, "ur"),
        "sho_rustam": (Role.SHO, cast.rustam, "en"),
        "ctd_head": (Role.CELL_HEAD, cast.ctd, "en"),
        "women_head": (Role.CELL_HEAD, cast.women, "en"),
        "cyber_head": (Role.CELL_HEAD, cast.cyber, "en"),
    }
    for n, (name, (role, at, language)) in enumerate(held.items(), start=1):
        made = officer(name.replace("_", "-"), role, at)
        made.phone, made.language = f"+9230000000{n:02d}", language
        made.save()
        setattr(cast, name, made)
    cast.officers = tuple(held)
    cast.nobody = Officer.objects.create(username="nobody", name="Nobody", password="!")
    cast.vacant = Post.objects.create(
        code="sho-katlang",
        name="SHO Katlang",
        unit=cast.katlang,
        role=Role.SHO,
        linked_post=post_of(cast.sho_rustam),
    )
    Post.objects.filter(postings__officer=cast.sho_gulbahar).update(linked_post=post_of(cast.sho))


def _accounts(cast: SimpleNamespace) -> None:
    values = {"app_secret": bodies.SECRET, "access_token": "token", "verify_token": "word"}
    cast.app = accounts.create_credential(channel="whatsapp", name="app", values=values)
    cast.number = accounts.create_account(
        credential=cast.app, name="Headquarters", external_id=HQ_NUMBER, unit=cast.hq
    )
    cast.number_peshawar = accounts.create_account(
        credential=cast.app, name="Peshawar", external_id=PESHAWAR_NUMBER, unit=cast.peshawar
    )
    forms = accounts.create_credential(channel="webform", name="forms", values={})
    cast.form = accounts.create_account(
        credential=forms, name="Form", external_id="form", unit=cast.hq, address="/form"
    )


@dataclass
class Citizen:
    """Somebody with a telephone. What they do comes as the provider would put it, to be posted by `deliver`."""

    phone: str = field(default_factory=lambda: f"92301{next(numbers):07d}")
    to: str = HQ_NUMBER

    def says(self, text: str, **more: Any) -> bodies.Json:
        return self._message("text", text={"body": text}, **more)

    def pins(self, point: tuple[float, float], **more: Any) -> bodies.Json:
        place = {"latitude": point[0], "longitude": point[1]}
        return self._message("location", location=place, **more)

    def photographs(self, caption: str = "", **more: Any) -> bodies.Json:
        image = {"id": f"{next(numbers)}", "mime_type": "image/jpeg", "sha256": "ab" * 32}
        return self._message("image", image=image | ({"caption": caption} if caption else {}), **more)

    def sends_file(self, name: str) -> bodies.Json:
        file = {"id": f"{next(numbers)}", "mime_type": "application/pdf", "filename": name}
        return self._message("document", document=file)

    def edits(self, message: bodies.Json, text: str) -> bodies.Json:
        edit = {"original_message_id": message["id"], "message": {"type": "text", "text": {"body": text}}}
        return self._message("edit", edit=edit)

    def revokes(self, message: bodies.Json) -> bodies.Json:
        return self._message("revoke", revoke={"original_message_id": message["id"]})

    def reacts(self, message: bodies.Json, emoji: str) -> bodies.Json:
        return self._message("reaction", reaction={"message_id": message["id"], "emoji": emoji})

    def _message(self, kind: str, *, answers: str = "", **parts: Any) -> bodies.Json:
        made = {
            "from": self.phone,
            "id": f"wamid.{next(numbers)}",
            "timestamp": "1763720000",
            "type": kind,
        } | parts
        return made | ({"context": {"id": answers}} if answers else {})


def deliver(cast: SimpleNamespace, *messages: bodies.Json, at: datetime = NOW, to: str = HQ_NUMBER) -> bytes:
    """Put the messages into the journal in one body, as the gateway does; returns the body, for a replay."""
    raw = bodies.body(bodies.change(to, messages=list(messages)))
    journal.append(cast.app, raw, at)
    return raw


def read(*, at: datetime = NOW, limit: int = 200) -> int:
    """The worker reads the journal, with the worker's rights."""
    with _role("rabta_worker"):
        return journey.read_journal(limit=limit, now=at)


def hears(cast: SimpleNamespace, *messages: bodies.Json, at: datetime = NOW, to: str = HQ_NUMBER) -> None:
    """The messages come in and are read."""
    deliver(cast, *messages, at=at, to=to)
    read(at=at)


@contextlib.contextmanager
def acting(who: Officer, *, on: date = TODAY) -> Iterator[Scope]:
    """A request of this officer's browser: the web process's role, and what his postings let it see."""
    with _role("rabta_web"):
        scope = access.scope_of(who, on=on)
        access.enter(scope)
        yield scope


@contextlib.contextmanager
def as_role(role: str, **context: str) -> Iterator[None]:
    """This role, told of nobody but what `context` says (`units`, `receipt`, `system`)."""
    with _role(role), connection.cursor() as cursor:
        for name, value in context.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"rabta.{name}", value])
        yield


@contextlib.contextmanager
def _role(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('rabta.units', '', true), set_config('rabta.receipt', '', true),"
            " set_config('rabta.own', '', true), set_config('rabta.officer', '', true),"
            " set_config('rabta.system', '', true), set_config('rabta.groups', '', true)"
        )
        cursor.execute(f"SET ROLE {role}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def post_named(who: Officer) -> Post:
    """The post that the officer holds."""
    return post_of(who)


def also_holds(who: Officer, post: Post) -> Posting:
    """An additional charge from now on."""
    return Posting.objects.create(officer=who, post=post, starts=TODAY, kind=Posting.Kind.ADDITIONAL)
