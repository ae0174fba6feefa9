"""What must be settled before others see a case, so that nothing which they do not read binds them."""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.approvals import Approval
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.review import pauses
from rabta.review.models import Pause


def nothing_waits(case: Case) -> None:
    """Refused while a closing of the case waits for a second officer."""
    if Approval.objects.filter(case=case, decision="").exists():
        raise Refused(_("A closing of this case already waits for approval. That is decided first."))


def is_settled(case: Case, *, now: datetime) -> None:
    """Before the (locked) case comes into the sight of others: no closing waits, and a pause ends."""
    nothing_waits(case)
    for running in case.pauses.filter(ended_at=None):
        pauses.end(running, why=Pause.Ended.BY_HAND, at=now)
        pauses.work_out(case, directory=force_directory.current(now=now), now=now)
