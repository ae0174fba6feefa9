"""A decision made on what is not so any more is refused, with who did what meanwhile."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rabta.cases.models import Case, Event
from rabta.cases.refusal import Refused
from rabta.force.access import Scope
from rabta.journey.versions import decided_meanwhile
from rabta.web.events import event_words
from rabta.web.once import first_time


class Stale(Refused):
    """Somebody else decided meanwhile; nothing was saved."""


def look_again(case: Case, *, seen: str, act: str, by: Scope) -> None:
    """Raise Stale when somebody else decided on the case since it looked as `seen` says. Wants a transaction."""
    event = decided_meanwhile(case=case, seen=seen, act=act, by=by)
    if event:
        facts = {"who": _who(event), "what": event_words(event), "time": _clock(event.at)}
        raise Stale(
            _("%(who)s at %(time)s: %(what)s. Look at the case again; nothing was saved here.") % facts
        )


def fresh(request: HttpRequest, case: Case, *, act: str) -> None:
    """As `look_again`, for the form of a request: it carries the mark as `seen`."""
    look_again(case, seen=request.POST.get("seen", ""), act=act, by=request.scope)


def once(request: HttpRequest, case: Case, *, act: str, do: Callable[[datetime], str]) -> str:
    """Do what a form asks, once, if what it was decided on is still so; returns what to say of it. Raises Refused."""
    now = timezone.now()
    with transaction.atomic():
        if not first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now):
            return _("This was already received.")
        fresh(request, case, act=act)
        return do(now)


def _who(event: Event) -> str:
    if event.officer:
        return str(event.officer)
    return _("The citizen") if event.system_reason == "the citizen asked" else _("By itself")


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "TIME_FORMAT")
