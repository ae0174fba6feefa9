"""What the pages of groups read: only groups that the officer's posts run, by the same rule as the database's."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from rabta.force import names
from rabta.force.access import Permission, Scope, current_postings
from rabta.groups.models import Broadcast, Group, Reach, Wording

SHOWN = 50
MOST_BELOW = 200
BROADCASTS = 10
_NAMES = ("name", "name_hi", "name_ur")
LINE = (
    "public_id", "kind", "path", "members", "outside", *_NAMES,
    *(f"{of}__{name}" for of in ("unit", "administrator") for name in _NAMES),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """A group in the list: who holds the post that runs it, and how many stand below it with how many members."""

    group: Group
    holders: str
    below: int
    members_below: int
    depth: int = 0


def run_by(scope: Scope) -> QuerySet[Group]:
    """The groups at and below the units whose groups the officer runs."""
    units = sorted(scope.units_with(Permission.GROUPS))
    rows = Group.objects.filter(visible_to__overlap=units)
    related = rows.select_related("unit", "administrator__unit", "parent", "outside")
    return related.defer(
        "unit__area", "administrator__unit__area"
    )  # outlines are long, and no page of groups draws them


def listed(scope: Scope) -> QuerySet[Group]:
    """The same with only what a line shows: of a force, lists sort fifteen hundred rows to show a few."""
    return run_by(scope).select_related(None).select_related("unit", "administrator").only(*LINE)


def group_or_404(public_id: str, scope: Scope) -> Group:
    """The group of an address; 404 where the officer does not run it."""
    group = run_by(scope).filter(public_id=public_id).first()
    if group is None:
        raise Http404
    return group


def found(scope: Scope, *, words: str, kind: str, closed: bool) -> list[Group]:
    """Groups by words of their name and by kind, in the order of their names; SHOWN of them and one more."""
    rows = listed(scope).filter(closed_at__isnull=not closed)
    if kind:
        rows = rows.filter(kind=kind)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(name_hi__icontains=word) | Q(name_ur__icontains=word))
    return list(rows.order_by("name", "id")[: SHOWN + 1])


def top(scope: Scope) -> list[Group]:
    """The open groups that the officer runs, as a tree; of very many only the highest two levels."""
    rows = listed(scope).filter(closed_at=None)
    there = rows.aggregate(count=Count("id"), highest=Min("path__len"))
    if there["count"] > SHOWN:
        rows = rows.filter(path__len__lte=there["highest"] + 1)
    return list(rows.order_by("path")[:MOST_BELOW])


def children(group: Group, scope: Scope) -> list[Group]:
    """The open groups right below one."""
    return list(listed(scope).filter(parent=group, closed_at=None).order_by("name", "id")[:MOST_BELOW])


def lines(groups: list[Group]) -> list[Line]:
    """Each with who holds the post that runs it and what stands below. Two queries for all."""
    below = _below([group.pk for group in groups])
    holders = _holders([group.administrator_id for group in groups if group.administrator_id])
    shallow = min((len(group.path) for group in groups), default=0)
    made = []
    for group in groups:
        count, members = below.get(group.pk, (0, 0))
        line = Line(
            group=group,
            holders=names.listed(holders.get(group.administrator_id or 0, [])),
            below=count,
            members_below=members,
            depth=min(len(group.path) - shallow, 4),
        )
        made.append(line)
    return made


def broadcasts(group: Group) -> list[Broadcast]:
    """The newest things said to a group, each with its sums over units. Three queries."""
    rows = list(
        group.broadcasts.select_related("officer", "post", "unit")
        .defer("unit__area")
        .order_by("-asked_at", "-id")[:BROADCASTS]
    )
    return with_sums(rows)


def with_sums(rows: list[Broadcast]) -> list[Broadcast]:
    """Broadcasts with their words and with `sums`, how far each came as last counted; `people` are those of them
    whom the officer may count: all, or of what was said from above those of his own units."""
    sums: dict[int, dict[str, int]] = {row.pk: dict.fromkeys(SUMMED, 0) for row in rows}
    summed = {name: Sum(name) for name in SUMMED}
    for found in Reach.objects.filter(broadcast__in=sums).values("broadcast").annotate(**summed).order_by():
        sums[found.pop("broadcast")] = found
    said: dict[int, dict[str, str]] = {row.pk: {} for row in rows}
    for wording in Wording.objects.filter(broadcast__in=sums):
        said[wording.broadcast_id][wording.language] = wording.text
    language = (get_language() or "en")[:2]
    for row in rows:
        row.people = sums[row.pk]["recipients"] or row.recipients  # type: ignore[attr-defined]
        words = said[row.pk]
        row.sums, row.words = sums[row.pk], words.get(language) or words.get("", "")  # type: ignore[attr-defined]
    return rows


SUMMED = ("recipients", "unreachable", "sent", "delivered", "read", "failed", "answered")


def _below(ids: list[int]) -> dict[int, tuple[int, int]]:
    """How many open groups stand below each, with how many members."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT above, count(*), sum(g.members) FROM groups_group g CROSS JOIN unnest(g.path) AS above"
            " WHERE g.closed_at IS NULL AND above <> g.id AND above = ANY (%s::bigint[]) GROUP BY above",
            [ids],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _holders(posts: list[int], on: date | None = None) -> dict[int, list[str]]:
    """Names of who holds each post today."""
    rows = current_postings(on=on or timezone.localdate()).filter(post__in=posts).select_related("officer")
    found: dict[int, list[str]] = {}
    for posting in rows.order_by("starts", "id"):
        found.setdefault(posting.post_id, []).append(str(posting.officer))
    return found
