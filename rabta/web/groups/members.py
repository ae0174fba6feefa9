"""The members of a group, and one member: names are shown, a number only on a press that is written down."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.groups import kinds, words
from rabta.groups import members as rows_of
from rabta.groups.models import Group, Member, Membership, Strike
from rabta.journey.groups.members import renewing, vetting
from rabta.journey.groups.members.vetting import Why
from rabta.kit import phones
from rabta.people import naming
from rabta.rules.moderation import Noise
from rabta.web import cursors
from rabta.web.groups import queries
from rabta.web.groups.registry import runners

PAGE = 50
STRUCK_FOR = {
    Noise.GREETING: gettext_lazy("Greeting"),
    Noise.FORWARD: gettext_lazy("Forwarded message"),
    Noise.THANKS: gettext_lazy("Thanks"),
    Noise.PICTURE: gettext_lazy("Picture that greets"),
    Noise.EMOJI: gettext_lazy("Signs without words"),
    Noise.ADVERTISEMENT: gettext_lazy("Advertisement"),
    Noise.LINK: gettext_lazy("Bare link"),
}  # what counts for nothing makes no strike


@require_safe
@runners
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """A page of a group's members, the newest first; or those of a name."""
    group = queries.group_or_404(public_id, request.scope)
    asked = request.GET.get("q", "").strip()[:80]
    after = cursors.opened(request.GET.get("after", ""), count=1)
    rows = listed(group, name=asked, after=after[0] if after else None)
    facts = {
        "group": group,
        "tab": "members",
        "q": asked,
        "rows": [(one.member, rows_of.shown(one.member).name) for one in rows[:PAGE]],
        "next": cursors.sealed(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "kinds": kinds.kinds(),
        "sections": kinds.sections(),
    }
    return render(request, "groups/members.html", facts)


def listed(group: Group, *, name: str, after: int | None) -> list[Membership]:
    """PAGE places of a group and one more."""
    places = Membership.objects.filter(group=group, ended_at=None, member__isnull=False)
    if name:
        wanted = naming.wanted(name)
        fits = Q(pk__in=[])
        for keys in wanted:
            fits |= Q(member__name_keys__contains=keys)
        places = places.filter(fits)
    if after is not None:
        places = places.filter(pk__lt=after)
    return list(places.select_related("member").order_by("-pk")[: PAGE + 1])


def member_or_404(request: HttpRequest, public_id: str) -> Member:
    """A member whose groups the officer runs."""
    units = sorted(request.scope.units_with(Permission.GROUPS))
    return get_object_or_404(Member, public_id=public_id, visible_to__overlap=units)


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def member(request: HttpRequest, public_id: str) -> HttpResponse:
    """One member: facts, history; renew, remove, show the number."""
    row = member_or_404(request, public_id)
    if request.method != "POST":
        return _member(request, row)
    act = request.POST.get("act", "")
    if act == "show":
        return _show(request, row)
    group = get_object_or_404(places(row), group__public_id=request.POST.get("group", "")).group
    queries.group_or_404(group.public_id, request.scope)
    try:
        with transaction.atomic():
            _act(request, act, row, group)
    except Refused as refused:
        return _member(request, row, why=str(refused), status=400)
    messages.success(request, _("Saved."))
    return redirect("group_member", row.public_id)


def _act(request: HttpRequest, act: str, row: Member, group: Group) -> None:
    now, given = timezone.now(), request.POST
    if act == "renew":
        renewing.renew(member=row, group=group, by=request.scope, now=now)
    elif act == "remove":
        why = Why(reason=given.get("reason", ""), words=given.get("words", ""))
        unrelated = given.get("unrelated") == "yes"
        vetting.remove(member=row, group=group, why=why, unrelated=unrelated, by=request.scope, now=now)
    else:
        raise Http404


def _show(request: HttpRequest, row: Member) -> HttpResponse:
    """The number, once, and the record says who saw it."""
    number = rows_of.shown(row).number
    officer = request.scope.officer.pk
    audit.record("member_shown", now=timezone.now(), officer_id=officer, subject="member", ids=[row.pk])
    return _member(request, row, number=phones.shown(number) if number else _("erased"))


def places(row: Member) -> QuerySet[Membership]:
    """Where the member has a place today."""
    rows = Membership.objects.filter(member=row, ended_at=None)
    return rows.select_related("group").order_by("since", "pk")


def _member(
    request: HttpRequest, row: Member, *, why: str = "", number: str = "", status: int = 200
) -> HttpResponse:
    decisions = row.decisions.select_related("group", "officer", "post", "reviewer", "reviewer_post")
    strikes = Strike.objects.filter(member=row).order_by("-pk")
    facts: dict[str, Any] = {
        "member": row,
        "name": rows_of.shown(row).name,
        "number": number,
        "why": why,
        "typed": request.POST if why else {},
        "kind": kinds.kinds().get(row.kind),
        "section": kinds.sections().get(row.section),
        "places": list(places(row)),
        "decisions": with_reasons(list(decisions.order_by("-at", "-pk")[:PAGE])),
        "strikes": [(STRUCK_FOR.get(Noise(one.noise), ""), one.at) for one in strikes[:PAGE]],
        "reasons": [one for one in words.reasons().values() if "removed" in one.fits],
    }
    return render(request, "groups/member.html", facts, status=status)


def with_reasons(rows: list[Any]) -> list[Any]:
    """Decisions, each with `why` in the reader's language."""
    for row in rows:
        row.why = words.reasons().get(row.reason, "")
    return rows
