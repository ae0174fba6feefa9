"""What operators and commanders decide on a case."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rabta.cases import arrival
from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Kind, Message, State, Withheld
from rabta.cases.protection import protect_authors
from rabta.cases.refusal import Refused
from rabta.cases.visibility import show
from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.journey import enclosing, judge
from rabta.journey.checks import allowed, is_known, is_open, locked, said_something
from rabta.journey.withheld import withdraw, withhold
from rabta.kit import ids
from rabta.outbox import watching
from rabta.people.models import Safe
from rabta.replying.in_public import post_before
from rabta.replying.letters import language_for, safe_of, say, to_citizen
from rabta.review import dues
from rabta.review import tables as limits
from rabta.triage import tables

UNDO = timedelta(seconds=5)  # how long a reply can be taken back


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
    if safe_of(case) == Safe.NO:
        raise Refused(_("This person said that it is not safe to write here. Nothing was sent."))
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


def split(*, message: Message, by: Scope, now: datetime) -> Case:
    """Open a case of its own from a message that had joined another, or that had been held as a greeting.

    Twice (a second press, two operators) it opens one. The case that it leaves does not tell of an accusation.
    """
    message = _locked_message(message)
    if message.case:
        actor = allowed(by, Permission.HANDLE_CASES, message.case)
    elif by.may(Permission.HANDLE_CASES, message):
        actor = Actor.of(by, Permission.HANDLE_CASES, message)
    else:
        raise Refused(_("None of your postings allows this here."))
    if message.direction != Message.Direction.IN:
        raise Refused(_("Only what the citizen wrote can become a case."))
    old, directory = message.case, force_directory.current(now=now)
    if old and _opened_from(message, old):
        raise Refused(_("This was already received."))
    case = Case(
        conversation=message.conversation,
        account=message.conversation.account,
        desk_unit_id=message.conversation.account.unit_id,
        opened_at=message.received_at,
        last_in_at=message.received_at,
        changed_at=now,
        subject=arrival.subject_of(message.text),
        language=message.language,
        lat=message.lat,
        lng=message.lng,
        place_source="pin" if message.lat is not None else "",
        reference=ids.reference(prefix=directory.reference_prefix(message.conversation.account.unit_id)),
    )
    judge.apply_words(case, texts=message.text, choices={}, directory=directory)
    if old:
        _inherit(case, old)
    judge.decide_route(case, texts=message.text, directory=directory)
    # until all is written: it may go out of the actor's own sight
    case.visible_to, case.hidden_from = message.visible_to, message.hidden_from
    case.save()
    message.case, message.noise = case, ""
    message.save(update_fields=["case", "noise"])
    if case.withheld:
        protect_authors([case], now=now)
    record(case, "opened", now=now, actor=actor, split_from=old.reference if old else "")
    if old:
        _leave(old, into=case, actor=actor, now=now)
    show(case, directory=directory)
    return case


def _locked_message(message: Message) -> Message:
    rows = Message.objects.select_for_update(of=("self",))
    return rows.select_related("case", "conversation__account", "conversation__handle").get(pk=message.pk)


def _opened_from(message: Message, case: Case) -> bool:
    """Whether the case was made of this very message."""
    others = case.messages.filter(direction=Message.Direction.IN).exclude(pk=message.pk)
    return case.events.filter(what="opened", data__has_key="split_from").exists() and not others.exists()


def _leave(old: Case, *, into: Case, actor: Actor, now: datetime) -> None:
    """A message left the case. Who reads that one reads nothing of a case that is kept from him."""
    old.split_offered_at = None
    if into.withheld:
        old.save(update_fields=["split_offered_at"])
    else:
        _save(old, ["split_offered_at"], "split", now=now, actor=actor, into=into.reference)


def _inherit(case: Case, old: Case) -> None:
    """The author of a split message still reads its answer by the same receipt code, and stays as protected."""
    case.receipt_digest, case.named_officers, case.safe = old.receipt_digest, old.named_officers, old.safe
    if old.withheld and not case.withheld:
        case.withheld, case.withheld_why = old.withheld, old.withheld_why
        case.desk_unit_id, case.accused_unit_id = old.desk_unit_id, old.accused_unit_id
        case.accused_officers = old.accused_officers


def _save(case: Case, fields: list[str], what: str, *, now: datetime, actor: Actor, **data: object) -> None:
    """Save the named fields with the time of change, and the event."""
    case.changed_at = now
    case.save(update_fields=[*fields, "changed_at"])
    record(case, what, now=now, actor=actor, **data)
