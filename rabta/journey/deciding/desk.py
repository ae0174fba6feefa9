"""What operators and commanders decide on a case."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Kind, Message, State, Withheld
from rabta.cases.refusal import Refused
from rabta.cases.visibility import show
from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.journey.arriving import judge
from rabta.journey.checks import allowed, is_known, is_open, is_safe, locked, said_something
from rabta.journey.deciding import enclosing
from rabta.journey.protecting.withheld import withdraw, withhold
from rabta.outbox import watching
from rabta.replying.in_public import post_before
from rabta.replying.letters import language_for, say, to_citizen
from rabta.review import dues
from rabta.review import tables as limits
from rabta.triage import tables

# How long a reply can be taken back. The page counts five seconds from its answer on; on a slow line a press is late.
UNDO = timedelta(seconds=8)


def reply(
    *,
    case: Case,
    text: str,
    by: Scope,
    now: datetime,
    file: StoredFile | None = None,
    quotes: Message | None = None,
) -> Message:
    """Answer the citizen, perhaps with a file, quoting a message or not.

    The message leaves after a few seconds, in which it can be taken back.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    if file is None or text.strip():
        text = said_something(text)
    case = locked(case)
    is_known(case)
    enclosing.check(case, file=file, text=text, now=now)
    is_safe(case)
    letter = to_citizen(
        case,
        text=text,
        language=language_for(case),
        automatic=False,
        author=by.officer,
        author_post_id=actor.post_id,
        hold=UNDO,
        answers=quotes or post_before(case),
        file=file,
    )
    (message,) = say([letter], now=now)
    if file:
        enclosing.attach(message, file)
    case.replied_at = case.replied_at or now
    _save(case, ["replied_at"], "replied", now=now, actor=actor, message=message.public_id)
    return message


def unsend(*, message: Message, by: Scope, now: datetime) -> None:
    """Take a reply back that has not left yet."""
    if message.case is None:
        raise Refused(_("The message has already been sent."))
    case = locked(message.case)
    actor = allowed(by, Permission.HANDLE_CASES, case)
    delivery = message.delivery
    taken = delivery is not None and type(delivery).objects.filter(
        pk=delivery.pk, state=delivery.State.QUEUED, attempts=0
    ).update(state=delivery.State.FAILED, failed_at=now, trouble=watching.TAKEN_BACK)
    if not taken:
        raise Refused(_("The message has already been sent."))
    Message.objects.filter(pk=message.pk).update(text="", revoked_at=now)
    _save(case, [], "unsent", now=now, actor=actor, message=message.public_id)


def note(*, case: Case, text: str, by: Scope, now: datetime) -> Message:
    """Write among ourselves; never sent to the citizen."""
    actor = allowed(by, Permission.SEE_CASES, case)
    text = said_something(text, limit=10_000)
    message = Message.objects.create(
        conversation=case.conversation,
        case=case,
        direction=Message.Direction.NOTE,
        text=text,
        author=by.officer,
        author_post_id=actor.post_id,
        received_at=now,
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
    )
    _save(case, [], "noted", now=now, actor=actor, message=message.public_id)
    return message


def categorise(*, case: Case, category: str, by: Scope, now: datetime) -> None:
    """Say what the case is about. Its limits count from the first message, as before."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    is_open(case)
    known = tables.categories().get(category)
    if known is None:
        raise Refused(_("Choose a category from the list."))
    case.category, case.category_source = known.code, "operator"
    case.kind, case.urgency = known.kind, known.urgency
    directory, was = force_directory.current(now=now), case.withheld
    dues.put_on(case, directory=directory, rules=limits.current(), pauses=case.pauses.all())
    if known.kind == Kind.AGAINST_POLICE and not case.withheld:
        withhold(case, Withheld.ACCUSATION, {"code": "accusation_by_desk"}, directory=directory, now=now)
        withdraw(case, directory=directory, now=now)
    elif known.restricted and not case.withheld and case.state == State.NEW:
        why = {"code": "restricted", "category": known.labels["en"]}
        withhold(case, Withheld.RESTRICTED, why, directory=directory, now=now)
    judge.refresh_route(case, directory=directory)
    case.save()
    if case.withheld != was:
        record(case, "withheld", now=now, actor=actor, reason=case.withheld)
    record(case, "categorised", now=now, actor=actor, category=category)
    show(case, directory=directory)  # last: it may go out of the actor's own sight


def place(*, case: Case, lat: float, lng: float, name: str, by: Scope, now: datetime) -> None:
    """Set the place on the map."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise Refused(_("Latitude lies between −90 and 90, longitude between −180 and 180."))
    case = locked(case)
    is_open(case)
    case.lat, case.lng, case.place_source = lat, lng, "operator"
    case.place = name.strip()[:200] or case.place
    judge.refresh_route(case, directory=force_directory.current(now=now))
    _save(
        case,
        ["lat", "lng", "place", "place_source", "routing_why", "waiting_why"],
        "placed",
        now=now,
        actor=actor,
    )


def _save(case: Case, fields: list[str], what: str, *, now: datetime, actor: Actor, **data: object) -> None:
    """Save the named fields with the time of change, and the event."""
    case.changed_at = now
    case.save(update_fields=[*fields, "changed_at"])
    record(case, what, now=now, actor=actor, **data)
