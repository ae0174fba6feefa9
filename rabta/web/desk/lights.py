"""How a case stands at the desk: one light with words, the most pressing thing first."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.cases.models import Case, State, Withheld
from rabta.rules.limits import Step
from rabta.web.lights import AMBER, GREEN, GREY, RED, Light, limit_light, span

# Short enough for a line of the list; the case says it in full.
WITHHELD = {
    Withheld.ACCUSATION: gettext_lazy("Accuses police?"),
    Withheld.TIP: gettext_lazy("Tip: protect the source"),
    Withheld.RESTRICTED: gettext_lazy("Restricted category"),
}


def light_of_case(*, case: Case, now: datetime) -> Light:
    """What the list shows for a case."""
    if case.state == State.CLOSED:
        return Light(colour=GREY, words=case.get_outcome_display())
    if case.withheld:
        return Light(colour=RED, words=str(WITHHELD[Withheld(case.withheld)]))
    return _overdue(case, now) or _pending(case, now)


def _overdue(case: Case, now: datetime) -> Light | None:
    """The limit that was passed longest ago, of those that still run."""
    limits = [
        (Step.REPLY, case.reply_due_at, case.replied_at),
        (Step.CONTACT, case.contact_due_at, case.contacted_at),
        (Step.REPORT, case.report_due_at, None),
    ]
    passed = [(due, step) for step, due, met in limits if due is not None and met is None and due < now]
    if not passed:
        return None
    due, step = min(passed)
    return limit_light(step=step, due_at=due, met_at=None, now=now)


def _pending(case: Case, now: datetime) -> Light:
    if case.waiting_why:
        return Light(colour=AMBER, words=_("Waiting for the desk"))
    if case.split_offered_at:
        return Light(colour=AMBER, words=_("May be two matters"))
    if case.contacted_at:
        return Light(colour=GREEN, words=_("Contacted"))
    if case.state == State.FORWARDED:
        return Light(colour=AMBER, words=_("Ordered, not accepted yet"))
    if case.state == State.NEW:
        return _new(case, now)
    if case.contact_due_at:
        return Light(colour=AMBER, words=_("Not contacted yet"))
    return Light(colour=GREEN, words=case.get_state_display())


def _new(case: Case, now: datetime) -> Light:
    if case.reply_due_at and not case.replied_at:
        return Light(colour=AMBER, words=_("Reply due in %(time)s") % {"time": span(now, case.reply_due_at)})
    return Light(colour=AMBER, words=case.get_state_display())
