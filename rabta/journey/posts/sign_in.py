"""Messages to an officer's own phone about signing in: a link, a warning, a call. They never say who or what it is."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from rabta.channels.contract import Template
from rabta.force.access import current_postings
from rabta.force.models import Officer, SignInLink
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post_unread
from rabta.people.handles import digest_of
from rabta.tasking.notify import nearest_account, sending_accounts

GOOD_FOR = timedelta(minutes=10)


def send_link(link_id: int, *, now: datetime) -> None:
    """Send the link that was asked for, if its number is an officer's. Once, however often the job runs."""
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("officer")
        .filter(pk=link_id)
        .first()
    )
    if link is None or link.officer is None or link.token or now - link.asked_at > GOOD_FOR:
        return
    token = secrets.token_urlsafe(24)
    link.token = hashlib.sha256(token.encode()).hexdigest()
    link.save(update_fields=["token"])
    _tell(link.officer, "sign_in_v1", (f"{settings.BASE_URL}/login/phone/{token}/",), now=now)


def tell_of_help(officer_id: int, *, now: datetime) -> None:
    """Somebody changed how the officer signs in: the officer hears of it, in case it was not wanted."""
    _tell(Officer.objects.get(pk=officer_id), "sign_in_changed_v1", (), now=now)


def ring(officer: Officer, *, now: datetime) -> None:
    """Call the officer to the pages at once, without a word on what for."""
    _tell(
        officer,
        "urgent_v1",
        (f"{settings.BASE_URL}/openings/",),
        now=now,
        priority=Delivery.Priority.EMERGENCY,
    )


def tell_old_number(officer: Officer, number: str, *, now: datetime) -> None:
    """The officer has another number in the register from now on: the one before hears of it."""
    _tell(officer, "sign_in_changed_v1", (), now=now, number=number)


def _tell(
    officer: Officer,
    name: str,
    params: tuple[str, ...],
    *,
    now: datetime,
    number: str | None = None,
    priority: int = Delivery.Priority.URGENT,
) -> None:
    """Queue the message to the officer's number (or `number`), from the account closest above the officer's unit."""
    number = officer.phone if number is None else number
    posting = current_postings(on=now.date()).filter(officer=officer).select_related("post__unit").first()
    account = nearest_account(sending_accounts(), path=tuple(posting.post.unit.path) if posting else ())
    if account is None or not number:
        return
    with translation.override(officer.language):
        text = _text(name, params)
    letter = Outgoing(
        account=account,
        number=number,
        address_digest=digest_of(scheme="phone", handle=number),
        text=text,
        template=Template(name=name, language=officer.language, params=params),
        priority=priority,
        visible_to=[],
    )
    post_unread([letter], now)


def _text(name: str, params: tuple[str, ...]) -> str:
    if name == "sign_in_v1":
        return _("Your link to sign in, good once for ten minutes: %(link)s Never pass it on.") % {
            "link": params[0]
        }
    if name == "urgent_v1":
        return _("Something urgent waits for you in Rabta. Please sign in now: %(link)s") % {
            "link": params[0]
        }
    return _(
        "The way you sign in to Rabta was changed by an office of the force. If you did not ask for it, call your"
        " district office now."
    )
