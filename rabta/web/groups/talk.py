"""What members of a group wrote: what waits for a moderator, what was decided, how much of the talk is worth it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.groups import kinds, members, talk
from rabta.groups.models import Group, Item, Member
from rabta.journey.groups.broadcasts import quiet
from rabta.journey.groups.talk import moderating, unsealing
from rabta.rules import moderation
from rabta.web.files.views import send
from rabta.web.groups import queries
from rabta.web.guard import needs

runners = needs(Permission.GROUPS)
SHOWN, DECIDED = 50, 10
LATELY = timedelta(days=1)
DONE = {
    "let_through": gettext_lazy("Passed on to the group, without a name."),
    "refuse": gettext_lazy("Not passed on. The member is told why."),
    "to_desk": gettext_lazy("The desk has it now."),
    "undo": gettext_lazy("Taken back: it waits again."),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A message with who wrote it, as whoever runs the group knows him."""

    item: Item
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How much was said in a group lately, and what of it was worth everybody's time."""

    group: Group
    heard: int
    held: int
    let_through: int
    refused: int
    chat: int
    percent: int | None


@require_safe
@runners
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """What waits, the oldest first; what was decided lately, to be taken back; figures of the group and those below."""
    return _page(request, queries.group_or_404(public_id, request.scope))


def looked(request: HttpRequest, group: Group, *, now: datetime) -> None:
    """Write down that an officer reads what waits: from now on it does not vanish by itself."""
    audit.record(talk.LOOKED, now=now, officer_id=request.scope.officer.pk, subject="group", ids=[group.pk])


def _page(request: HttpRequest, group: Group, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    items = list(waiting(request.scope, now=now).filter(group=group)[: SHOWN + 1])
    below = list(
        queries.run_by(request.scope).filter(path__contains=[group.pk], closed_at=None).order_by("path")[:200]
    )
    looked(request, group, now=now)
    figures = figures_of([group, *(one for one in below if one.pk != group.pk)], now=now)
    facts = {
        "group": group,
        "tab": "talk",
        "lines": [line_of(item) for item in items[:SHOWN]],
        "more": len(items) > SHOWN,
        "coming": Item.objects.filter(group=group, state=Item.State.WAITING, shown_at=None).count(),
        "decided": [line_of(item) for item in decided(group, request.scope, now=now)[:DECIDED]],
        "refusals": talk.refusals().values(),
        "own": figures[0],
        "below": figures[1:],
        "put_up": [members.shown(one).name for one in put_up(group)],
        "opens": unsealing.may_open(request.scope, group),
        "quiet": quiet.until([group], now=now) > now,
    }
    return render(request, "groups/talk.html", facts, status=status)


@require_http_methods(["POST"])
@runners
def act(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    """Decide on one message, or take the decision back."""
    group = queries.group_or_404(public_id, request.scope)
    item = item_or_404(request.scope, group, item_id)
    what = request.POST.get("act", "")
    try:
        with transaction.atomic():
            carry_out(what, item, reason=request.POST.get("reason", ""), by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, group, status=400)
    messages.success(request, str(DONE[what]))
    return redirect("group_talk", group.public_id)


def carry_out(what: str, item: Item, *, reason: str, by: Scope, now: datetime) -> Item:
    """Do one of the acts of `DONE`. Refused for any other."""
    if what == "refuse":
        return moderating.refuse(item=item, reason=reason, by=by, now=now)
    acts = {"let_through": moderating.let_through, "to_desk": moderating.to_desk, "undo": moderating.undo}
    if what not in acts:
        raise Refused(_("Choose what to do with the message."))
    return acts[what](item=item, by=by, now=now)


@require_safe
@runners
def picture(request: HttpRequest, public_id: str, item_id: str) -> HttpResponseBase:
    """The copy of a picture that waits, or that was let through; what was removed from sight is not shown."""
    group = queries.group_or_404(public_id, request.scope)
    item = item_or_404(request.scope, group, item_id)
    shown = item.state in (Item.State.WAITING, Item.State.LET_THROUGH)
    if not shown or item.file is None or item.file.cleaned is None:
        raise Http404
    return send(request, item.file.cleaned, name="", download=False)


def waiting(scope: Scope, *, now: datetime) -> QuerySet[Item]:
    """What waits for this officer."""
    return talk.waiting(queries.run_by(scope), now=now)


def item_or_404(scope: Scope, group: Group, public_id: str) -> Item:
    """A message of a group that this officer runs, unless it is the desk's by now for anybody but who gave it there."""
    rows = Item.objects.filter(group=group, public_id=public_id).select_related("file__cleaned", "member")
    item = rows.first()
    if item is None or (item.state == Item.State.TO_DESK and item.officer_id != scope.officer.pk):
        raise Http404
    return item


def decided(group: Group, scope: Scope, *, now: datetime) -> QuerySet[Item]:
    """What was decided lately, the newest first; what goes to the desk is there for its officer alone, for seconds."""
    rows = Item.objects.filter(group=group, decided_at__gt=now - LATELY).exclude(state=Item.State.TO_DESK)
    own = Item.objects.filter(group=group, state=Item.State.TO_DESK, officer=scope.officer)
    both = rows | own.filter(decided_at__gt=now - LATELY)
    return both.select_related("member", "officer", "post", "broadcast", "file").order_by(
        "-decided_at", "-id"
    )


def put_up(group: Group) -> QuerySet[Member]:
    """Members who went on so long that the station decides whether they stay."""
    rows = Member.objects.filter(memberships__group=group, memberships__ended_at=None)
    return rows.filter(strikes__gte=moderation.PUT_UP_AT).order_by("-strikes", "id")[:DECIDED]


def figures_of(groups: list[Group], *, now: datetime) -> list[Figures]:
    """Of each group, what was said in the last thirty days. One query for all."""
    found = talk.counts([group.pk for group in groups], today=timezone.localdate(now))
    made = []
    for group in groups:
        counted = found[group.pk]
        heard = counted[talk.HEARD] + counted[talk.CHAT]
        held = sum(n for what, n in counted.items() if talk.noisy(what)) + counted[talk.CHAT_NOISE]
        worth = counted[talk.LET_THROUGH] + counted[talk.CHAT] - counted[talk.CHAT_NOISE]
        settled = (
            held
            + counted[talk.LET_THROUGH]
            + counted[talk.REFUSED]
            + counted[talk.CHAT]
            - counted[talk.CHAT_NOISE]
        )
        ratio = moderation.signal(let_through=worth, heard=settled)  # what still waits says nothing yet
        made.append(
            Figures(
                group=group, heard=heard, held=held, let_through=counted[talk.LET_THROUGH],
                refused=counted[talk.REFUSED], chat=counted[talk.CHAT],
                percent=None if ratio is None else round(100 * min(ratio, 1)),
            )
        )  # fmt: skip
    return made


def line_of(item: Item) -> Line:
    """The message with its author's name and kind."""
    member = item.member
    kind = kinds.kinds().get(member.kind) if member else None
    return Line(item=item, name=members.shown(member).name if member else "", kind=str(kind) if kind else "")
