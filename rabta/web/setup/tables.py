"""The force from tables: choose files, have them checked, save them."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Model
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
from rabta.force.register.changes import Changes, changes
from rabta.force.register.draft import Count, Draft
from rabta.force.register.tables import AREAS, TABLES
from rabta.force.second import is_only_administrator
from rabta.journey.posts import sign_in
from rabta.people.wide import wide_officers
from rabta.web import proposals
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force
from rabta.web.models import Proposal

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
    if found.good and "save" in request.POST:
        return save_or_ask(request, files, found.draft)
    shown = {
        "checked": found,
        "counts": _counts(found.draft),
        "problems": [(LABELS[problem.table], problem) for problem in found.problems],
        "notes": [(LABELS[note.table], note) for note in found.notes],
    }
    return render(request, "setup/tables.html", facts | shown, status=200 if found.good else 400)


def save_or_ask(request: HttpRequest, files: dict[str, bytes], draft: Draft) -> HttpResponse:
    """Save, or let the tables wait where they need a second administrator and there is one."""
    by, now = request.scope.officer, timezone.now()
    found = changes(draft, by=by, wide=wide_officers(on=timezone.localdate()))
    if found.needs_second and not is_only_administrator():
        proposals.ask(act="tables", by=by, now=now, about=found.officers, lines=found.lines, files=files)
        words = _("Nothing is saved yet: a second administrator has to confirm it.")
        messages.warning(request, words)
        return redirect("setup_waiting")
    _save(draft, found, by=by, now=now)
    messages.success(request, _("Saved: %(what)s.") % {"what": _in_words(draft)})
    return redirect("setup")


def save_confirmed(proposal: Proposal, *, by: Officer, now: datetime) -> str:
    """Save the tables that waited, over the force of today. Returns why not, when that would do something else."""
    day = timezone.localdate(proposal.asked_at)
    checked = register.check(proposals.files_of(proposal), today=day, may_move=not Account.objects.exists())
    found = changes(checked.draft, by=proposal.asked_by, wide=wide_officers(on=day)) if checked.good else None
    if found is None or found.lines != proposal.lines:
        return _("The force has changed since. Refuse this, and let the tables be checked and sent again.")
    _save(checked.draft, found, by=by, now=now)
    return ""


def _save(draft: Draft, found: Changes, *, by: Officer, now: datetime) -> None:
    """Save, and write down whose posting, number, post or unit changed. The number before is told of it."""
    was = _receivers()
    saving.save(draft)
    counts = {name: [count.new, count.changed] for name, count in draft.counts.items()}
    record("set_up_force", now=now, officer_id=by.pk, subject="force", detail=counts)
    touched: list[tuple[str, str, Sequence[Model], dict[str, Any]]] = [
        ("posting_changed", "officer", [p.officer for p in found.postings], _posts_of(found)),
        ("phone_changed", "officer", list(found.numbers), {}),
        ("post_changed", "post", found.posts, {}),
        ("unit_changed", "unit", found.units, {}),
        ("receiver_changed", "unit", [unit for unit, to in _receivers().items() if was.get(unit) != to], {}),
    ]
    for act, subject, things, detail in touched:
        ids = sorted({thing.pk for thing in things})
        if ids:
            record(act, now=now, officer_id=by.pk, subject=subject, ids=ids, detail=detail)
    for officer, number in found.numbers.items():
        sign_in.tell_old_number(officer, number, now=now)


def _receivers() -> dict[Unit, int | None]:
    """Who receives what is said against each unit."""
    return {unit: unit.accusations_to_id for unit in Unit.objects.only("pk", "accusations_to")}


def _posts_of(found: Changes) -> dict[str, Any]:
    """For each officer the posts whose holding changed, by their ids."""
    posts: dict[str, list[int]] = {}
    for posting in found.postings:
        posts.setdefault(str(posting.officer.pk), []).append(posting.post.pk)
    return {"posts": posts}


def _counts(draft: Draft) -> list[tuple[object, Count]]:
    return [(LABELS[name], count) for name, count in draft.counts.items()]


def _in_words(draft: Draft) -> str:
    words = _("%(table)s: %(new)d new, %(changed)d changed")
    return "; ".join(words % {"table": t, "new": c.new, "changed": c.changed} for t, c in _counts(draft))


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
