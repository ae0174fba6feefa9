"""Opening a case of its own from messages that had joined another, or from one that had been held as a greeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from rabta.cases import beside
from rabta.cases.events import Actor, record
from rabta.cases.locking import lock
from rabta.cases.models import Case, Message, Withheld
from rabta.cases.protection import protect_authors
from rabta.cases.refusal import Refused
from rabta.cases.secret_matters import BESIDE
from rabta.cases.subjects import subject_of, without_gone
from rabta.cases.visibility import show
from rabta.channels import met
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.journey.arriving import judge
from rabta.journey.checks import allowed, is_open, locked
from rabta.journey.matters.merging import closest
from rabta.kit import ids, scripts
from rabta.rules.merging import is_closer


def split(*, message: Message, by: Scope, now: datetime) -> Case:
    """One message becomes a case. Twice (a second press, two operators) it opens one."""
    return split_several(messages=[message], by=by, now=now)


def split_several(*, messages: Sequence[Message], by: Scope, now: datetime) -> Case:
    """The messages, all of one case and one writer, become one case of their own.

    Of several at least one stays with the old case. The case that they leave does not tell of an accusation, and what
    leaves an accusation is one.
    """
    chosen = _locked(messages)
    actor = _may(chosen[0], by)
    _check(chosen, chosen[0].case)
    return _make(chosen, actor=actor, now=now)


def split_offered(*, case: Case, by: Scope, now: datetime) -> Case:
    """What the citizen wrote since it was taken to be another matter becomes a case of its own."""
    since = locked(case).split_offered_at
    of_it = Q(case=case) | Q(case__part_of=case)
    rows = Message.objects.filter(by.visible(), of_it, direction=Message.Direction.IN)
    said = list(rows.filter(received_at__gte=since).order_by("received_at", "id")) if since else []
    return split_several(messages=[one for one in said if one.case_id == said[0].case_id], by=by, now=now)


def keep_together(*, case: Case, by: Scope, now: datetime) -> None:
    """A person says that it is one matter."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    is_open(case)
    case.split_offered_at = None
    case.save(update_fields=["split_offered_at"])
    record(case, "kept_together", now=now, actor=actor)


def make_own(messages: Sequence[Message], *, actor: Actor, now: datetime) -> Case:
    """The same without an officer at the desk: who calls knows that some stay, and has locked the case."""
    return _make(_locked(messages), actor=actor, now=now)


def _make(chosen: Sequence[Message], *, actor: Actor, now: datetime) -> Case:
    old = chosen[0].case
    directory = force_directory.current(now=now)
    case = _case_of(chosen, old, directory=directory, now=now)
    # until all is written: it may go out of the actor's own sight
    case.visible_to, case.hidden_from = chosen[0].visible_to, chosen[0].hidden_from
    case.save()
    for message in chosen:
        message.case, message.noise = case, ""
    Message.objects.bulk_update(chosen, ["case", "noise"])
    if case.withheld:
        protect_authors([case], now=now)
    record(case, "opened", now=now, actor=actor, **_from(old))
    if old:
        _leave(old, into=case, actor=actor, now=now)
    show(case, directory=directory)
    return case


def _from(old: Case | None) -> dict[str, Any]:
    """What the history of the new case keeps of the one that it leaves; of a secret one not the number."""
    if old and (closest(old).withheld or closest(old).confidential or old.author_alias):
        return {"split_from": "", BESIDE: True}
    return {"split_from": old.reference if old else ""}


def _locked(messages: Sequence[Message]) -> list[Message]:
    """The messages as they are now, the first said first. Their case is locked before them, with what it is part of:
    whoever accuses somebody there waits, or is waited for."""
    meant = Message.objects.filter(pk__in=[one.pk for one in messages])
    cases = lock(pk for pk in meant.values_list("case", flat=True) if pk)
    rows = beside.named(meant.select_for_update(of=("self",)))
    chosen = list(rows.select_related("conversation__account", "conversation__handle").order_by("id"))
    if not chosen:
        raise Refused(_("Choose the messages first."))
    if any(one.case_id and one.case_id not in cases for one in chosen):  # moved at this moment
        raise Refused(_("This was already received."))
    for one in chosen:
        one.case = cases.get(one.case_id or 0)
    return chosen


def _may(message: Message, by: Scope) -> Actor:
    if message.case:
        return allowed(by, Permission.HANDLE_CASES, message.case)
    if by.may(Permission.HANDLE_CASES, message):
        return Actor.of(by, Permission.HANDLE_CASES, message)
    raise Refused(_("None of your postings allows this here."))


def _check(chosen: Sequence[Message], old: Case | None) -> None:
    if any(one.direction != Message.Direction.IN for one in chosen):
        raise Refused(_("Only what the citizen wrote can become a case."))
    if len({(one.case_id, one.conversation_id) for one in chosen}) > 1:
        raise Refused(_("Choose messages of one person and one case."))
    if old is None:
        return
    said = old.messages.filter(direction=Message.Direction.IN)
    stays = said.exclude(pk__in=[one.pk for one in chosen]).exists()
    if not stays and _was_split(old):
        raise Refused(_("This was already received."))
    if not stays and len(chosen) > 1:
        raise Refused(_("These are all messages of the case. Leave at least one with it."))


def _was_split(case: Case) -> bool:
    """Whether the case was itself made of messages that somebody chose."""
    return case.events.filter(what="opened", data__has_key="split_from").exists()


def _case_of(chosen: Sequence[Message], old: Case | None, *, directory: Directory, now: datetime) -> Case:
    """The case, judged by all that was chosen, not saved yet."""
    first, last = chosen[0], chosen[-1]
    placed = next((one for one in chosen if one.lat is not None), first)
    said = next((one for one in chosen if one.judged_text), first)
    account = first.conversation.account
    case = Case(
        conversation=first.conversation,
        account=account,
        desk_unit_id=account.unit_id,
        opened_at=first.received_at,
        last_in_at=last.received_at,
        changed_at=now,
        subject=subject_of(said.judged_text),
        language=said.language,
        lat=placed.lat,
        lng=placed.lng,
        place_source="pin" if placed.lat is not None else "",
        reference=ids.reference(prefix=directory.reference_prefix(account.unit_id)),
        author_alias=ids.letters(5) if old and old.author_alias else "",
    )
    texts = "\n".join(one.judged_text for one in chosen if one.judged_text)
    around = "\n".join(filter(None, map(beside.of_message, chosen)))
    judge.apply_words(case, texts=texts, around=around, choices={}, directory=directory)
    if old:
        _inherit(case, old, texts=texts)
    judge.decide_route(case, texts=texts, around=around, directory=directory)
    return case


def _inherit(case: Case, old: Case, *, texts: str) -> None:
    """The author of a split message still reads its answer by the same receipt code, and stays as protected.

    The new case is kept as close as the one that it leaves, or as the matter of which that is a part: from an
    accusation the words may lead to a tip or to nothing special, and who is accused must read neither.
    """
    case.receipt_digest, case.safe = old.receipt_digest, old.safe
    if old.account.channel == met.CHANNEL.kind and case.withheld and not old.withheld:
        case.receipt_digest = ""  # whoever wrote it down was shown that code, and must not read this with it
    close = closest(old)
    case.named_officers = close.named_officers
    if not close.withheld or is_closer(case.withheld, than=close.withheld):
        return
    if case.withheld != close.withheld:
        case.withheld = close.withheld
        case.withheld_why = without_gone(close.withheld_why, set(scripts.words(texts)))
    if close.withheld == Withheld.ACCUSATION:
        case.kind = close.kind
        # whoever served at the accused unit when the accusation came is shut out: that day is the old case's
        case.opened_at = min(case.opened_at, close.opened_at)
    case.desk_unit_id, case.accused_unit_id = close.desk_unit_id, close.accused_unit_id
    case.accused_officers = close.accused_officers


def _leave(old: Case, *, into: Case, actor: Actor, now: datetime) -> None:
    """Messages left the case. Who reads that one reads nothing of a case that is kept from him.

    Its last word is the last that stays: what the person writes next joins the case in which that person spoke last.
    """
    stays = old.messages.filter(direction=Message.Direction.IN).order_by("-received_at").first()
    old.split_offered_at, old.last_in_at = None, stays.received_at if stays else old.last_in_at
    if old.part_of_id:
        Case.objects.filter(pk=old.part_of_id).update(split_offered_at=None)
    if into.withheld:
        old.save(update_fields=["split_offered_at", "last_in_at"])
        return
    old.changed_at = now
    old.save(update_fields=["split_offered_at", "last_in_at", "changed_at"])
    record(old, "split", now=now, actor=actor)  # not its number: it may be withheld one day
