"""The citizen's form, the receipt, and the list of genuine accounts. Complete without script."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from rabta.files.checks import UploadRefused
from rabta.kit import phones
from rabta.web.citizen import patience, queries, receipt, sending
from rabta.web.citizen.forms import MessageForm, PostForm
from rabta.web.citizen.going_on import on_to

TOO_MANY = _(
    "Very many messages came from your connection. Wait ten minutes, then send yours again. In danger, call."
)
unkept = cache_control(no_store=True, private=True)


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def form(request: HttpRequest) -> HttpResponse:
    """ "Click and Post": the form, and what was typed into it. A repeated POST has one effect."""
    account = queries.form_account()
    if account is None:
        status = 503 if request.method == "POST" else 200
        return _page(request, "citizen/closed.html", {"begins": not queries.any_account()}, status=status)
    typed = PostForm(request.POST, request.FILES) if request.method == "POST" else PostForm()
    if request.method == "POST" and patience.crowded(request):
        typed.add_error(None, TOO_MANY)
        return _page(request, "citizen/form.html", {"form": typed}, status=429)
    if request.method == "POST" and typed.is_valid():
        code = hand_in(
            typed, lambda: sending.post(account=account, cleaned=typed.cleaned_data, now=timezone.now())
        )
        if code is not None:
            patience.count_sent(request)
            response = on_to(request, "citizen_received")
            receipt.remember(response, code)
            return response
    return _page(request, "citizen/form.html", {"form": typed}, status=400 if typed.errors else 200)


def hand_in(form: MessageForm, work: Callable[[], str]) -> str | None:
    """Do `work`; None when a file is not taken: nothing of it stays, and the form says why."""
    try:
        return work()
    except UploadRefused as refused:
        form.add_error("photos", str(refused))
        return None


@require_GET
@unkept
def received(request: HttpRequest) -> HttpResponse:
    """The receipt: its code, and the reference number as soon as there is one."""
    code = receipt.code_of(request)
    if code is None:
        return redirect("citizen_status")
    return _page(request, "citizen/received.html", {"code": code, "case": receipt.open_case(code)})


@require_GET
@unkept
def reference(request: HttpRequest) -> HttpResponse:
    """The reference number of this visit's case, for the page that waits for it; empty until there is one."""
    code = receipt.code_of(request)
    case = receipt.open_case(code) if code else None
    return JsonResponse({"reference": case.reference if case else ""})


@require_GET
@cache_control(public=True, max_age=3600)
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of our units for the map of the form."""
    return JsonResponse(queries.areas(), content_type="application/geo+json")


@require_GET
@unkept
def numbers(request: HttpRequest) -> HttpResponse:
    """The genuine accounts of the force (K12)."""
    return _page(request, "citizen/numbers.html", {"units": queries.genuine_accounts()})


def _page(
    request: HttpRequest, template: str, facts: dict[str, object], *, status: int = 200
) -> HttpResponse:
    return render(request, template, with_emergency(facts), status=status)


def with_emergency(facts: dict[str, object]) -> dict[str, object]:
    """The facts of a page, with the number that stands on top of it."""
    number = settings.EMERGENCY_NUMBER
    return facts | {"emergency": number, "emergency_shown": phones.shown(number)}
