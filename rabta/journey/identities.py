"""Who wrote, under whatever name: people whose number is hidden, and people whose number or user id is another now.

The person stays the same and the conversations go on. Nobody is joined to anybody: a number that somebody else is
known by stays with that one, and only the conversations of the channel that told of the change move.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Conversation, State
from rabta.channels.contract import Arrived, Changed, Sender
from rabta.channels.models import Account
from rabta.intake.contents import Incoming
from rabta.outbox import heard as outbox_heard
from rabta.outbox import windows
from rabta.outbox.models import Delivery
from rabta.people import aliases
from rabta.people.handles import Writer, digest_of, recognise
from rabta.people.models import Handle


def writer_of(sender: Sender, *, number: str = "") -> Writer:
    """The sender as people knows writers."""
    return Writer(
        scheme=sender.scheme,
        handle=sender.handle,
        address=sender.address,
        name=sender.name,
        number=number or sender.known_as,
    )


def handles_of(incoming: Sequence[Incoming[Arrived]], *, actor: Actor, now: datetime) -> list[Handle]:
    """The handle of each writer, in order. Who is known by a further name keeps his handle, with the new number."""
    names = [[(one.account.pk, name) for name in one.item.sender.also] for one in incoming]
    by_name = aliases.known(name for each in names for name in each)
    found = [next((by_name[name] for name in each if name in by_name), None) for each in names]
    strangers = [one for one, handle in zip(incoming, found, strict=True) if handle is None]
    writers = [writer_of(one.item.sender, number=one.item.choices.get("phone", "")) for one in strangers]
    by_handle = recognise(writers, now=now)
    handles = []
    for one, handle in zip(incoming, found, strict=True):
        sender = one.item.sender
        if handle is None:
            handles.append(by_handle[sender.scheme, sender.handle])
        else:
            shows_number = sender.scheme == "phone"
            handles.append(
                _moved(handle, sender, one.account, actor=actor, now=now) if shows_number else handle
            )
    new = {
        name: handle
        for each, handle in zip(names, handles, strict=True)
        for name in each
        if name not in by_name
    }
    if new:
        aliases.remember(new, now=now)
    return handles


def changed(incoming: Sequence[Incoming[Changed]], *, actor: Actor, now: datetime) -> None:
    """The provider says that people have another number or user id. Of strangers there is nothing to change."""
    for one in incoming:
        was, becomes = one.item.sender, one.item.becomes
        if was is None or becomes is None:
            continue
        handle = aliases.find(account_id=one.account.pk, writer=writer_of(was), also=was.also)
        if handle is None:
            continue
        handle = _moved(handle, becomes, one.account, actor=actor, now=now, told=True)
        aliases.remember({(one.account.pk, name): handle for name in (*was.also, *becomes.also)}, now=now)


def _moved(
    handle: Handle, sender: Sender, account: Account, *, actor: Actor, now: datetime, told: bool = False
) -> Handle:
    """The handle under which this sender is known from now on."""
    writer, old = writer_of(sender), bytes(handle.digest)
    if old == digest_of(scheme=writer.scheme, handle=writer.handle):
        return handle
    if aliases.is_known(writer):  # his own, or somebody else's, who is not joined to him
        if told and aliases.find(account_id=account.pk, writer=writer, also=()) != handle:
            _tell(handle, account, "identity_taken", actor=actor, now=now)
        return handle
    theirs = Conversation.objects.filter(handle=handle)
    here = theirs.filter(account__channel=account.channel)
    alone = not theirs.exclude(account__channel=account.channel).exists()
    moved = aliases.move(handle, to=writer, alone=alone, now=now)
    if moved.pk != handle.pk:
        here.update(handle=moved)
        waiting = Q(state=Delivery.State.QUEUED, account__channel=account.channel)
        Delivery.objects.filter(waiting, handle=handle).update(handle=moved)
        moved.aliases.model.objects.filter(handle=handle).update(handle=moved)
    accounts = list(Account.objects.filter(channel=account.channel).values_list("pk", flat=True))
    windows.move(accounts, old, bytes(moved.digest))
    outbox_heard.move(accounts, old, bytes(moved.digest))
    _tell(moved, account, "identity", actor=actor, now=now)
    return moved


def _tell(handle: Handle, account: Account, what: str, *, actor: Actor, now: datetime) -> None:
    """The open cases of these conversations say that it happened, and nothing of the number."""
    rows = Case.objects.filter(conversation__handle=handle, account__channel=account.channel)
    bulk.insert([event(case, what, now=now, actor=actor) for case in rows.exclude(state=State.CLOSED)])
