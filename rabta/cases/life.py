"""The one place that changes the state of a case: by the table of `rabta.rules.case_life`."""

from django.utils.translation import gettext as _

from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.rules.case_life import Act, Impossible, after


def move(case: Case, act: Act) -> None:
    """Put the state after the act onto the case, not saved yet. Refused where the act leads nowhere."""
    try:
        case.state = after(state=case.state, act=act)
    except Impossible:
        if case.state == State.CLOSED:
            raise Refused(_("The case is closed. Reopen it, or open a new one.")) from None
        raise Refused(
            _("This is not possible while the case is “%(state)s”.") % {"state": case.get_state_display()}
        ) from None
