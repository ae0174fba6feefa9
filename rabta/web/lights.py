"""Green contacted, amber pending, red overdue: the lights of KP's police, always with words beside the colour."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta.cases.models import Order

GREEN, AMBER, RED, GREY = "ok", "warn", "bad", "quiet"  # the names of the pills in app.css


@dataclass(frozen=True, kw_only=True)
class Light:
    """A colour (by the name of its pill) and what it means."""

    colour: str
    words: str


def light_of(*, order: Order, now: datetime) -> Light:
    """How an order stands at `now`."""
    if order.part == Order.Part.INFORM:
        return _information(order)
    late = order.due_at is not None and order.due_at < now
    if order.state == Order.State.ISSUED:
        if late:
            return Light(
                colour=RED, words=_("Not answered, overdue by %(time)s") % {"time": span(order.due_at, now)}
            )
        return Light(
            colour=AMBER, words=_("Not answered for %(time)s") % {"time": span(order.issued_at, now)}
        )
    if order.state == Order.State.ACCEPTED:
        if late:
            return Light(
                colour=RED, words=_("Report overdue by %(time)s") % {"time": span(order.due_at, now)}
            )
        return Light(colour=GREEN, words=_("On the way") if order.on_the_way_at else _("Accepted"))
    return _settled(order)


def _information(order: Order) -> Light:
    if order.state == Order.State.ISSUED:
        return Light(colour=GREY, words=_("For information"))
    return Light(colour=GREEN, words=_("For information, seen"))


def _settled(order: Order) -> Light:
    return {
        Order.State.REPORTED: Light(colour=AMBER, words=_("Report sent, not verified yet")),
        Order.State.VERIFIED: Light(colour=GREEN, words=_("Verified")),
        Order.State.RETURNED: Light(colour=AMBER, words=_("Returned")),
        Order.State.REPLACED: Light(colour=GREY, words=_("Ordered elsewhere")),
    }[Order.State(order.state)]


def span(since: datetime | None, until: datetime) -> str:
    """The time between two moments in its largest unit: `3 hours`. (Django's own words lack Urdu.)"""
    minutes = int((until - since).total_seconds() // 60) if since else 0
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
