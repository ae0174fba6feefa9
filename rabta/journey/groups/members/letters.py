"""Letters to one member, or to somebody who wants to become one: in his language, over his channel, by the worker."""

from datetime import datetime

from django.conf import settings

from rabta import keys
from rabta.channels.models import Account
from rabta.force import directory as force_directory
from rabta.groups import routes, words
from rabta.groups.models import Group
from rabta.groups.routes import Routes
from rabta.outbox import windows
from rabta.outbox.models import Address, Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.replying import texts

TEMPLATE = "member_v1"


def answer_page() -> str:
    """Where a decision is looked at with its code."""
    return f"{settings.BASE_URL}/join/answer/"


def join_page(word: str) -> str:
    """Where somebody applies: what stands in the QR code."""
    return f"{settings.BASE_URL}/join/{word}/"


def write(
    *,
    group: Group,
    address: Address | None,
    channel: str,
    account: Account | None,
    language: str,
    letter: str,
    now: datetime,
    priority: int = Delivery.Priority.USUAL,
    **values: str,
) -> bool:
    """Queue this `letter` of groups/data/letters.csv; False where no account reaches there, or the address is gone.

    Without `account` it goes over the one that he wrote to lately: it stands in the same chat, as free text.
    In a job with a stated reason: a page may read no letter back.
    """
    if address is None or address.sealed is None:
        return False
    account = (
        account
        or windows.written_to(bytes(address.digest), channel=channel, now=now)
        or account_for(group.unit_id, channel=channel, now=now)
    )
    if account is None:
        return False
    language = language or settings.CITIZEN_LANGUAGE
    name = name_in(group, language=language)
    text = words.letter(letter, language=language, group=name, **values)
    outgoing = Outgoing(
        account=account,
        address=address.pk,
        address_digest=bytes(address.digest),
        text=text,
        template=texts.template(TEMPLATE, language=language, params=(name, text)),
        priority=priority,
        visible_to=[],
    )
    post([outgoing], now)
    return True


def account_for(unit_id: int, *, channel: str, now: datetime) -> Account | None:
    """The account that writes to members of a unit by a channel: the nearest above it."""
    ways = ways_of(unit_id, now=now)
    found = dict(zip(ways.channels, ways.accounts, strict=True)).get(channel)
    return Account.objects.filter(pk=found).first() if found else None


def channel_for(unit_id: int, *, now: datetime) -> str:
    """The channel by which a bare telephone number of a unit's people is written to; empty for none."""
    account = ways_of(unit_id, now=now).by_phone.get(unit_id)
    return Account.objects.values_list("channel", flat=True).get(pk=account) if account else ""


def ways_of(unit_id: int, *, now: datetime) -> Routes:
    """The routes of one unit."""
    directory = force_directory.current(now=now)
    return routes.routes([unit_id], accounts=routes.sending_accounts(), directory=directory)


def name_in(group: Group, *, language: str) -> str:
    """The group's name as a reader of this language knows it; whose language is unknown reads the force's own."""
    names = {"hi": group.name_hi, "ur": group.name_ur, "ps": group.name_ur}
    return names.get(language or settings.CITIZEN_LANGUAGE) or group.name


def receipt_digest(code: str) -> str:
    """What stands for the code of an applicant in the database."""
    return keys.digest("join", code).hex()
