"""Taking a list of cases out of the house: a page that says what it is, then the file (figures: `tables`).

Each takes the permission, a fresh second factor, and an entry in the record before the file is sent.
"""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rabta import audit
from rabta.cases.looking import looked
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.web.accounts.step_up import step_up
from rabta.web.desk import queues
from rabta.web.desk.where import Where
from rabta.web.exports import files, queries
from rabta.web.exports.queries import MOST, List
from rabta.web.guard import needs
from rabta.web.supervisor.queries import CLASSES

takers = needs(Permission.EXPORT)


@takers
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """A list of cases: `?queue=` of the desk, else of the review (`?show=`), of one unit with `?unit=`."""
    asked, now = _list(request), timezone.now()
    found = queries.cases(asked, now=now)
    many = len(found) > MOST
    facts = {"number": len(found), "many": many, "most": MOST, "heads": [h for h, _of in queries.columns()]}
    form = request.POST.get("format", "")
    if request.method != "POST" or form not in files.FORMATS or many or not found:
        return page(request, facts)
    if why := too_often(request):
        return page(request, facts, why=why)
    looked(found, by=request.scope, where="export", now=now)
    put_down(request, "cases", rows=len(found), form=form, ids=[case.pk for case in found], **asked.facts)
    return files.answer(queries.table(found), name=f"cases-{timezone.localdate(now)}", form=form)


def _list(request: HttpRequest) -> List:
    """Which list is meant. Raises Http404 for one that the officer has not."""
    chosen, scope = request.GET.get("unit", ""), request.scope
    unit = get_object_or_404(Unit.objects.defer("area"), public_id=chosen) if chosen else None
    if name := request.GET.get("queue", ""):
        if name not in queues.BY_CODE or not scope.has(Permission.HANDLE_CASES):
            raise Http404
        where = Where.of(request)
        filters = {name: value for name, value in where.filters.items() if name != "unit"}
        return List(scope=scope, unit=unit, queue=queues.BY_CODE[name], narrow=where.narrow, filters=filters)
    show = request.GET.get("show", "")
    if show and show not in CLASSES:
        raise Http404
    return List(scope=scope, unit=unit, show=show)


def page(request: HttpRequest, facts: dict[str, Any], *, why: str = "") -> HttpResponse:
    """What would be taken out, or why it is not."""
    status = 429 if why else 409 if request.method == "POST" else 200
    return render(request, "exports/export.html", facts | {"why": why}, status=status)


def too_often(request: HttpRequest) -> str:
    """Why no more files now; empty while there may be more."""
    if ratelimit.consume(request, action="export", user=request.user):
        return ""
    return _("That was many files in one hour. Wait a while, then try again.")


def put_down(
    request: HttpRequest, what: str, *, form: str, rows: int, ids: Sequence[int] = (), **facts: object
) -> None:
    """Who took what: the filter in codes, the number of rows, and of cases which."""
    posts = (grant.post_id for grant in request.scope.grants if Permission.EXPORT in grant.permissions)
    audit.record(
        "exported",
        now=timezone.now(),
        officer_id=request.scope.officer.pk,
        post_id=next(posts, None),
        subject=what,
        ids=ids,
        detail={"format": form, "rows": rows, **facts},
    )
