"""Who holds a duty, and who stands above him: posts by name, and of these only whoever may know of the case."""

from collections.abc import Iterator
from dataclasses import dataclass

from rabta.cases.models import Case, Order
from rabta.cases.visibility import hears
from rabta.force.access import SERVES_PARENT
from rabta.force.directory import Directory, Holder
from rabta.force.models import Post, Role
from rabta.rules.limits import Step
from rabta.rules.visibility import names_decide

DESK = (Role.DESK_HEAD, Role.DESK_OPERATOR)
OF_THE_DESK = (Step.REPLY, Step.HANDED_OVER)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A post and those of its holders who may know of the case."""

    post: Post
    holders: tuple[Holder, ...]


def holder_of(
    step: str, *, case: Case, order: Order | None, lead: Order | None, directory: Directory
) -> Told | None:
    """Who has to do a step of a case: the desk answers, whoever leads makes contact and reports, an order is its
    post's. As long as nobody leads, all of it is the desk's. None where nobody who may know of it holds such a post.
    """
    if order is None and lead is not None and step not in OF_THE_DESK:
        order = lead
    if order is not None:
        return told(directory.posts[order.post_id], case=case, directory=directory)
    return _desk(case, directory)


def above(start: Post | None, *, case: Case, directory: Directory) -> Iterator[Told]:
    """Heads of the units above, the nearest first, of whom somebody may know of the case. Without a post: above the
    unit whose desk has it.

    A chain that leads through the accused gives nobody there: `hears` shuts them out.
    """
    unit = start.unit_id if start else case.desk_unit_id
    for one in reversed(directory.path(unit)):
        head = directory.head(one)
        if head is None or (start is not None and head.pk == start.pk):
            continue
        found = told(head, case=case, directory=directory)
        if found:
            yield found


def told(post: Post, *, case: Case, directory: Directory) -> Told | None:
    """The post with those holders who may know of the case; None when there is none."""
    named = names_decide(case.visible_to)
    if not named and _serves(post, directory) not in case.visible_to:
        return None
    holders = tuple(h for h in directory.holders(post.pk) if hears(h.officer_id, case, directory=directory))
    return Told(post=post, holders=holders) if holders else None


def _serves(post: Post, directory: Directory) -> int:
    parent = directory.all_units[post.unit_id].parent_id
    return parent if post.role in SERVES_PARENT and parent else post.unit_id


def _desk(case: Case, directory: Directory) -> Told | None:
    """The operator to whom the case is assigned, else the head of its desk, else its operators."""
    posts = [
        post
        for post in directory.posts.values()
        if post.role in DESK and _serves(post, directory) == case.desk_unit_id
    ]
    posts.sort(key=lambda post: (post.role != Role.DESK_HEAD, post.pk))
    found = [one for one in (told(post, case=case, directory=directory) for post in posts) if one]
    for one in found:
        his = tuple(holder for holder in one.holders if holder.officer_id == case.assigned_to_id)
        if his:
            return Told(post=one.post, holders=his)
    return found[0] if found else None
