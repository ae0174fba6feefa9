"""Who belongs to a group by his post, as postings are today. Seats are changed here, and who runs the group."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.models import Officer, Post, Role
from rabta.groups import members as rows_of
from rabta.groups.models import Group, Member, Seat
from rabta.groups.staff import Seated, staff_of
from rabta.journey.groups import registry
from rabta.journey.groups.members import offices
from rabta.journey.groups.registry import Wanted
from rabta.journey.press.asking import JOURNALIST
from rabta.web.groups import queries
from rabta.web.groups.registry import runners

SHOWN = 200
MOST_OUTSIDE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The posts of a group with who holds them; POST: these seats from now on."""
    group = queries.group_or_404(public_id, request.scope)
    if request.method == "POST":
        try:
            registry.seat(group=group, seats=_wanted(request), by=request.scope, now=timezone.now())
        except Refused as refused:
            return _page(request, group, why=str(refused), status=400)
        messages.success(request, _("Saved."))
        return redirect("group_seats", group.public_id)
    return _page(request, group)


def _wanted(request: HttpRequest) -> list[Wanted]:
    """The seats that stay, and the one that was added."""
    stay = [word.split(":") for word in request.POST.getlist("seat")]
    wanted = [
        Wanted(role=role, reach=reach, personnel=personnel == "1") for role, reach, personnel in _sound(stay)
    ]
    role, reach = request.POST.get("role", "none"), request.POST.get("reach", "")
    if role != "none":
        role = "" if role == "all" else role
        wanted.append(Wanted(role=role, reach=reach, personnel=request.POST.get("personnel") == "1"))
    return wanted


def _sound(rows: list[list[str]]) -> list[tuple[str, str, str]]:
    known = ["", *Role.values]
    return [(r[0], r[1], r[2]) for r in rows if len(r) == 3 and r[0] in known and r[1] in Seat.Reach.values]


@require_POST
@runners
def administrator(request: HttpRequest, public_id: str) -> HttpResponse:
    """A post or somebody outside the police runs the group; or an office outside the police is added."""
    group, now = queries.group_or_404(public_id, request.scope), timezone.now()
    given = request.POST
    try:
        if given.get("act") == "office":
            offices.add(
                group=group, name=given.get("name", ""), number=given.get("number", ""),
                language=given.get("language", "")[:8], agreed=given.get("agreed") == "yes",
                by=request.scope, now=now,
            )  # fmt: skip
        else:
            kind, _colon, chosen = given.get("runs", "").partition(":")
            post = get_object_or_404(Post, public_id=chosen) if kind == "post" else None
            outside = get_object_or_404(Member, public_id=chosen) if kind == "member" else None
            offices.appoint(group=group, post=post, outside=outside, by=request.scope, now=now)
    except Refused as refused:
        return _page(request, group, why=str(refused), status=400)
    messages.success(request, _("Saved."))
    return redirect("group_seats", group.public_id)


def _page(request: HttpRequest, group: Group, *, why: str = "", status: int = 200) -> HttpResponse:
    seats = list(group.seats.order_by("id"))
    seated = staff_of(group, seats=seats, directory=force_directory.current(now=timezone.now()))
    outside = _outside(group)
    facts = {
        "group": group,
        "tab": "seats",
        "why": why,
        "typed": request.POST if status != 200 else {},
        "seats": seats,
        "lines": _lines(seated[:SHOWN]),
        "posts": len(seated),
        "vacant": sum(not one.holders for one in seated),
        "more": max(0, len(seated) - SHOWN),
        "roles": Role.choices,
        "reaches": Seat.Reach.choices,
        "outside": outside,
        "offices": [(member, name) for member, name in outside if member.kind == offices.OFFICE],
        "may_run": _may_run(group),
    }
    return render(request, "groups/seats.html", facts, status=status)


def _lines(seated: list[Seated]) -> list[tuple[Post, list[Officer]]]:
    ids = {holder.officer_id for one in seated for holder in one.holders}
    officers = Officer.objects.in_bulk(ids)
    return [
        (one.post, [officers[h.officer_id] for h in one.holders if h.officer_id in officers])
        for one in seated
    ]


def _outside(group: Group) -> list[tuple[Member, str]]:
    """Members from other offices, of a media group the journalists too (K22), and whoever runs the group from outside,
    with their names."""
    kinds = [offices.OFFICE, *([JOURNALIST] if group.kind == Group.Kind.MEDIA else [])]
    places = group.memberships.filter(ended_at=None).select_related("member")
    found = [one.member for one in places.filter(member__kind__in=kinds).order_by("id")[:MOST_OUTSIDE]]
    if group.outside and group.outside not in found:
        found.append(group.outside)
    return [(member, rows_of.shown(member).name) for member in found]


def _may_run(group: Group) -> list[Post]:
    posts = Post.objects.filter(unit__in=group.visible_to).select_related("unit")
    return list(posts.order_by("-unit__path__len", "id"))
