"""The force from tables: choose files, have them checked, save them."""

import csv
import io
from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from rabta.audit.writing import record
from rabta.channels.models import Account
from rabta.force import register
from rabta.force.access import Permission
from rabta.force.models import Level, Officer, Role, Unit
from rabta.force.register import saving
from rabta.force.register.draft import Count, Draft
from rabta.force.register.tables import AREAS, TABLES
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force

LARGEST = 20 * 1024 * 1024
LABELS = {name: table.label for name, table in TABLES.items()} | {AREAS: gettext_lazy("Areas")}


@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: HttpRequest) -> HttpResponse:
    """Choose tables, and see what they would do. Nothing is saved while a line is wrong, or while only checking."""
    facts: dict[str, object] = {
        "tables": TABLES.values(),
        "levels": Level.objects.order_by("rank"),
        "roles": Role.choices,
    }
    if request.method == "POST":
        files, trouble = _files(request)
        if trouble:
            return render(request, "setup/tables.html", facts | {"trouble": trouble}, status=400)
        return _read(request, files, facts)
    return render(request, "setup/tables.html", facts)


def _files(request: HttpRequest) -> tuple[dict[str, bytes], str]:
    chosen = {name: request.FILES[name] for name in [*TABLES, AREAS] if name in request.FILES}
    if not chosen:
        return {}, _("Choose at least one table first.")
    if any((upload.size or 0) > LARGEST for upload in chosen.values()):
        return {}, _("A table is larger than 20 MB.")
    if AREAS in chosen and "units" not in chosen:
        return {}, _("Choose the table of units together with the areas.")
    return {name: upload.read() for name, upload in chosen.items()}, ""


def _read(request: HttpRequest, files: dict[str, bytes], facts: dict[str, object]) -> HttpResponse:
    found = register.check(files, today=timezone.localdate(), may_move=not Account.objects.exists())
    counts = [(LABELS[name], count) for name, count in found.draft.counts.items()]
    if found.good and "save" in request.POST:
        moved, was = _with_another_phone(found.draft), _receivers()
        saving.save(found.draft)
        numbers = {name: [count.new, count.changed] for name, count in found.draft.counts.items()}
        record(
            "set_up_force", now=timezone.now(), officer_id=request.user.pk, subject="force", detail=numbers
        )
        if moved:
            record(
                "phone_changed", now=timezone.now(), officer_id=request.user.pk, subject="officer", ids=moved
            )
        if led := sorted(pk for pk, receiver in _receivers().items() if was.get(pk) != receiver):
            record(
                "receiver_changed", now=timezone.now(), officer_id=request.user.pk, subject="unit", ids=led
            )
        messages.success(request, _("Saved: %(what)s.") % {"what": _in_words(counts)})
        return redirect("setup")
    shown = {
        "checked": found,
        "counts": counts,
        "problems": [(LABELS[problem.table], problem) for problem in found.problems],
        "notes": [(LABELS[note.table], note) for note in found.notes],
    }
    return render(request, "setup/tables.html", facts | shown, status=200 if found.good else 400)


def _with_another_phone(draft: Draft) -> list[int]:
    """Officers whose number changes: links to sign in and warnings go to the new one from then on."""
    was = dict(Officer.objects.exclude(phone="").values_list("pk", "phone"))
    officers = cast(list[Officer], list(draft.of("officers")))
    return [officer.pk for officer in officers if was.get(officer.pk, officer.phone) != officer.phone]


def _receivers() -> dict[int, int | None]:
    """Who receives what is said against each unit."""
    return dict(Unit.objects.values_list("pk", "accusations_to"))


def _in_words(counts: Sequence[tuple[object, Count]]) -> str:
    words = _("%(table)s: %(new)d new, %(changed)d changed")
    return "; ".join(words % {"table": t, "new": count.new, "changed": count.changed} for t, count in counts)


@require_GET
@over_force(Permission.ADMINISTER)
def empty(request: HttpRequest, name: str) -> HttpResponse:
    """An empty table to fill in: the columns, and one line as an example."""
    if name not in TABLES:
        raise Http404
    columns, text = TABLES[name].columns, io.StringIO()
    csv.writer(text).writerows([[c.name for c in columns], [c.example for c in columns]])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    # With the mark by which spreadsheets know UTF-8.
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
