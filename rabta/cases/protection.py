"""Hiding who wrote a withheld case, without telling the accused that there is one."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from rabta.cases.models import Case, Conversation, Message, MessageVersion
from rabta.people import vault
from rabta.people.handles import protect
from rabta.people.models import Handle, Sealed
from rabta.people.quoting import without_own_number
from rabta.people.vault import Secret

_A_NUMBER = r"[0-9٠-٩۰-۹०-९].*[0-9٠-٩۰-۹०-९]"  # two digits at least, in any of our scripts


def protect_authors(cases: Iterable[Case], *, now: datetime) -> None:
    """Hide the authors of withheld cases behind their alias, and their own number in what they wrote.

    Whoever wrote something else that others than the highest unit read stays as he was: a page on which the name turns
    into an alias overnight would tell them that he has complained.
    """
    cases = list(cases)
    if not cases:
        return
    authors = {case.conversation_id: case.conversation.handle for case in cases}
    elsewhere = {"conversation__in": list(authors), "visible_to__len__gt": 1}
    ordinary = Case.objects.filter(**elsewhere, withheld="").exclude(pk__in=[case.pk for case in cases])
    greetings = Message.objects.filter(**elsewhere, case=None)
    known = ordinary.values_list("conversation_id", flat=True).union(
        greetings.values_list("conversation_id", flat=True)
    )
    for conversation in known:
        del authors[conversation]
    hidden = protect(authors.values(), now=now)
    if hidden:
        _hide_written(hidden, now=now)
        for case in cases:
            _hide_in_subject(case, case.conversation.handle)


def hide_author(case: Case, *, now: datetime) -> None:
    """Hide the author of a case who asked for it."""
    handle = case.conversation.handle
    hidden = protect([handle], now=now)
    if hidden:
        _hide_written(hidden, now=now)
        _hide_in_subject(case, handle)


def hide_in_new(said: Iterable[tuple[Message, Handle]], *, now: datetime) -> None:
    """Hide the number in messages of protected people on their way into the register; their cases are saved."""
    theirs = [(message, handle) for message, handle in said if handle.person.protected]
    hide_own_numbers(theirs, now=now)
    for message, handle in theirs:
        if message.case:
            _hide_in_subject(message.case, handle)


def _hide_in_subject(case: Case, handle: Handle) -> None:
    subject = case.subject
    if handle.person.protected:
        case.subject = without_own_number(subject, handle=handle, region=settings.REGION)
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
    hide_own_numbers(
        [(message, by_id[message.conversation.handle_id]) for message in said], now=now, save=True
    )
    hide_own_numbers(
        [(version, by_id[version.message.conversation.handle_id]) for version in versions], now=now, save=True
    )


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
