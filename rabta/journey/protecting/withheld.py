"""Cases that wait for a person: accusations against police, tips, restricted matters; and how one lets them go."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rabta.cases import holding, secret_matters
from rabta.cases.events import Actor, record
from rabta.cases.life import move
from rabta.cases.locking import lock
from rabta.cases.models import Case, Event, Kind, Message, Withheld
from rabta.cases.protection import protect_authors
from rabta.cases.refusal import Refused
from rabta.cases.visibility import show, sight_of
from rabta.channels.webform import EARLIER
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Officer, Unit
from rabta.journey.arriving import judge
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.journey.protecting import receiving
from rabta.journey.protecting.settled import is_settled
from rabta.rules.case_life import Act
from rabta.rules.matter import URGENT
from rabta.rules.visibility import within
from rabta.tasking import notify, orders
from rabta.triage import tables
from rabta.triage.assess import assess


def accuse(
    *,
    case: Case,
    accused_unit: Unit | None,
    by: Scope,
    now: datetime,
    accused_officers: Iterable[Officer] = (),
    desk: Unit | None = None,
) -> None:
    """Treat the case as an accusation against police: whoever is accused sees it no more, orders too near to them end.

    `accused_officers` are shut out wherever they serve, now or later, and with them the unit in which they serve
    today, which is taken for the accused one when none is named. Without either, nobody is known yet. `desk` is the
    unit whose desk receives it, one of `receiving.desks`; without it the one that the rule proposes.
    """
    actor = allowed(by, Permission.RELEASE, case)
    (case, *beside), directory = with_beside(case), force_directory.current(now=now)
    is_open(case)
    before = {holding.ALREADY: True} if case.withheld else {}
    officers = sorted({officer.pk for officer in accused_officers})
    case.accused_officers = officers
    case.accused_unit = accused_unit or receiving.unit_of(officers, directory)
    case.kind = Kind.AGAINST_POLICE
    withhold(case, Withheld.ACCUSATION, {"code": "accusation_by_desk"}, directory=directory, now=now)
    if desk:
        case.desk_unit = desk
    _has_somebody_outside(case, directory)
    withdraw(case, directory=directory, now=now)
    case.save()
    record(case, "withheld", now=now, actor=actor, reason=Withheld.ACCUSATION, **before)
    for other in beside:
        _keep_as_close(other, case, directory=directory, actor=actor, now=now)
    show(case, directory=directory)


def with_beside(case: Case) -> list[Case]:
    """The case, and then what waits beside it, locked: where it goes, that goes."""
    lock([case.pk, *(one.pk for one in secret_matters.kept_beside(case))])
    beside = secret_matters.kept_beside(case)  # and what came while we waited
    case, *beside = [locked(one) for one in (case, *beside)]
    return [case, *(one for one in beside if one.withheld_why.get("code") == secret_matters.BESIDE)]


def _keep_as_close(case: Case, secret: Case, *, directory: Directory, actor: Actor, now: datetime) -> None:
    """What was written beside the secret case goes where that goes: who is accused by now reads it no more."""
    secret_matters.keep_close(case, secret, now=case.runs_since)
    withdraw(case, directory=directory, now=now)
    case.save()
    record(case, "withheld", now=now, actor=actor, reason=Withheld.ACCUSATION, **{holding.ALREADY: True})
    show(case, directory=directory)


def _has_somebody_outside(case: Case, directory: Directory) -> None:
    if case.accused_unit and within(directory.path(case.desk_unit_id), tuple(case.accused_unit.path)):
        raise Refused(
            _(
                "Nobody stands outside %(unit)s: the case would have no reader. Name the officer who is accused, or"
                " have it set up who receives what is said against %(unit)s."
            )
            % {"unit": case.accused_unit}
        )


def release(*, case: Case, remark: str, by: Scope, now: datetime) -> None:
    """A person decided that the withheld case may be handled as any other; why is kept, for those who saw it so far."""
    actor = allowed(by, Permission.RELEASE, case)
    remark = said_something(remark, limit=1000)
    case, directory = locked(case), force_directory.current(now=now)
    is_open(case)
    if not case.withheld:
        raise Refused(_("The case is not withheld."))
    is_settled(case, now=now)
    since = holding.withheld_since(case)
    secret_matters.stands_alone(case)
    _forget_other_day(case)
    was, case.withheld, case.withheld_why = case.withheld, "", {}
    case.accused_unit, case.accused_officers = None, []
    if case.kind == Kind.AGAINST_POLICE:
        case.kind = Kind.COMPLAINT
    _forget_category(case)
    case.desk_unit_id = case.account.unit_id
    judge.refresh_route(case, directory=directory)
    opened = _only_kept_close(case)
    if opened and _is_named(case, directory=directory):
        # as if it had been an ordinary case: a history without a beginning would tell, too
        case.author_alias, since = "", opened.at + timedelta(microseconds=1)
    holding.hold(case, since=since, now=now)
    case.save()
    record(case, "released", now=now, actor=actor, was=was, remark=remark)
    show(case, directory=directory)


def _forget_other_day(case: Case) -> None:
    """A case that was kept as close as an accusation has that one's day, which would tell of it."""
    first = case.messages.filter(direction=Message.Direction.IN).order_by("id").first()
    if first is None:
        return
    before = first.sent_at if first.kind == EARLIER else None
    if case.opened_at < (before or first.received_at):
        case.opened_at, case.limits_from = before or first.received_at, first.received_at if before else None


def _only_kept_close(case: Case) -> Event | None:
    """How it was opened, where its words alone would have withheld nothing: beside a secret case, or out of one."""
    opened = case.events.filter(what="opened", data__has_key=secret_matters.BESIDE).first()
    return opened if opened and not assess(judge.texts_of(case)).withheld else None


def _is_named(case: Case, *, directory: Directory) -> bool:
    """Whether all who read the case from now on read the name of its author elsewhere. An alias beside it would tell
    them that there is a secret matter."""
    tasked = case.orders.values_list("unit_id", flat=True)
    readers = set(sight_of(case, tasked=tasked, directory=directory).visible_to)
    person = case.conversation.handle.person_id
    theirs = Case.objects.filter(conversation__handle__person=person, withheld="", author_alias="")
    named = theirs.filter(named_officers=[]).exclude(pk=case.pk).values_list("visible_to", flat=True)
    return any(readers <= set(units) for units in named)


def _forget_category(case: Case) -> None:
    """A category that says "against police" would tell the unit what it was taken for."""
    category = tables.categories().get(case.category)
    if category and category.kind == Kind.AGAINST_POLICE:
        case.category, case.category_source = "", ""


def withhold(case: Case, reason: str, why: dict[str, str], *, directory: Directory, now: datetime) -> None:
    """Keep the (locked) case back, and the names of all who told of it."""
    if case.withheld_why.get("code") == secret_matters.BESIDE:
        secret_matters.stands_alone(case)
    judge.withhold(case, reason=reason, why=why, directory=directory)
    parts = Case.objects.filter(part_of=case).select_related("conversation__handle__person")
    protect_authors([case, *parts], now=now)


def withdraw(case: Case, *, directory: Directory, now: datetime) -> None:
    """End the orders of whoever is too near to the accused; of all, while nobody knows who that is.

    What still waits to be sent to them does not leave, nor the word that an order of before has ended.
    """
    ends = receiving.ends(case, directory=directory)
    notify.take_back([order for order in case.orders.all() if ends(order)], now=now)
    if orders.withdraw(case, ends=ends, now=now):
        move(case, Act.GIVE_BACK)
        case.lead_unit = None


def may_go_out(case: Case, *, now: datetime) -> None:
    """Whether anybody may be ordered on it as it stands. Help that is asked for beside a secret case waits for no word
    on who is accused in that one: a person says who helps."""
    if not _asks_help_beside(case):
        is_released(case)
    is_placed(case, now=now)


def is_released(case: Case) -> None:
    """An accusation goes to no unit until a person released it or named the accused."""
    if _accuses_nobody_yet(case):
        raise Refused(
            _("First say which unit is accused, or release the case: an order could reach the accused.")
        )


def is_placed(case: Case, *, now: datetime) -> None:
    """What waits beside a secret case goes to nobody as it stands: its reader could tell who wrote that one. Only help
    that is asked for waits for nothing: it stands alone from then on."""
    if case.withheld_why.get("code") != secret_matters.BESIDE:
        return
    if not _asks_help_beside(case):
        raise Refused(
            _("First say which matter these words belong to: merge the case with that one, or release it.")
        )
    secret_matters.stands_alone(case)
    if _accuses_nobody_yet(case):
        case.withheld = Withheld.RESTRICTED  # else it would be kept from whoever helps, too
        _forget_other_day(case)
    case.withheld_why = {"code": "restricted"}  # tells whoever helps of no other matter
    case.save(update_fields=["withheld", "withheld_why", "opened_at", "limits_from"])
    show(case, directory=force_directory.current(now=now))


def _asks_help_beside(case: Case) -> bool:
    return case.withheld_why.get("code") == secret_matters.BESIDE and case.urgency <= URGENT


def _accuses_nobody_yet(case: Case) -> bool:
    return case.withheld == Withheld.ACCUSATION and not (case.accused_unit_id or case.accused_officers)
