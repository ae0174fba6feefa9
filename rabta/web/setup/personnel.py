"""Personnel without a login, from a table: checked first, then saved. The file waits between the two pages."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rabta import audit
from rabta.force.access import Permission
from rabta.force.models import Personnel
from rabta.force.register import personnel
from rabta.force.register.personnel import TABLE, Checked
from rabta.web import kept as keeping
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.kept import Gone, Kept

LARGEST = 38 * 1024 * 1024  # of a form; larger files come by `rabta personnel import`


@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose the table and see what it would do; then save it."""
    if request.method != "POST":
        return _page(request)
    officer = request.scope.officer
    try:
        kept = (
            keeping.of(request.POST["kept"], officer_id=officer.pk)
            if "kept" in request.POST
            else _keep(request)
        )
        if kept is None:
            return _page(request, trouble=_("Choose the table first. It may have 38 MB."), status=400)
        with keeping.opened(kept) as file:
            found = personnel.check(file.read())
    except Gone:
        why = _("The file is not here any more: it was saved already, or waited too long. Choose it again.")
        return _page(request, trouble=why, status=410)
    if found.problems or "save" not in request.POST:
        return _page(request, found=found, kept=kept, status=400 if found.problems else 200)
    gone = _save(request, found)
    keeping.drop(kept)
    told = _("Saved: %(new)d new, %(changed)d changed, %(gone)d set inactive.")
    messages.success(request, told % {"new": found.new, "changed": found.changed, "gone": gone})
    return redirect("setup_personnel")


def _save(request: HttpRequest, found: Checked) -> int:
    gone = personnel.save(found, missing_inactive=request.POST.get("missing") == "inactive")
    detail = {"new": found.new, "changed": found.changed, "inactive": gone}
    officer = request.scope.officer.pk
    audit.record(
        "personnel_saved", now=timezone.now(), officer_id=officer, subject="personnel", detail=detail
    )
    return gone


def _keep(request: HttpRequest) -> Kept | None:
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > LARGEST:
        return None
    return keeping.keep(upload, officer_id=request.scope.officer.pk)


def _page(
    request: HttpRequest,
    *,
    found: Checked | None = None,
    kept: Kept | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    active = Personnel.objects.filter(is_active=True).count()
    facts = {"found": found, "kept": kept, "trouble": trouble, "active": active}
    return render(request, "setup/personnel.html", facts, status=status)


@require_GET
@over_force(Permission.ADMINISTER)
def empty(request: HttpRequest) -> HttpResponse:
    """An empty table to fill in: the columns, and one line as an example."""
    text = io.StringIO()
    csv.writer(text).writerows([[c.name for c in TABLE.columns], [c.example for c in TABLE.columns]])
    headers = {"Content-Disposition": 'attachment; filename="personnel.csv"'}
    # With the mark by which spreadsheets know UTF-8.
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
