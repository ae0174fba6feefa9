"""What the pages of instructions read: only what reached the officer's groups, by the same rule as the database's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.force.names import listed
from rabta.groups.models import Direction, Hop, Photo, Proof, Reach
from rabta.rules.relaying import Light, light

LISTED = 50
ROWS = 100
# Each light with its colour and its word.
LIGHTS: dict[Light, tuple[str, Promise]] = {
    Light.LATE: ("bad", _("late")),
    Light.WAITING: ("warn", _("waiting")),
    Light.RECEIVED: ("info", _("received")),
    Light.PASSED: ("ok", _("passed on")),
    Light.ALONE: ("info", _("went on by itself, confirmed since")),
    Light.AHEAD: ("quiet", _("not there yet")),
}
PROOFS: dict[str, tuple[str, Promise]] = {
    Hop.ProofState.NONE: ("warn", _("none yet")),
    Hop.ProofState.WAITING: ("info", _("waiting for a look")),
    Hop.ProofState.REJECTED: ("bad", _("rejected")),
    Hop.ProofState.VERIFIED: ("ok", _("verified")),
    Hop.ProofState.EXCUSED: ("quiet", _("does not apply")),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of a page, and the list that it opens."""

    code: str
    words: str
    tone: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A hop in a list: how it stands, who holds its post, and how many people its members' letter reached."""

    hop: Hop
    light: Light
    tone: str
    words: str
    holders: str
    proof: tuple[str, Promise] | None
    reach: Mapping[str, int]


def _units(scope: Scope) -> list[int]:
    return sorted(scope.units_with(Permission.GROUPS))


def hops_of(scope: Scope) -> QuerySet[Hop]:
    """The hops that the officer may see: his own, those below, and what is on its way to them.

    Without their groups: of one for which he stands in he does not see the group, and a join would take the hop away.
    """
    rows = Hop.objects.filter(visible_to__overlap=_units(scope))
    return rows.select_related("direction", "unit__level", "post").defer("unit__area")


def directions_of(scope: Scope) -> QuerySet[Direction]:
    """The instructions that he gave or stands above, and those that reached him or those below him."""
    reached = Hop.objects.filter(visible_to__overlap=_units(scope)).values("direction")
    rows = Direction.objects.filter(Q(visible_to__overlap=_units(scope)) | Q(pk__in=reached))
    return rows.select_related("officer", "post", "unit").defer("unit__area")


def direction_or_404(public_id: str, scope: Scope) -> Direction:
    """The instruction of an address; 404 for whom it did not reach."""
    found = directions_of(scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def hop_or_404(public_id: str, scope: Scope) -> Hop:
    """The hop of an address; 404 for whoever does not see it."""
    rows = hops_of(scope).select_related(
        "received_by", "passed_by", "excused_by", "parent", "escalated_to", "proof_late_to",
        "direction__post", "direction__officer", "direction__file",
    )  # fmt: skip
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def photo_or_404(public_id: str, scope: Scope) -> Photo:
    """A picture that belongs to a proof or to good work that the officer sees."""
    proofs = Q(proof__hop__visible_to__overlap=_units(scope))
    works = Q(work__visible_to__overlap=_units(scope)) | Q(work__officer=scope.officer)
    found = Photo.objects.filter(proofs | works, public_id=public_id).select_related("file__cleaned").first()
    if found is None:
        raise Http404
    return found


def to_receive(scope: Scope, *, now: datetime) -> list[Line]:
    """What is addressed to the officer's posts and waits for him: to be received, passed on, or proved."""
    rows = hops_of(scope).filter(post__in=scope.posts, told_at__isnull=False, direction__ended_at=None)
    open_ones = Q(received_at=None) | Q(passed_at=None, alone_at=None, direction__at_once=False)
    asked = Q(proof_state__in=[Hop.ProofState.NONE, Hop.ProofState.REJECTED])
    return lines(rows.filter(open_ones | asked).order_by("due_at", "pk")[:LISTED], now=now)


def given_by(scope: Scope) -> list[Direction]:
    """What the officer gave himself, or a post of his."""
    rows = directions_of(scope).filter(Q(officer=scope.officer) | Q(post__in=scope.posts))
    return list(rows.order_by("-given_at", "-pk")[:LISTED])


def below(scope: Scope) -> list[Direction]:
    """All that are on their way at and below the officer's units, the newest first."""
    return list(directions_of(scope).order_by("-given_at", "-pk")[:LISTED])


def counted(found: Iterable[Direction], *, scope: Scope, now: datetime) -> dict[int, Counter[Light]]:
    """How the hops of these instructions stand, by its id: those that the officer sees."""
    counts: dict[int, Counter[Light]] = {direction.pk: Counter() for direction in found}
    for hop in hops_of(scope).filter(direction__in=counts):
        counts[hop.direction_id][light(hop.facts, now=now)] += 1
    return counts


def figures(counts: Mapping[Light, int]) -> list[Figure]:
    """All lights with their numbers; they add up to the number of hops."""
    return [
        Figure(code=code.value, words=str(words), tone=tone, number=counts.get(code, 0))
        for code, (tone, words) in LIGHTS.items()
    ]


def proof_figures(hops: Iterable[Hop]) -> list[Figure]:
    """All states of proof with their numbers; they add up to the number of units that are asked."""
    counts = Counter(hop.proof_state for hop in hops)
    return [
        Figure(code=code, words=str(words), tone=tone, number=counts.get(code, 0))
        for code, (tone, words) in PROOFS.items()
    ]


def lines(
    hops: Iterable[Hop],
    *,
    now: datetime,
    directory: Directory | None = None,
    reached: Mapping[int, Mapping[str, int]] | None = None,
) -> list[Line]:
    """The hops as a list shows them; `directory` names who holds each post."""
    hops = list(hops)
    ids = {h.officer_id for hop in hops if directory and hop.post_id for h in directory.holders(hop.post_id)}
    names = {officer.pk: str(officer) for officer in Officer.objects.filter(pk__in=ids)}
    return [_line(hop, names, directory, reached or {}, now=now) for hop in hops]


def _line(
    hop: Hop,
    names: Mapping[int, str],
    directory: Directory | None,
    reached: Mapping[int, Mapping[str, int]],
    *,
    now: datetime,
) -> Line:
    found = light(hop.facts, now=now)
    holders = directory.holders(hop.post_id) if directory and hop.post_id else ()
    return Line(
        hop=hop,
        light=found,
        tone=LIGHTS[found][0],
        words=str(LIGHTS[found][1]),
        holders=listed(names[h.officer_id] for h in holders if h.officer_id in names),
        proof=PROOFS.get(hop.proof_state),
        reach=reached.get(hop.pk, {}),
    )


SUMS = {
    "recipients": Sum("recipients"),
    "delivered": Sum("delivered"),
    "read": Sum("read"),
    "failed": Sum("failed") + Sum("unreachable"),
}


def reach_of(direction: Direction, hops: Iterable[Hop]) -> dict[int, dict[str, int]]:
    """By the id of each hop: the people whom the letter of its group reached. Of one that all levels heard at once,
    those of its unit."""
    hops = list(hops)
    rows = Reach.objects.filter(broadcast__about=f"direction:{direction.public_id}")
    if direction.at_once:
        by_unit = {row["unit"]: row for row in rows.values("unit").annotate(**SUMS)}
        return {hop.pk: by_unit[hop.unit_id] for hop in hops if hop.unit_id in by_unit}
    by_broadcast = {row["broadcast"]: row for row in rows.values("broadcast").annotate(**SUMS)}
    return {hop.pk: by_broadcast[hop.broadcast_id] for hop in hops if hop.broadcast_id in by_broadcast}


def reach_sums(direction: Direction) -> dict[str, int]:
    """Over all letters of it that the officer sees."""
    rows = Reach.objects.filter(broadcast__about=f"direction:{direction.public_id}")
    return {name: number or 0 for name, number in rows.aggregate(**SUMS).items()}


def proofs_of(direction: Direction, *, scope: Scope, state: str, unit: int | None) -> QuerySet[Proof]:
    """What units sent, the newest first; of one state, of a unit and all below it."""
    rows = Proof.objects.filter(hop__direction=direction, hop__visible_to__overlap=_units(scope))
    if state:
        rows = rows.filter(state=state)
    if unit is not None:
        rows = rows.filter(hop__unit__path__contains=[unit])
    rows = rows.select_related("hop__unit", "hop__direction", "officer", "post", "decided_by")
    return rows.defer("hop__unit__area").prefetch_related("photos__file").order_by("-pk")
