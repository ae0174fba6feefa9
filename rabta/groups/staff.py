"""Who belongs to a group by the post that he holds today (`Seat`): read from the postings, kept nowhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rabta.force.directory import Directory, Holder
from rabta.force.models import Post
from rabta.groups.models import Group, Seat


@dataclass(frozen=True, kw_only=True)
class Seated:
    """A post that belongs to a group, and who holds it today: several, one, or nobody."""

    post: Post
    holders: tuple[Holder, ...]


def units_of(seat: Seat, *, unit_id: int, directory: Directory) -> frozenset[int]:
    """The units whose posts a seat means, seen from the group's own unit."""
    if seat.reach == Seat.Reach.OWN:
        return frozenset({unit_id})
    if seat.reach == Seat.Reach.BELOW:
        return directory.below(unit_id)
    return frozenset(directory.path(unit_id)[:-1])


def staff_of(group: Group, *, seats: Iterable[Seat], directory: Directory) -> list[Seated]:
    """The posts of a group, the highest unit first; each once."""
    wanted: set[int] = set()
    for seat in seats:
        units = units_of(seat, unit_id=group.unit_id, directory=directory)
        wanted.update(
            post.pk
            for post in directory.posts.values()
            if post.unit_id in units and seat.role in ("", post.role)
        )
    posts = sorted(
        (directory.posts[pk] for pk in wanted), key=lambda post: (len(directory.path(post.unit_id)), post.pk)
    )
    return [Seated(post=post, holders=directory.holders(post.pk)) for post in posts]


def officers_of(
    groups: Iterable[tuple[Group, Iterable[Seat]]], *, directory: Directory
) -> Iterator[tuple[int, int]]:
    """(officer, unit) of everybody who belongs to one of the groups by a post; each officer once, and with each
    administrator, who hears what is said to his group."""
    told: set[int] = set()
    for group, seats in groups:
        seated = staff_of(group, seats=seats, directory=directory)
        posts = [one.post for one in seated]
        if group.administrator_id in directory.posts:
            posts.append(directory.posts[group.administrator_id])
        for post in posts:
            for holder in directory.holders(post.pk):
                if holder.officer_id not in told:
                    told.add(holder.officer_id)
                    yield holder.officer_id, post.unit_id


def personnel_units(
    groups: Iterable[tuple[Group, Iterable[Seat]]], *, directory: Directory
) -> frozenset[int]:
    """The units all of whose personnel without a login belongs to one of the groups."""
    return frozenset().union(
        *(
            units_of(seat, unit_id=group.unit_id, directory=directory)
            for group, seats in groups
            for seat in seats
            if seat.personnel
        )
    )
