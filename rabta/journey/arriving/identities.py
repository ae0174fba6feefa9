"""Who wrote, under whatever name: people whose number is hidden, and people whose number or user id is another now.

The person stays the same and the conversations go on. A number that somebody else is known by stays with that one,
and only the conversations of the channel that told of the change move. Two are joined in one case only: where the
provider shows somebody's number beside the id that he wrote under while he hid it (decision 0041).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from rabta import bulk
from rabta.cases.events import Actor, event
from rabta.cases.joined import join_conversations
from rabta.cases.models import Case, Conversation, State
from rabta.channels.contract import Arrived, Changed, Sender
from rabta.channels.models import Account
from rabta.intake.contents import Incoming
from rabta.outbox import heard as outbox_heard
from rabta.outbox import windows
from rabta.outbox.models import Delivery
from rabta.people import aliases
from rabta.people.aliases import Name
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
    """The handle of each writer, in order. Who is known by a further name keeps his handle, with the new number.

    Where a message shows a number beside a further name, both mean one person, whichever of them was known first.
    """
    names = [[(one.account.pk, name) for name in one.item.sender.also] for one in incoming]
    known = aliases.known(name for each in names for name in each)
    shown = _shown_together(incoming, names)
    senders = [_as_shown(one, each, shown) for one, each in zip(incoming, names, strict=True)]
    found = [next((known[name] for name in each if name in known), None) for each in names]
    strangers = [
        writer_of(sender, number=one.item.choices.get("phone", ""))
        for one, sender, handle in zip(incoming, senders, found, strict=True)
        if handle is None
    ]
    by_handle = recognise(strangers, now=now)
    handles, moved = [], dict[int, Handle]()
    for one, sender, handle in zip(incoming, senders, found, strict=True):
        if handle is None:
            handles.append(by_handle[sender.scheme, sender.handle])
            continue
        if sender.scheme == "phone" and handle.pk not in moved:
            moved[handle.pk] = _moved(handle, sender, one.account, actor=actor, now=now)
        handles.append(moved.get(handle.pk, handle))
    new = {
        name: handle
        for each, handle in zip(names, handles, strict=True)
        for name in each
        if name not in known
    }
    if new:
        aliases.remember(new, now=now)
    return handles


def _shown_together(incoming: Sequence[Incoming[Arrived]], names: list[list[Name]]) -> dict[Name, Sender]:
    """The numbers that these messages show beside a further name."""
    return {
        name: one.item.sender
        for one, each in zip(incoming, names, strict=True)
        for name in each
        if one.item.sender.scheme == "phone"
    }


def _as_shown(one: Incoming[Arrived], names: list[Name], shown: Mapping[Name, Sender]) -> Sender:
    """The sender, under the number that another message of the same batch shows where this one hides it."""
    sender = one.item.sender
    return sender if sender.scheme == "phone" else next((shown[n] for n in names if n in shown), sender)


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
    other = aliases.holder(writer)
    if other is not None and other.scheme != handle.scheme and not told:
        return _one_of(handle, other, account, actor=actor, now=now)
    if other is not None:  # his own number, or somebody else's, who is not joined to him
        if told and other != handle:
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
    _take_along(old, bytes(moved.digest), account)
    _tell(moved, account, "identity", actor=actor, now=now)
    return moved


def _one_of(hidden: Handle, shown: Handle, account: Account, *, actor: Actor, now: datetime) -> Handle:
    """Which of two handles a writer is whose number was hidden and is shown now, and is known already.

    Both are one person, who is found under the number. Who is protected is joined to nobody: an alias that becomes a
    name, or two that become one, would tell. What he writes stays with the protected one.
    """
    if hidden.person.protected:
        return hidden
    if not shown.person.protected:
        join_conversations(of=hidden, to=shown)
        Delivery.objects.filter(state=Delivery.State.QUEUED, handle=hidden).update(handle=shown)
        _take_along(bytes(hidden.digest), bytes(shown.digest), account)
        _tell(shown, account, "identity", actor=actor, now=now)
    aliases.take_over(of=hidden, to=shown)
    return shown


def _take_along(old: bytes, new: bytes, account: Account) -> None:
    """What is kept by address goes with the writer: windows, and what can be quoted."""
    accounts = list(Account.objects.filter(channel=account.channel).values_list("pk", flat=True))
    windows.move(accounts, old, new)
    outbox_heard.move(accounts, old, new)


def _tell(handle: Handle, account: Account, what: str, *, actor: Actor, now: datetime) -> None:
    """The open cases of these conversations say that it happened, and nothing of the number."""
    rows = Case.objects.filter(conversation__handle=handle, account__channel=account.channel)
    bulk.insert([event(case, what, now=now, actor=actor) for case in rows.exclude(state=State.CLOSED)])
