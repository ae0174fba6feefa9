"""What sending cost in a month: by account, unit, kind and day. Currencies are never added together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.models import Unit
from rabta.outbox import spending
from rabta.outbox.spending import Spent, Total
from rabta.web.channels.watchers import watchers
from rabta.web.figures import periods


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row in words."""

    name: str
    letters: int
    units: int
    sums: list[str]
    open: int  # letters that have no amount


@require_GET
@watchers
def costs(request: HttpRequest) -> HttpResponse:
    """The page. `?month=2026-11`; this month otherwise."""
    today = timezone.localdate()
    month = periods.chosen(request.GET.get("month", ""), today=today)
    begin, end = periods.bounds(month)
    rows = spending.spent(first=begin.date(), before=timezone.localdate(end))
    facts = {
        "month": month,
        "months": periods.months(today=today),
        "going_on": month == today.replace(day=1),
        "all": [line("", total) for total in spending.summed(rows, lambda row: "").values()],
        "tables": list(_tables(rows)),
        "unpriced": sum(row.unpriced for row in rows if row.kind),
        "untold": sum(row.letters for row in rows if not row.kind),
    }
    return render(request, "channels/costs.html", facts)


def _tables(rows: list[Spent]) -> Iterable[dict[str, Any]]:
    """One table for each question."""
    accounts = {account.pk: account for account in Account.objects.all()}
    units = {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in={row.unit_id for row in rows})}

    def account(row: Spent) -> str:
        return str(accounts[row.account_id])

    def kind(row: Spent) -> str:
        channel = BY_KIND.get(accounts[row.account_id].channel)
        words: Mapping[str, Any] = channel.tariff.kinds if channel and channel.tariff else {}
        label = words.get(row.kind, row.kind) if row.kind else _("not told by the provider yet")
        return f"{channel.label} · {label}" if channel else str(label)

    def day(row: Spent) -> str:
        return date_format(row.day, "DATE_FORMAT")

    yield {"title": _("By account"), "head": _("Account"), "lines": _lines(rows, account)}
    yield {"title": _("By unit"), "head": _("Unit"), "lines": _lines(rows, lambda row: units[row.unit_id])}
    yield {"title": _("By kind"), "head": _("Kind"), "lines": _lines(rows, kind)}
    yield {"title": _("By day"), "head": _("Day"), "lines": _lines(rows, day)}


def _lines(rows: list[Spent], by: Callable[[Spent], str]) -> list[Line]:
    return [line(name, total) for name, total in spending.summed(rows, by).items()]


def line(name: str, total: Total) -> Line:
    """A total in words."""
    return Line(
        name=name,
        letters=total.letters,
        units=total.units,
        sums=sums(total),
        open=total.unpriced + total.untold,
    )


def sums(total: Total) -> list[str]:
    """The amounts, each with its currency."""
    return [f"{spending.shown(amount)} {currency}" for currency, amount in sorted(total.amounts.items())]


def this_month(accounts: Iterable[Account], *, today: date) -> dict[int, Line]:
    """What each of these accounts cost since the month began; those that cost nothing are left out."""
    rows = spending.spent(
        first=today.replace(day=1), before=date.max, accounts=[account.pk for account in accounts]
    )
    return {pk: line("", total) for pk, total in spending.summed(rows, lambda row: row.account_id).items()}
