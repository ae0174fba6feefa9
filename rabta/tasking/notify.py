"""Telling officers on their phones that there is something to do. The link carries no rights; the text names nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from rabta import bulk
from rabta.cases.models import Case, Order
from rabta.cases.visibility import hears
from rabta.channels.contract import Template
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory, Holder
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.outbox.watching import TAKEN_BACK
from rabta.people.handles import digest_of
from rabta.rules.answers import key_of
from rabta.tasking import answers


def sending_accounts() -> list[Account]:
    """The accounts that can carry a message to a telephone number."""
    kinds = [kind for kind, channel in BY_KIND.items() if channel.send and channel.by_phone]
    return list(Account.objects.filter(channel__in=kinds, paused=False).order_by("id"))


def nearest_account(accounts: Sequence[Account], *, path: tuple[int, ...]) -> Account | None:
    """The account held closest above a unit: the district's own, else the headquarters'."""
    by_unit = {account.unit_id: account for account in reversed(accounts)}
    for unit in reversed(path):
        if unit in by_unit:
            return by_unit[unit]
    return accounts[0] if accounts else None


def notify(
    orders: Iterable[Order],
    *,
    labels: dict[str, dict[str, str]],
    accounts: Sequence[Account],
    directory: Directory,
    now: datetime,
) -> None:
    """Queue a message to every holder of each ordered post; the order knows them all, `delivery` is the first holder's.

    `labels` are the categories' names by code and language. Orders that are not saved yet take the pointer with them
    when they are.
    """
    orders = list(orders)
    letters: list[Outgoing] = []
    told: list[tuple[Order, slice]] = []
    for order in orders:
        account = nearest_account(accounts, path=directory.path(order.unit_id))
        holders = _reached(order, directory)
        if account and holders:
            told.append((order, slice(len(letters), len(letters) + len(holders))))
            letters += [_letter(order, holder, account, labels, directory) for holder in holders]
    deliveries = post(letters, now)
    for order, its in told:
        order.delivery = deliveries[its][0]
        order.letters = [*order.letters, *(delivery.pk for delivery in deliveries[its])]
    bulk.update([order for order, _its in told if order.pk], ["delivery", "letters"])


def _reached(order: Order, directory: Directory) -> list[Holder]:
    """Who is told of an order: the officer to whom it was given on, else all who hold the post."""
    holders = directory.holders(order.post_id)
    if order.given_to_id:
        holders = tuple(directory.holder(order.given_to_id))
    return [h for h in holders if h.phone and hears(h.officer_id, order, directory=directory)]


def tell_ended(order: Order, *, accounts: Sequence[Account], directory: Directory, now: datetime) -> None:
    """Tell whoever worked on the order that nothing more is asked of him; somebody else has it, or it was withdrawn."""
    account = nearest_account(accounts, path=directory.path(order.unit_id))
    holders = _reached(order, directory) if order.letters else []
    if account and holders:
        sent = post([_ended(order, holder, account, directory) for holder in holders], now)
        order.letters = [*order.letters, *(delivery.pk for delivery in sent)]
        order.save(update_fields=["letters"])


def _ended(order: Order, holder: Holder, account: Account, directory: Directory) -> Outgoing:
    """Of an order that was given while the case was withheld, this too stays with those who saw it then."""
    case = order.case
    seen = (case.held_by, case.held_from) if order.held else (order.visible_to, order.hidden_from)
    with translation.override(holder.language):
        params = (case.reference, str(directory.all_units[order.unit_id]), link(order))
        values = dict(zip(("reference", "unit", "link"), params, strict=True))
        text = _("Order %(reference)s for %(unit)s ended; nothing more is asked of you. Read why: %(link)s")
    return Outgoing(
        account=account,
        number=holder.phone,
        address_digest=digest_of(scheme="phone", handle=holder.phone),
        text=text % values,
        template=Template(name="order_ended_v1", language=holder.language, params=params),
        visible_to=seen[0],
        hidden_from=seen[1],
    )


def take_back(orders: Iterable[Order], *, now: datetime) -> None:
    """Messages of these orders that still wait are not sent: who must not know of a case any more is not told."""
    letters = [delivery for order in orders for delivery in order.letters]
    waiting = Delivery.objects.filter(pk__in=letters, state=Delivery.State.QUEUED)
    waiting.update(state=Delivery.State.FAILED, failed_at=now, trouble=TAKEN_BACK)


def _letter(
    order: Order, holder: Holder, account: Account, labels: dict[str, dict[str, str]], directory: Directory
) -> Outgoing:
    case = order.case
    with translation.override(holder.language):
        name = _template(order)
        params = (
            case.reference,
            category_words(case, labels=labels, language=holder.language),
            str(directory.all_units[_unit_named(order)]),
            link(order),
        )
        text = _TEXTS[name](params)
        buttons = answers.first_buttons(order)
        if buttons and BY_KIND[account.channel].forgeable:
            text = f"{text}\n{code_words(order)}"
    return Outgoing(
        account=account,
        number=holder.phone,
        address_digest=digest_of(scheme="phone", handle=holder.phone),
        text=text,
        template=Template(name=name, language=holder.language, params=params),
        buttons=buttons,
        about=key_of(order.public_id) if buttons else "",
        priority=Delivery.Priority.URGENT if case.urgency <= 1 else Delivery.Priority.USUAL,
        visible_to=order.visible_to,
        hidden_from=order.hidden_from,
    )


def _unit_named(order: Order) -> int:
    """An order names the unit that it is for; an information names the unit that was ordered."""
    return (order.case.lead_unit_id or order.unit_id) if order.part == Order.Part.INFORM else order.unit_id


def link(order: Order) -> str:
    """Where the order is read, after signing in."""
    return f"{settings.BASE_URL}/o/{order.public_id}"


def category_words(case: Case, *, labels: dict[str, dict[str, str]], language: str) -> str:
    """The category's name, and nothing telling for what must not stand on a lock screen."""
    if case.withheld or case.urgency == 1 or not case.category:
        return _("a matter to be read in Rabta only")
    names = labels.get(case.category, {})
    return names.get(language) or names.get("en") or case.category


def _order_text(params: tuple[str, ...]) -> str:
    values = dict(zip(("reference", "category", "unit", "link"), params, strict=True))
    return _("Order %(reference)s for %(unit)s: %(category)s. Read and accept: %(link)s") % values


def code_words(order: Order) -> str:
    """What an officer is told where a sender can be forged: the code that goes with each answer."""
    return _("Write the code %(code)s after the number.") % {"code": answers.code_of(order)}


def _pass_text(params: tuple[str, ...]) -> str:
    values = dict(zip(("reference", "category", "unit", "link"), params, strict=True))
    return _("Order %(reference)s by way of %(unit)s: %(category)s. Read and pass on: %(link)s") % values


def _inform_text(params: tuple[str, ...]) -> str:
    values = dict(zip(("reference", "category", "unit", "link"), params, strict=True))
    return _("For information, %(reference)s, %(unit)s: %(category)s. Read: %(link)s") % values


_TEXTS = {"inform_v1": _inform_text, "order_v1": _order_text, "order_pass_v1": _pass_text}


def _template(order: Order) -> str:
    if order.part == Order.Part.INFORM:
        return "inform_v1"
    return "order_pass_v1" if order.on_its_way else "order_v1"
