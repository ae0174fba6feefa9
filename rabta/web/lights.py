"""Green contacted, amber pending, red overdue: the lights of KP's police, always with words beside the colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta.cases.models import Order
from rabta.rules.limits import Step

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
    limit_at = order.limit_at
    late = limit_at is not None and limit_at < now
    if order.state == Order.State.ISSUED:
        if late:
            return Light(
                colour=RED, words=_("Not answered, overdue by %(time)s") % {"time": span(limit_at, now)}
            )
        if now - order.issued_at < timedelta(minutes=1):
            return Light(colour=AMBER, words=_("Ordered, not accepted yet"))
        return Light(
            colour=AMBER, words=_("Not answered for %(time)s") % {"time": span(order.issued_at, now)}
        )
    if order.state == Order.State.ACCEPTED and order.on_its_way:
        if late:
            return Light(
                colour=RED,
                words=_("Received, should have gone on for %(time)s") % {"time": span(order.due_at, now)},
            )
        return Light(colour=AMBER, words=_("Received, to be passed on"))
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
        Order.State.PASSED: Light(colour=GREEN, words=_("Passed on")),
        Order.State.WITHDRAWN: Light(colour=GREY, words=_("Withdrawn")),
    }[Order.State(order.state)]


def limit_light(
    *, step: str, due_at: datetime | None, met_at: datetime | None, now: datetime, paused: str = ""
) -> Light:
    """How a limit stands at `now`: met, running, paused for the reason in words, or passed. A passed one stays red."""
    if due_at is None:
        return Light(colour=GREY, words=_("No limit"))
    if met_at is not None:
        late = met_at > due_at
        return Light(colour=GREEN, words=_("Done, late") if late else _("Done"))
    if due_at < now:
        return Light(colour=RED, words=_overdue_words(step) % {"time": span(due_at, now)})
    if paused:
        return Light(colour=GREY, words=_("Paused: %(reason)s") % {"reason": paused})
    return Light(colour=AMBER, words=_("Due in %(time)s") % {"time": span(now, due_at)})


def _overdue_words(step: str) -> str:
    words = {
        Step.REPLY: _("Reply overdue by %(time)s"),
        Step.CONTACT: _("Contact overdue by %(time)s"),
        Step.REPORT: _("Report overdue by %(time)s"),
    }
    return words.get(Step(step)) or _("Overdue by %(time)s")


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
