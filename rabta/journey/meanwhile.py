"""Before an answer leaves: whether somebody else has answered since its writer looked."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.force.access import Scope
from rabta.journey.checks import locked


class Answered(Refused):
    """A colleague answered meanwhile; whoever is sure may send all the same."""


def nobody_else_answered(*, case: Case, since: str, by: Scope) -> None:
    """Raise `Answered` when another officer wrote to the citizen after the message `since` (a public id, or empty).

    The case stays locked until the transaction ends: of two who send at once, the second is asked.
    """
    locked(case)
    rows = Message.objects.filter(by.visible(), case=case, direction=Message.Direction.OUT, revoked_at=None)
    rows = rows.exclude(author=None).exclude(author=by.officer)
    last = Message.objects.filter(case=case, public_id=since).values_list("id", flat=True).first()
    newest = rows.filter(id__gt=last or 0).select_related("author").order_by("-id").first()
    if newest:
        at = date_format(timezone.localtime(newest.received_at), "TIME_FORMAT")
        values = {"officer": newest.author, "time": at, "text": newest.text[:120]}
        raise Answered(_("%(officer)s answered at %(time)s: “%(text)s” Send yours as well?") % values)
