"""Somebody asks to join a group: on its public page, or by a message. Nobody sees it before the number is proved.

The page knows only the applicant's own row, by the code that it gave out; everything else is done by the worker.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit, keys
from rabta.cases.refusal import Refused
from rabta.channels.registry import BY_KIND
from rabta.force import access
from rabta.force.access import system
from rabta.groups import kinds, members
from rabta.groups.models import Application, Door, Group, Member, Membership
from rabta.journey.groups.members import letters, vetting
from rabta.journey.groups.members.letters import receipt_digest
from rabta.kit import ids
from rabta.outbox.models import Address, Delivery
from rabta.people import handles
from rabta.rules.vetting import code_fits

WHY = "taking in who wants to join a group"
REFEREES = 2
A_DAY, CODES_A_DAY = timedelta(days=1), 5
DIGITS = 6
SCHEME = "phone"
JOURNALIST, CITIZEN = "journalist", "citizen"


@dataclass(frozen=True, kw_only=True)
class Referee:
    """Somebody who speaks for the applicant."""

    name: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the applicant says of himself. `handle` and `address` are his number; of a messenger its id and address."""

    name: str
    address: str
    kind: str
    handle: str = ""
    scheme: str = SCHEME
    language: str = ""
    section: str = ""
    place: str = ""
    lat: float | None = None
    lng: float | None = None
    referees: Sequence[Referee] = ()


def kinds_for(group: Group) -> list[kinds.Kind]:
    """What somebody can ask to become in this group. An office of another department is named by an officer."""
    fitting = {Group.Kind.MEDIA: {JOURNALIST}, Group.Kind.CITIZENS: {CITIZEN}}
    volunteers = {code for code, kind in kinds.kinds().items() if kind.vetted} - {JOURNALIST}
    wanted = fitting.get(Group.Kind(group.kind), volunteers)
    return [kind for code, kind in kinds.kinds().items() if code in wanted]


def apply(*, door: Door, asked: Asked, now: datetime) -> str:
    """Take the application down, and have a code sent to the number. Returns what the applicant comes back with."""
    code = ids.receipt_code()
    access.enter_receipt(receipt_digest(code))
    made = _application(door=door, group=door.group, asked=asked, via=_via(door), now=now)
    made.channel = letters.channel_for(door.group.unit_id, now=now)
    made.receipt = receipt_digest(code)
    if not made.channel:
        raise Refused(_("No number of the police can write to you yet. Please ask at the police station."))
    made.save()
    _defer("send_join_code", application_id=made.pk)
    return code


def opened(code: str) -> Application | None:
    """The application of a code; from then on the running transaction sees it."""
    digest = receipt_digest(code)
    access.enter_receipt(digest)
    return Application.objects.filter(receipt=digest).first()


def prove(*, application: Application, code: str, now: datetime) -> bool:
    """Whether the six digits are those that were sent: the number is the applicant's then. Refused after five tries."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.proved_at:
        return True
    if not code_fits(sent_at=held.code_sent_at, tries=held.tries, now=now):
        raise Refused(_("This code is not good any more. Begin again, and a new one is sent."))
    held.tries += 1
    if not secrets.compare_digest(held.code, _code_digest(held, code)):
        held.save(update_fields=["tries"])
        return False
    held.proved_at = now
    held.save(update_fields=["tries", "proved_at"])
    _defer("take_application", application_id=held.pk)
    return True


def send_code(application_id: int, *, now: datetime) -> None:
    """Send the six digits. Once, however often the job runs."""
    with system(WHY):
        held = _held(application_id)
        if held is None or held.code_sent_at or held.proved_at or _enough(held, now=now):
            return
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        held.code, held.code_sent_at = _code_digest(held, code), now
        held.save(update_fields=["code", "code_sent_at"])
        _write(held, "code", now=now, code=code, priority=Delivery.Priority.URGENT)


def _enough(held: Application, *, now: datetime) -> bool:
    """Whether this number was sent codes enough for a day: anybody can type anybody's number."""
    sent = Application.objects.filter(digest=held.digest, code_sent_at__gt=now - A_DAY)
    return sent.count() >= CODES_A_DAY


def take(application_id: int, *, now: datetime) -> None:
    """The number is proved: the applicant is known from now on, and the station sees what he asks."""
    with system(WHY):
        held = _held(application_id)
        if held is not None and held.proved_at and held.state == Application.State.UNPROVED:
            _take(held, now=now)


def _take(held: Application, *, now: datetime) -> None:
    said = sealed_facts(held)
    member = members.find([(said["scheme"], said["handle"])]).get((said["scheme"], said["handle"]))
    if member and Membership.objects.filter(group=held.group, member=member, ended_at=None).exists():
        _write(held, "already", now=now)
        held.delete()
        return
    if Application.objects.filter(
        group=held.group, digest=held.digest, state=Application.State.OPEN
    ).exists():
        _write(held, "taken", now=now)
        held.delete()
        return
    held.member = _renewed(member, held, said) if member else _new(held, said, now=now)
    held.state = Application.State.OPEN
    held.save(update_fields=["member", "state"])
    if held.door and held.door.invitation:
        Door.objects.filter(pk=held.door.pk, closed_at=None).update(closed_at=now)
    audit.record("asked_to_join", now=now, reason=WHY, subject="member", ids=[held.member.pk])
    if kinds.kinds()[held.kind].vetted:
        _write(held, "taken", now=now)
    else:
        vetting.accept_at_once(held, now=now)


def _new(held: Application, said: dict[str, str], *, now: datetime) -> Member:
    return members.made(
        scheme=said["scheme"], handle=said["handle"], address=said["address"], name=said["name"],
        unit=held.group.unit, channel=held.channel, kind=held.kind, now=now, section=held.section,
        language=held.language, lat=held.lat, lng=held.lng,
    )  # fmt: skip


def _renewed(member: Member, held: Application, said: dict[str, str]) -> Member:
    """Somebody who was known: what he says now counts, unless he has a place elsewhere."""
    if member.state != Member.State.ACTIVE:
        member.shown = members.seal_shown(name=said["name"], number=said["address"])
        member.name_keys = members.keys_of(said["name"])
        member.state, member.kind, member.section = Member.State.APPLIED, held.kind, held.section
        member.language, member.unit, member.visible_to = held.language, held.group.unit, held.visible_to
        member.lat, member.lng, member.ended_at = held.lat, held.lng, None
        member.save()
    return member


def begin(*, door: Door, asked: Asked, channel: str, via: str, now: datetime) -> None:
    """A wish to join from a number that needs no proof: it was written from there. Where anybody can write in another's
    name (SMS), the number is sent its six digits first."""
    made = _application(door=door, group=door.group, asked=asked, via=via, now=now)
    forgeable = via == "message" and BY_KIND[channel].forgeable  # on the page it was proved
    made.channel, made.proved_at = channel, None if forgeable else now
    made.receipt = receipt_digest(ids.receipt_code())
    made.save()
    if forgeable:
        _defer("send_join_code", application_id=made.pk)
    else:
        _take(made, now=now)


def waiting_for(*, digest: bytes, code: str, now: datetime) -> Application | None:
    """The application whose six digits somebody writes from the number itself; wrong ones count, as on the page."""
    if len(code) != DIGITS or not code.isdecimal():
        return None
    rows = Application.objects.select_for_update().filter(
        digest=digest, state=Application.State.UNPROVED, proved_at=None
    )
    for one in rows.order_by("pk"):
        if not code_fits(sent_at=one.code_sent_at, tries=one.tries, now=now):
            continue
        if secrets.compare_digest(one.code, _code_digest(one, code)):
            return one
        Application.objects.filter(pk=one.pk).update(tries=one.tries + 1)
    return None


def prove_by_message(application: Application, *, now: datetime) -> None:
    """He wrote the code from the number itself."""
    Application.objects.filter(pk=application.pk).update(proved_at=now)
    application.proved_at = now
    _take(application, now=now)


def sealed_facts(application: Application) -> dict[str, str]:
    """Name, number, place and referees as they were sealed; empty when they were erased."""
    if application.sealed is None:
        return {}
    facts: dict[str, str] = json.loads(keys.fernet("desk").decrypt(bytes(application.sealed)))
    return facts


def _application(*, door: Door, group: Group, asked: Asked, via: str, now: datetime) -> Application:
    handle = asked.handle or asked.address
    facts = {
        "scheme": asked.scheme,
        "handle": handle,
        "address": asked.address,
        "name": asked.name,
        "place": asked.place,
        "referees": [{"name": one.name, "number": one.number} for one in asked.referees],
    }
    address = address_for(scheme=asked.scheme, handle=handle, address=asked.address)
    return Application(
        door=door, group=group, visible_to=group.visible_to, via=via, address=address,
        digest=members.digest_of(scheme=asked.scheme, handle=handle),
        sealed=keys.fernet("desk").encrypt(json.dumps(facts, ensure_ascii=False).encode()),
        referees=[members.digest_of(scheme=SCHEME, handle=one.number) for one in asked.referees if one.number],
        kind=asked.kind, section=asked.section, language=asked.language, lat=asked.lat, lng=asked.lng, asked_at=now,
    )  # fmt: skip


def address_for(*, scheme: str, handle: str, address: str) -> Address:
    """Where letters go to somebody who is no member yet, sealed to the relay."""
    sealed = keys.seal_each_for("relay", [address.encode()])[0]
    return Address.objects.create(digest=handles.digest_of(scheme=scheme, handle=handle), sealed=sealed)


def _via(door: Door) -> str:
    return "invitation" if door.invitation else "qr"


def _held(application_id: int) -> Application | None:
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("group__unit", "address", "door").filter(pk=application_id).first()


def _code_digest(application: Application, code: str) -> str:
    digits = "".join(str(int(one)) for one in code if one.isdecimal())
    return keys.digest(f"join code:{application.public_id}", digits).hex()


def _write(held: Application, letter: str, *, now: datetime, **values: object) -> None:
    letters.write(
        group=held.group, address=held.address, channel=held.channel, account=None,
        language=held.language, letter=letter, now=now, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def _defer(task: str, **ids_only: int) -> None:
    name = f"rabta.jobs.tasks.{task}"
    deferred.configure_task(name, allow_unknown=True, queue="groups").defer(**ids_only)
