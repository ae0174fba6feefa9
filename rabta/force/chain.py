"""Who stands in for a vacant post, who serves at a unit, and the posts between two units of the chain of command."""

from collections.abc import Iterator

from rabta.force.access import PERMISSIONS, Permission
from rabta.force.directory import Addressee, Directory, Holder
from rabta.force.models import Post
from rabta.rules import chain
from rabta.rules.chain import Path


def addressee_of(post: Post, *, directory: Directory) -> Addressee | None:
    """Who takes what is addressed to the post: its holders, else the linked post's, else the head above, nearest first.

    None when nobody up to the top holds anything.
    """
    unit = directory.units[post.unit_id].name
    for candidate, code in _candidates(post, directory):
        holders = directory.holders(candidate.pk)
        if holders:
            why = {"code": code, "unit": unit, "post": candidate.name} if code else {}
            return Addressee(post=candidate, holders=holders, why=why)
    return None


def _candidates(post: Post, directory: Directory) -> Iterator[tuple[Post, str]]:
    yield post, ""
    if post.linked_post_id:
        yield directory.posts[post.linked_post_id], "vacant_linked"
    for unit in reversed(directory.path(post.unit_id)):
        head = directory.head(unit)
        if head and head.pk != post.pk:
            yield head, "vacant_parent"


def down(*, start: Path, goal: Post, directory: Directory) -> list[Addressee]:
    """The posts that an order meets on its way from the unit `start` to the goal, from above; vacant ones are left out.

    Where the head's post is vacant the linked post passes it on. Nobody passes an order on to himself.
    """
    own = {holder.officer_id for holder in directory.holders(goal.pk)}
    found = []
    for unit in chain.between(start, directory.path(goal.unit_id)):
        head = directory.head(unit)
        linked = directory.posts[head.linked_post_id] if head and head.linked_post_id else None
        held = next((post for post in (head, linked) if post and directory.holders(post.pk)), None)
        holders = directory.holders(held.pk) if held else ()
        if held and held.pk != goal.pk and not own & {holder.officer_id for holder in holders}:
            found.append(Addressee(post=held, holders=holders, why={}))
    return found


def serving(unit_id: int, *, directory: Directory) -> list[tuple[Holder, Post]]:
    """The officers who hold a post of the unit today in which orders are worked on, each once."""
    found: dict[int, tuple[Holder, Post]] = {}
    for post in directory.posts.values():
        if post.unit_id == unit_id and Permission.WORK_ORDERS in PERMISSIONS[post.role]:
            for holder in directory.holders(post.pk):
                found.setdefault(holder.officer_id, (holder, post))
    return list(found.values())
