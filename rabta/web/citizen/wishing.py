"""What the citizen may ask for on the status page: another look, the next level, to withdraw; and his opinion."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rabta.cases.models import Case, State
from rabta.rules.second_look import ASKED_AFTER, NOT_ASKED, may_appeal, may_reopen
from rabta.rules.wishes import Wish, key_of
from rabta.web.citizen import apart, patience, queries, receipt, sending
from rabta.web.citizen.views import TOO_MANY, unkept

LONGEST = 500
MARKS = (
    (5, gettext_lazy("Very satisfied")),
    (4, gettext_lazy("Satisfied")),
    (3, gettext_lazy("So-so")),
    (2, gettext_lazy("Not satisfied")),
    (1, gettext_lazy("Not satisfied at all")),
)
SAID = {
    Wish.REOPEN: gettext_lazy("Please look at it again."),
    Wish.APPEAL: gettext_lazy("I appeal to the next level."),
    Wish.WITHDRAW: gettext_lazy("I withdraw this matter."),
}


def facts(case: Case, *, now: datetime) -> dict[str, Any]:
    """Which of these the page offers for the case of a receipt code."""
    outcome, closed_at = case.outcome, case.closed_at
    is_closed = case.state == State.CLOSED
    asks = is_closed and case.outcome in ASKED_AFTER and case.kind not in NOT_ASKED
    return {
        "wish_key": uuid4,
        "may_reopen": may_reopen(outcome=outcome, closed_at=closed_at, used=case.reopened_by_citizen, now=now)
        is None,
        "may_appeal": may_appeal(outcome=outcome, closed_at=closed_at, appealed_at=case.appealed_at, now=now)
        is None,
        "may_withdraw": not is_closed,
        "marks": MARKS if asks and case.satisfaction is None else (),
    }


@require_POST
@unkept
def wish(request: HttpRequest) -> HttpResponse:
    """Hand a wish in, as a message that the worker reads. The same form twice has one effect."""
    code = receipt.code_of(request)
    case = receipt.open_case(code) if code else None
    account, fresh = queries.account_of(case), queries.form_account()
    if code is None or account is None or fresh is None or case is None:
        return redirect("citizen_status")
    if patience.crowded(request):
        messages.error(request, str(TOO_MANY))
        return redirect("citizen_status")
    asked = _asked(request, case)
    if asked is None:
        messages.error(request, _("Choose what we should do."))
        return redirect("citizen_status")
    key, text = asked
    submission = request.POST.get("key", "")[:40] or uuid4().hex
    cleaned = {"key": submission, "text": text, "photos": []}
    if apart.needs_own_code(case, cleaned):
        patience.count_sent(request)
        return apart.hand_in(request, fresh, cleaned)
    sending.follow_up(account=account, code=code, cleaned=cleaned, now=timezone.now(), wish=key)
    patience.count_sent(request)
    messages.success(request, _("We have received it."))
    response = redirect("citizen_status")
    receipt.remember(response, code)
    receipt.remember_sent(response, submission)
    return response


def _asked(request: HttpRequest, case: Case) -> tuple[str, str] | None:
    """The key of what was asked for, and the words that stand in the conversation."""
    named, mark = request.POST.get("wish", ""), request.POST.get("mark", "")
    text = request.POST.get("text", "").replace("\0", "").strip()[:LONGEST]
    if named == Wish.OPINION:
        marks = {str(number): label for number, label in MARKS}
        if mark not in marks:
            return None
        return key_of(Wish.OPINION, case=case.public_id, mark=int(mark)), f"{mark}/5 · {marks[mark]}"
    if named not in {wish.value for wish in SAID}:
        return None
    wished = Wish(named)
    return key_of(wished, case=case.public_id), " ".join(filter(None, (str(SAID[wished]), text)))
