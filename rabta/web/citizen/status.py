"""The status page: the receipt code opens the citizen's own case. A reference number tells nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rabta.cases.models import Case, Message, State
from rabta.kit import ids
from rabta.replying import texts
from rabta.web.citizen import apart, patience, queries, receipt, sending, wishing
from rabta.web.citizen.forms import MessageForm
from rabta.web.citizen.going_on import on_to
from rabta.web.citizen.views import TOO_MANY, hand_in, unkept, with_emergency

STEPS = (State.NEW, State.FORWARDED, State.ACKNOWLEDGED, State.IN_INQUIRY, State.CLOSED)


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def status(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or show the case of the code that was given."""
    if request.method == "POST":
        return _enter(request)
    code = receipt.code_of(request)
    case = receipt.open_case(code) if code else None
    if code is None:
        return _ask(request)
    return _show(request, case, MessageForm())


def _enter(request: HttpRequest) -> HttpResponse:
    """A typed code. What is wrong with a wrong one is never said: mistyped, unknown and hidden look the same."""
    if patience.exhausted(request):
        return _ask(
            request, _("Too many tries from this connection. Please wait fifteen minutes."), status=429
        )
    code = ids.parse_receipt_code(text=request.POST.get("code", "")[:60])
    if code is None or receipt.open_case(code) is None:
        patience.count_wrong(request)
        return _ask(
            request, _("There is nothing under this code. Check the 16 digits and try again in a minute.")
        )
    response = redirect("citizen_status")
    receipt.remember(response, code)
    return response


def _ask(request: HttpRequest, why: str = "", *, status: int = 200) -> HttpResponse:
    return render(request, "citizen/ask.html", with_emergency({"why": why}), status=status)


def _show(request: HttpRequest, case: Case | None, form: MessageForm, *, status: int = 200) -> HttpResponse:
    facts: dict[str, object] = {"case": case, "form": form, "unsettled": case is None}
    if case is not None:
        said = queries.conversation(case)
        pending = _pending(request, case)
        facts |= {
            "said": said,
            "pulse": _pulse(request, case, said),
            "pending": pending,
            # Without script the page loads itself again, but never while somebody corrects what he wrote.
            "unsettled": not form.is_bound and (pending or queries.being_prepared(said)),
            **wishing.facts(case, now=timezone.now()),
            "state": texts.state_words(case.state_told, language=get_language() or "en"),
            "steps": [
                (State(step).label, STEPS.index(step) <= STEPS.index(State(case.state_told)))
                for step in STEPS
            ],
        }
    return render(request, "citizen/status.html", with_emergency(facts), status=status)


def _pending(request: HttpRequest, case: Case) -> bool:
    submission, account = receipt.sent(request), queries.account_of(case)
    return bool(submission) and account is not None and not queries.is_read(account, submission)


def _pulse(request: HttpRequest, case: Case, said: list[Message]) -> str:
    return queries.pulse(case, said) + ("+" if _pending(request, case) else "")


@require_GET
@unkept
def pulse(request: HttpRequest) -> HttpResponse:
    """Whether the status page is still true, for the page that is open: as short as can be, and nothing of the case.

    Without a good code the answer is the same as for a matter that is not read in yet.
    """
    code = receipt.code_of(request)
    case = receipt.open_case(code) if code else None
    return JsonResponse({"pulse": _pulse(request, case, queries.conversation(case)) if case else ""})


@require_POST
@unkept
def message(request: HttpRequest) -> HttpResponse:
    """More words or pictures to the same case. A repeated POST has one effect."""
    code = receipt.code_of(request)
    case = receipt.open_case(code) if code else None
    account, fresh = queries.account_of(case), queries.form_account()
    if code is None or account is None or fresh is None:
        return on_to(request, "citizen_status")
    form = MessageForm(request.POST, request.FILES)
    if patience.crowded(request):
        messages.error(request, str(TOO_MANY))
        return _show(request, case, form, status=429)
    if form.is_valid() and apart.needs_own_code(case, form.cleaned_data):
        patience.count_sent(request)
        return apart.hand_in(request, fresh, form.cleaned_data)

    def work() -> str:
        return sending.follow_up(account=account, code=code, cleaned=form.cleaned_data, now=timezone.now())

    if not form.is_valid() or hand_in(form, work) is None:
        return _show(request, case, form, status=400)
    patience.count_sent(request)
    messages.success(request, _("We have received it."))
    response = on_to(request, "citizen_status")
    receipt.remember(response, code)
    receipt.remember_sent(response, form.cleaned_data["key"])
    return response


@require_POST
@unkept
def leave(request: HttpRequest) -> HttpResponse:
    """Take the code from this phone."""
    response = redirect("citizen_status")
    receipt.forget(response)
    return response
