"""What came in and what went out wrong: the ledger, the quarantine, and deliveries that need a person."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta.cases.models import Case, Message, Order
from rabta.channels.models import Account
from rabta.force.access import Permission, Scope
from rabta.intake import ledger
from rabta.intake.models import Quarantined
from rabta.outbox import health, watching
from rabta.outbox.models import Delivery
from rabta.web.desk import ignored, unread
from rabta.web.guard import needs

MOST = 50
watchers = needs(Permission.SEE_INTAKE)


@require_GET
@watchers
def intake(request: HttpRequest) -> HttpResponse:
    """The page. `?before=` goes on in the quarantine."""
    quarantined = _quarantined(request.scope).select_related("account")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        quarantined = quarantined.filter(id__lt=min(int(before), 2**62))
    items = list(quarantined.order_by("-id")[: MOST + 1])
    balance = ledger.balance()
    all_over = request.scope.over_all(Permission.SEE_INTAKE)
    facts = {
        "balance": balance,
        "counts_are_open": all_over,
        "accounts": [(line, ignored.in_words(line.ignored)) for line in balance.accounts],
        "quarantined": [(item, unread.in_words(item.reason)) for item in items[:MOST]],
        "next": items[MOST - 1].pk if len(items) > MOST else "",
        "deliveries": _with_cases(list(_stuck(request.scope)[:MOST]), request.scope),
        "stuck": _counted_stuck() if all_over else None,
    }
    return render(request, "desk/intake.html", facts)


@require_POST
@watchers
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a quarantined item as dealt with; its bytes stay in the journal."""
    get_object_or_404(Quarantined, _of(request.scope), pk=pk)
    _quarantined(request.scope).filter(pk=pk).update(resolved_at=timezone.now())
    messages.success(request, _("Marked as dealt with."))
    return redirect("desk_intake")


@require_POST
@watchers
def retry(request: HttpRequest, token: str) -> HttpResponse:
    """Send a delivery again. One in doubt may reach the person twice: the page says so before."""
    delivery = get_object_or_404(_letters(request.scope), token=token)
    try:
        watching.retry(delivery, by=request.scope, now=timezone.now())
    except watching.NotStuck as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("It is in the queue again."))
    return redirect("desk_intake")


@require_POST
@watchers
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Let a delivery be: it is not sent again, and leaves the list."""
    delivery = get_object_or_404(_letters(request.scope), token=token)
    try:
        watching.leave(delivery, by=request.scope, now=timezone.now())
    except watching.NotStuck as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("It is not sent again."))
    return redirect("desk_intake")


def _with_cases(deliveries: list[Delivery], scope: Scope) -> list[tuple[Delivery, Case | None]]:
    """Each with the case that it belongs to, as a letter to the citizen or to an officer; three queries."""
    ids = [delivery.pk for delivery in deliveries]
    said = Message.objects.filter(delivery__in=ids).exclude(case=None).values_list("delivery", "case")
    ordered = Order.objects.filter(delivery__in=ids).values_list("delivery", "case")
    of = dict(said) | dict(ordered)
    seen = Case.objects.filter(scope.visible(), pk__in=of.values()).in_bulk()
    return [(delivery, seen.get(of.get(delivery.pk))) for delivery in deliveries]


def _counted_stuck() -> int:
    """How many letters of the whole force need a person, also those that the officer does not read."""
    accounts = Account.objects.values_list("pk", flat=True)
    return sum(outbox.stuck for outbox in health.outboxes(accounts).values())


def _quarantined(scope: Scope) -> QuerySet[Quarantined]:
    """What could not be read and nobody has dealt with, on the accounts of the officer's units and those below."""
    return Quarantined.objects.filter(_of(scope), resolved_at=None)


def _of(scope: Scope) -> Q:
    own = Q(account__unit__path__overlap=sorted(scope.units_with(Permission.SEE_INTAKE)))
    return own | Q(account=None) if scope.over_all(Permission.SEE_INTAKE) else own


def _stuck(scope: Scope) -> QuerySet[Delivery]:
    """Deliveries that failed or are in doubt, of cases that the officer may see."""
    return watching.stuck().filter(scope.visible())


def _letters(scope: Scope) -> QuerySet[Delivery]:
    """Those that can be stuck, also when somebody else has decided on one a moment ago."""
    return Delivery.objects.filter(scope.visible(), body=None)
