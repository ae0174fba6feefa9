"""Hiding who wrote a withheld case, without telling the accused that there is one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from rabta import bulk
from rabta.cases.models import Case, Conversation, Message, MessageVersion
from rabta.kit import ids
from rabta.people import vault
from rabta.people.handles import protect
from rabta.people.models import Handle, Sealed
from rabta.people.quoting import without_own_number
from rabta.people.vault import Secret

_A_NUMBER = r"[0-9٠-٩۰-۹०-९].*[0-9٠-٩۰-۹०-९]"  # two digits at least, in any of our scripts


def protect_authors(cases: Iterable[Case], *, now: datetime) -> None:
    """Hide the authors of withheld cases behind an alias, and their own number in what they wrote.

    Whoever wrote something else, over whatever account, is hidden with these cases only: a page on which the name
    turns into an alias overnight would tell its readers that he has complained.
    """
    cases = list(cases)
    open_ones = [case for case in cases if not case.hides_author]
    known = _known(open_ones) if open_ones else frozenset()
    _hide_with_case([case for case in open_ones if case.conversation.handle.person_id in known], now=now)
    fresh = {case.conversation_id: case.conversation.handle for case in cases if not case.author_alias}
    hidden = protect(fresh.values(), now=now)
    if hidden:
        _hide_written(hidden, now=now)
        for case in cases:
            _hide_in_subject(case)


def _known(cases: Sequence[Case]) -> frozenset[int]:
    """Who of the authors wrote something else that is no secret. Asked past the policies: whoever withholds a case
    need not see it."""
    people = [case.conversation.handle.person_id for case in cases]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_known_people(%s, %s)", [people, [case.pk for case in cases]])
        return frozenset(person for (person,) in cursor.fetchall())


def _hide_with_case(cases: Sequence[Case], *, now: datetime) -> None:
    """Give each an alias of its own, and hide its author's number in it."""
    for case in cases:
        case.author_alias = ids.letters(5)
    bulk.update(cases, ["author_alias"])
    handles = {case.pk: case.conversation.handle for case in cases}
    said = Message.objects.filter(case__in=handles, direction=Message.Direction.IN, text__regex=_A_NUMBER)
    versions = MessageVersion.objects.filter(message__case__in=handles, text__regex=_A_NUMBER)
    _hide_stored(
        [(message, handles[message.case_id or 0]) for message in said],
        [(version, handles[version.message.case_id or 0]) for version in versions.select_related("message")],
        now=now,
    )
    for case in cases:
        _hide_in_subject(case)


def hide_author(case: Case, *, now: datetime) -> None:
    """Hide the author of a case who asked for it."""
    handle = case.conversation.handle
    hidden = protect([handle], now=now)
    if hidden:
        _hide_written(hidden, now=now)
        _hide_in_subject(case)


def hide_in_new(said: Iterable[tuple[Message, Handle]], *, now: datetime) -> None:
    """Hide the number in messages of protected people on their way into the register; their cases are saved."""
    theirs = [(message, handle) for message, handle in said if message.hides_author]
    hide_own_numbers(theirs, now=now)
    for message, _handle in theirs:
        if message.case:
            _hide_in_subject(message.case)


def _hide_in_subject(case: Case) -> None:
    subject = case.subject
    if case.hides_author:
        case.subject = without_own_number(subject, handle=case.conversation.handle, region=settings.REGION)
    if case.subject != subject:
        Case.objects.filter(pk=case.pk).update(subject=case.subject)


def _hide_written(handles: list[Handle], *, now: datetime) -> None:
    """Hide the number in all that these people wrote before they were protected. Older backups keep it."""
    by_id = {handle.pk: handle for handle in handles}
    conversations = Conversation.objects.filter(handle__in=by_id)
    said = Message.objects.filter(
        conversation__in=conversations, direction=Message.Direction.IN, text__regex=_A_NUMBER
    ).select_related("conversation")
    versions = MessageVersion.objects.filter(
        message__conversation__in=conversations, text__regex=_A_NUMBER
    ).select_related("message__conversation")
    _hide_stored(
        [(message, by_id[message.conversation.handle_id]) for message in said],
        [(version, by_id[version.message.conversation.handle_id]) for version in versions],
        now=now,
    )


def _hide_stored(
    said: Iterable[tuple[Message, Handle]],
    versions: Iterable[tuple[MessageVersion, Handle]],
    *,
    now: datetime,
) -> None:
    hide_own_numbers(said, now=now, save=True)
    hide_own_numbers(versions, now=now, save=True)


def hide_own_numbers(
    said: Iterable[tuple[Message | MessageVersion, Handle]], *, now: datetime, save: bool = False
) -> None:
    """Replace in each text its protected writer's own number; what it said is sealed, where there are keyholders.

    With `save` the texts are written, else the caller writes them.
    """
    secrets = []
    for row, handle in said:
        shown = without_own_number(row.text, handle=handle, region=settings.REGION)
        if shown == row.text:
            continue
        secrets.append(Secret(person_id=handle.person_id, what=Sealed.What.TEXT, facts={"text": row.text}))
        row.text = shown
        if save:
            row.save(update_fields=["text"])
    to = vault.locks() if secrets else None
    if to is not None:
        vault.seal(secrets, to=to, now=now)
