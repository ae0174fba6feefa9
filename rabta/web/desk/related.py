"""What belongs to a case beside its own conversation: parts or head, links, and what is perhaps the same matter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.cases import likeness
from rabta.cases.authors import authors
from rabta.cases.looking import looked
from rabta.cases.models import Case, State
from rabta.cases.related import Link
from rabta.force.access import Permission, Scope
from rabta.journey.matters import merging
from rabta.people.reveal import Shown
from rabta.web.desk import incidents
from rabta.web.desk.queries import PERSON, cases

MOST_PARTS = 200
MOST_SHOWN = 12
MOST_SUGGESTED = 3
LIKE_TEXT: str | Promise = _("Nearly the same words")
LIKE_SPOT: str | Promise = _("The same kind of matter, at the same place and time")
SAME_PERSON: str | Promise = _("The same person wrote about the same kind of matter")


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A case that is perhaps the same matter, why, and what may be done: merge it into this one, or the other way."""

    case: Case
    why: str | Promise
    absorbs: bool
    absorbed: bool


@dataclass(frozen=True, kw_only=True)
class Related:
    """All of it. `parts` are the latest; `people` is how many told of the matter."""

    head: Case | None = None
    parts: list[Case] = field(default_factory=list)
    people: int = 1
    names: dict[int, Shown] = field(default_factory=dict)  # by the id of the part
    links: list[tuple[Case, Link]] = field(default_factory=list)
    suggested: list[Suggestion] = field(default_factory=list)

    head_hidden: bool = False  # part of a case that this officer may not see
    undo: str = "unmerge"  # the act that makes it stand by itself again


def parts_of(case: Case, *, scope: Scope) -> list[Case]:
    """The latest MOST_PARTS parts that the officer sees, the oldest first. One query, and what hangs on them."""
    rows = cases(scope).filter(part_of=case).select_related("account").prefetch_related(PERSON)
    return list(rows.order_by("-last_in_at", "-id")[:MOST_PARTS])[::-1]


def related(
    *, case: Case, parts: list[Case], earlier: Iterable[Case], scope: Scope, now: datetime
) -> Related:
    """Read what belongs to the case. `earlier`: visible cases of the same person. What was said in the parts is read
    with the case: who saw those of a hidden matter is recorded."""
    looked(parts, by=scope, where="desk", now=now)
    head = cases(scope).filter(pk=case.part_of_id).first() if case.part_of_id else None
    shown = parts[-MOST_SHOWN:]
    people = incidents.people(found=[case]).get(case.pk, 1) if parts else 1
    handles = case.state != State.CLOSED and scope.may(Permission.HANDLE_CASES, case)
    return Related(
        head=head,
        head_hidden=bool(case.part_of_id) and head is None,
        undo="unmerge" if case.state == State.CLOSED else "take-out",
        parts=shown,
        people=people,
        names=authors(shown, by=scope, purpose="case", now=now) if shown else {},
        links=links_of(case, scope=scope),
        suggested=_suggested(case, earlier, scope=scope) if handles and not case.part_of_id else [],
    )


def links_of(case: Case, *, scope: Scope) -> list[tuple[Case, Link]]:
    """The cases that this one is linked with, and the links. Two queries, or one."""
    links = Link.objects.filter(Q(one=case) | Q(other=case)).select_related("officer").order_by("id")
    by_other = {link.other_id if link.one_id == case.pk else link.one_id: link for link in links}
    found = cases(scope).in_bulk(list(by_other)) if by_other else {}
    return [(found[pk], link) for pk, link in by_other.items() if pk in found]


def _suggested(case: Case, earlier: Iterable[Case], *, scope: Scope) -> list[Suggestion]:
    """What is perhaps the same matter: by its words, by kind, place and time, or told by the same person."""
    by_like = dict(likeness.likes_of(case))
    found = cases(scope).filter(pk__in=by_like, part_of=None).exclude(state=State.CLOSED) if by_like else ()
    why: dict[int, tuple[Case, Any]] = {}
    for other in sorted(found, key=lambda one: (-by_like[one.pk], -one.pk)):
        why[other.pk] = other, LIKE_SPOT if by_like[other.pk] == 1 and _near(case, other) else LIKE_TEXT
    for other in earlier:
        if other.state != State.CLOSED and other.part_of_id is None and other.category == case.category:
            why.setdefault(other.pk, (other, SAME_PERSON))
    linked = set(Link.objects.filter(Q(one=case) | Q(other=case)).values_list("one_id", "other_id"))
    known = {pk for pair in linked for pk in pair} | {case.pk, case.part_of_id}
    rows = [one for pk, one in why.items() if pk not in known]
    return [_offer(case, other, words) for other, words in rows[:MOST_SUGGESTED]]


def _near(case: Case, other: Case) -> bool:
    if None in (case.lat, case.lng, other.lat, other.lng) or case.category != other.category:
        return False
    close = abs(case.lat - other.lat) + abs(case.lng - other.lng) < 4 * 0.003  # type: ignore[operator]
    return close and abs((case.opened_at - other.opened_at).total_seconds()) < 3600


def _offer(case: Case, other: Case, why: str | Promise) -> Suggestion:
    return Suggestion(
        case=other,
        why=why,
        absorbs=merging.may_merge(kept=case, absorbed=other) is None,
        absorbed=merging.may_merge(kept=other, absorbed=case) is None,
    )
