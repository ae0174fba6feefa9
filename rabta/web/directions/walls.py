"""The wall of evidence: pictures of all units beside the instruction; and what leaves the house of it."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rabta.files import store
from rabta.force import directory
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.groups.models import Direction, Proof
from rabta.journey.groups.directions import proving
from rabta.kit.sheets import Cell
from rabta.web import cursors
from rabta.web.accounts.step_up import step_up
from rabta.web.directions import queries
from rabta.web.directions.pages import runners
from rabta.web.exports import files
from rabta.web.exports.views import put_down, too_often
from rabta.web.guard import needs

SHOWN = 24
MOST_PICTURES = 500
MOST_BYTES = 200 * 1024 * 1024


@require_safe
@runners
def wall(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?state=` of the proof, `?unit=` and all below it, `?after=` where it goes on."""
    direction = queries.direction_or_404(public_id, request.scope)
    state = request.GET.get("state", "")
    state = state if state in Proof.State.values else ""
    units = _units(direction, request)
    unit = next((one for one in units if one.public_id == request.GET.get("unit", "")), None)
    rows = queries.proofs_of(direction, scope=request.scope, state=state, unit=unit.pk if unit else None)
    after = cursors.opened(request.GET.get("after", ""), count=1)
    found = list((rows.filter(pk__lt=after[0]) if after else rows)[: SHOWN + 1])
    more = len(found) > SHOWN
    asked = queries.hops_of(request.scope).filter(direction=direction).exclude(proof_state="")
    facts: dict[str, Any] = {
        "instruction": direction,
        "proofs": [(proof, _decides(request, proof)) for proof in found[:SHOWN]],
        "figures": queries.proof_figures(asked),
        "asked": len(asked),
        "late": sum(hop.is_proof_late for hop in asked),
        "states": Proof.State.choices,
        "state": state,
        "units": units,
        "unit": unit,
        "after": cursors.sealed(found[SHOWN - 1].pk) if more else "",
        "exports": request.scope.has(Permission.EXPORT),
    }
    return render(request, "directions/wall.html", facts)


def _decides(request: HttpRequest, proof: Proof) -> bool:
    waits = proof.state == Proof.State.WAITING
    return waits and proving.may_judge(request.scope, proof.hop, proof=proof)


def _units(direction: Direction, request: HttpRequest) -> list[Unit]:
    """The units by which the wall can be narrowed: those on the way to units that were asked, the highest first."""
    paths = queries.hops_of(request.scope).filter(direction=direction).exclude(proof_state="")
    ids = {unit for path in paths.values_list("unit__path", flat=True) for unit in path}
    return list(
        Unit.objects.filter(pk__in=ids).defer("area").select_related("level").order_by("path__len", "name")
    )


@needs(Permission.EXPORT)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it out: the list as XLSX or CSV, the verified pictures as a zip. A page says first what that is."""
    direction = queries.direction_or_404(public_id, request.scope)
    form = request.POST.get("format", "")
    if request.method != "POST" or form not in {*files.FORMATS, "zip"}:
        return _page(request, direction)
    if why := too_often(request):
        return _page(request, direction, why=why)
    name = f"instruction-{timezone.localdate(direction.given_at)}"
    if form == "zip":
        body, number = _zip(direction, request)
        put_down(request, "direction_photos", form=form, rows=number, direction=direction.pk)
        return files.zipped(body, name=name)
    rows = list(_table(direction, request, now=timezone.now()))
    put_down(request, "direction", form=form, rows=len(rows) - 1, direction=direction.pk)
    return files.answer(rows, name=name, form=form)


def _page(request: HttpRequest, direction: Direction, *, why: str = "") -> HttpResponse:
    facts = {
        "instruction": direction,
        "why": why,
        "number": queries.hops_of(request.scope).filter(direction=direction).count(),
        "pictures": min(len(_pictures(direction, request)), MOST_PICTURES),
        "most": MOST_PICTURES,
    }
    status = 429 if why else 409 if request.method == "POST" else 200
    return render(request, "directions/export.html", facts, status=status)


def _table(direction: Direction, request: HttpRequest, *, now: datetime) -> Iterator[list[Cell]]:
    hops = list(
        queries.hops_of(request.scope)
        .filter(direction=direction)
        .select_related("received_by", "passed_by", "escalated_to")
        .order_by("path")
    )
    yield [
        _("Unit"), _("Addressed to"), _("Holders"), _("How it stands"), _("Told (UTC)"), _("Till (UTC)"),
        _("Received by"), _("Received (UTC)"), _("Passed on (UTC)"), _("Words added"), _("Told one level up"),
        _("People"), _("Delivered"), _("Read"), _("Not delivered"), _("Proof"), _("Reason"),
    ]  # fmt: skip
    lines = queries.lines(
        hops, now=now, directory=directory.current(now=now), reached=queries.reach_of(direction, hops)
    )
    for line in lines:
        hop, reach = line.hop, line.reach
        yield [
            str(hop.unit), str(hop.post or ""), line.holders, line.words, hop.told_at, hop.due_at,
            str(hop.received_by or ""), hop.received_at, hop.passed_at, hop.addition, str(hop.escalated_to or ""),
            reach.get("recipients"), reach.get("delivered"), reach.get("read"), reach.get("failed"),
            hop.get_proof_state_display(), hop.excused_why,
        ]  # fmt: skip


def _pictures(direction: Direction, request: HttpRequest) -> list[tuple[str, Any]]:
    """(name in the zip, the clean copy) of verified proofs."""
    proofs = queries.proofs_of(direction, scope=request.scope, state=Proof.State.VERIFIED, unit=None)
    proofs = proofs.prefetch_related("photos__file__cleaned")
    return [
        (f"{proof.hop.unit.code}-{proof.public_id}-{number}.{photo.file.cleaned.mime.partition('/')[2]}",
         photo.file.cleaned)
        for proof in proofs[:MOST_PICTURES]
        for number, photo in enumerate(proof.photos.all(), start=1)
        if photo.file.cleaned
    ]  # fmt: skip


def _zip(direction: Direction, request: HttpRequest) -> tuple[bytes, int]:
    """Clean copies only, without the camera's notes; as many as a file may hold."""
    target, size, number = io.BytesIO(), 0, 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, stored in _pictures(direction, request)[:MOST_PICTURES]:
            size += stored.size
            if size > MOST_BYTES:
                break
            archive.writestr(name, b"".join(store.read(stored)))
            number += 1
    return target.getvalue(), number
