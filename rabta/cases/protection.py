"""Hiding who wrote a withheld case, without telling the accused that there is one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from rabta import bulk
from rabta.cases.models import Attachment, Case, Conversation, Message, MessageVersion
from rabta.kit import ids
from rabta.people import vault
from rabta.people.handles import protect
from rabta.people.models import Handle, Sealed
from rabta.people.quoting import without_own_number
from rabta.people.vault import Secret

_A_NUMBER = r"[0-9٠-٩۰-۹०-९].*[0-9٠-٩۰-۹०-९]"  # two digits at least, in any of our scripts
_WITH_A_NUMBER = Q(text__regex=_A_NUMBER) | Q(place_name__regex=_A_NUMBER)
_Written = Message | MessageVersion | Attachment
_WORDS = {Message: ("text", "place_name"), MessageVersion: ("text",), Attachment: ("name",)}


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
            _hide_in_case(case)


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
    _hide_stored(Message.objects.filter(case__in=handles), lambda said: handles[said.case_id or 0], now=now)
    for case in cases:
        _hide_in_case(case)


def hide_author(case: Case, *, now: datetime) -> None:
    """Hide the author of a case who asked for it."""
    handle = case.conversation.handle
    hidden = protect([handle], now=now)
    if hidden:
        _hide_written(hidden, now=now)
        _hide_in_case(case)


def hide_in_new(said: Iterable[tuple[Message, Handle]], *, now: datetime) -> None:
    """Hide the number in messages of protected people on their way into the register; their cases are saved."""
    theirs = [(message, handle) for message, handle in said if message.hides_author]
    hide_own_numbers(theirs, now=now)
    for message, _handle in theirs:
        if message.case:
            _hide_in_case(message.case)


def _hide_in_case(case: Case) -> None:
    """Hide the number in what the case took of its messages: subject and place."""
    if not case.hides_author:
        return
    handle, were = case.conversation.handle, (case.subject, case.place)
    case.subject, case.place = (
        without_own_number(words, handle=handle, region=settings.REGION) for words in were
    )
    if (case.subject, case.place) != were:
        Case.objects.filter(pk=case.pk).update(subject=case.subject, place=case.place)


def _hide_written(handles: list[Handle], *, now: datetime) -> None:
    """Hide the number in all that these people wrote before they were protected. Older backups keep it."""
    by_id = {handle.pk: handle for handle in handles}
    said = Message.objects.filter(conversation__in=Conversation.objects.filter(handle__in=by_id))
    _hide_stored(said, lambda message: by_id[message.conversation.handle_id], now=now)


def _hide_stored(said: QuerySet[Message], author: Callable[[Message], Handle], *, now: datetime) -> None:
    """Hide the numbers in these messages, in what they were before an edit, and in the names of their files."""
    said = said.filter(direction=Message.Direction.IN)
    messages = said.filter(_WITH_A_NUMBER).select_related("conversation")
    versions = MessageVersion.objects.filter(message__in=said, text__regex=_A_NUMBER)
    files = Attachment.objects.filter(message__in=said, name__regex=_A_NUMBER)
    hide_own_numbers(((one, author(one)) for one in messages), now=now, save=True)
    for rows in (versions, files):
        found = rows.select_related("message__conversation")
        hide_own_numbers(((one, author(one.message)) for one in found), now=now, save=True)


def hide_own_numbers(said: Iterable[tuple[_Written, Handle]], *, now: datetime, save: bool = False) -> None:
    """Replace in all words of each row its protected writer's own number; what stood there is sealed, where there are
    keyholders.

    With `save` the rows are written, else the caller writes them.
    """
    secrets = []
    for row, handle in said:
        for name in _WORDS[type(row)]:
            words = getattr(row, name)
            shown = without_own_number(words, handle=handle, region=settings.REGION)
            if shown == words:
                continue
            secrets.append(Secret(person_id=handle.person_id, what=Sealed.What.TEXT, facts={"text": words}))
            setattr(row, name, shown)
            if save:
                row.save(update_fields=[name])
    to = vault.locks() if secrets else None
    if to is not None:
        vault.seal(secrets, to=to, now=now)
