"""Open complaints of the register of before: choose the spreadsheet, see what it holds, bring it in."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rabta.audit.writing import record
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.intake import earlier
from rabta.triage import tables
from rabta.web import kept
from rabta.web.guard import over_force
from rabta.web.officer import met

LARGEST = 20 * 1024 * 1024
FIRST = 5


@over_force(Permission.RUN_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Looked at as often as one likes; the second button hands in what was looked at, when all of it is right."""
    if request.method != "POST":
        return _page(request)
    by, account, now = request.scope.officer, met.account(), timezone.now()
    try:
        table = _table(request)
        with kept.opened(table) as file:
            data = file.read()
    except Refused as why:
        return _page(request, trouble=str(why))
    except kept.Gone:
        return _page(request, trouble=_("The table is not kept any more. Choose it again."))
    found = earlier.look(data, account=account, by=by, categories=_categories(), today=timezone.localdate())
    if not (found.good and "save" in request.POST):
        return _page(request, found=found, table=table if found.good else None)
    kept.drop(table)
    number = earlier.hand_in(found, account=account, now=now)
    detail = {"rows": number, "known": found.known}
    record("register_imported", now=now, officer_id=by.pk, subject="account", ids=[account.pk], detail=detail)
    words = _("Handed in: %(new)d new, %(known)d that came before. They appear at the desk in a moment.")
    messages.success(request, words % {"new": number - found.known, "known": found.known})
    return redirect("desk")


def _table(request: HttpRequest) -> kept.Kept:
    """The table that was chosen now, or else the one that was looked at on the page before. Raises Refused, Gone."""
    upload, officer_id = request.FILES.get("file"), request.scope.officer.pk
    if upload is None:
        if not request.POST.get("kept"):
            raise Refused(_("Choose the table first."))
        return kept.of(request.POST["kept"], officer_id=officer_id)
    if (upload.size or 0) > LARGEST:
        raise Refused(_("A table is larger than 20 MB."))
    return kept.keep(upload, officer_id=officer_id)


def _categories() -> dict[str, str]:
    """Codes and labels in every language, in small letters, with the code that each stands for."""
    known = tables.categories()
    labels = {
        label.casefold(): code for code, category in known.items() for label in category.labels.values()
    }
    return labels | {code.casefold(): code for code in known}


def _page(
    request: HttpRequest,
    *,
    found: earlier.Found | None = None,
    table: kept.Kept | None = None,
    trouble: str = "",
) -> HttpResponse:
    good = not trouble and (found is None or found.good)
    facts = {
        "table": earlier.TABLE,
        "found": found,
        "kept": table,
        "first": found.entries[:FIRST] if found else [],
        "trouble": trouble,
    }
    return render(request, "desk/earlier.html", facts, status=200 if good else 400)


@require_GET
@over_force(Permission.RUN_DESK)
def empty(request: HttpRequest) -> HttpResponse:
    """The table to fill in: the columns, and one line as an example."""
    columns, text = earlier.TABLE.columns, io.StringIO()
    csv.writer(text).writerows([[c.name for c in columns], [c.example for c in columns]])
    headers = {"Content-Disposition": 'attachment; filename="complaints.csv"'}
    # With the mark by which spreadsheets know UTF-8.
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
