"""What tables change of people's rights: whose posting, number, post or unit. Asked before they are saved."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar, cast

from django.db.models import Model

from rabta.force.access import is_wide
from rabta.force.models import Officer, Post, Posting, Unit
from rabta.force.register.draft import Draft

M = TypeVar("M", bound=Model)
Line = dict[str, str]  # codes: what (posting, number, post, unit), of whom or what, to what; never a number


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All of them. `numbers` has the number before, by officer; new officers, posts and units change nothing."""

    postings: list[Posting]
    numbers: dict[Officer, str]
    posts: list[Post]
    units: list[Unit]
    lines: list[Line]  # what a second administrator reads
    needs_second: bool

    @property
    def officers(self) -> list[int]:
        """Ids of those whose posting or number changes, as far as they are known already."""
        found = {posting.officer.pk for posting in self.postings} | {officer.pk for officer in self.numbers}
        return sorted(pk for pk in found if pk)


def changes(draft: Draft, *, by: Officer, wide: Collection[int]) -> Changes:
    """Compare the draft with what is stored.

    A second administrator is needed for one's own posting and number, for postings and numbers of those with wide
    rights (`wide`), and for whatever moves rights that exist: the role or unit of a post, the place of a unit, who
    receives what is said against one.
    """
    postings = [cast(Posting, posting) for posting in draft.of("postings")]
    numbers = _numbers(draft)
    posts, units, receivers = _posts(draft), _units(draft), _receivers(draft)
    own_or_wide = any(
        posting.officer.username == by.username or _is_wide(draft, posting.post) for posting in postings
    ) or any(officer.pk == by.pk or officer.pk in wide for officer in numbers)
    return Changes(
        postings=postings,
        numbers=numbers,
        posts=posts,
        units=units,
        lines=[
            *(
                {"what": "posting", "of": p.officer.username, "to": p.post.code, "ends": str(p.ends or "")}
                for p in postings
            ),
            *({"what": "number", "of": officer.username} for officer in numbers),
            *({"what": "post", "of": post.code, "to": f"{post.role} · {post.unit.code}"} for post in posts),
            *({"what": "unit", "of": unit.code, "to": draft.parents.get(unit.code, "")} for unit in units),
            *({"what": "receiver", "of": code, "to": to} for code, to in receivers),
        ],
        needs_second=own_or_wide or bool(posts or units or receivers),
    )


def _is_wide(draft: Draft, post: Post) -> bool:
    depth, at = 1, post.unit.code
    while at := draft.parents.get(at, ""):
        depth += 1
    return is_wide(post.role, depth=depth)


def _known(draft: Draft, table: str, _kind: type[M]) -> list[M]:
    return [cast(M, thing) for thing in draft.of(table) if thing.pk is not None]


def _numbers(draft: Draft) -> dict[Officer, str]:
    was = dict(Officer.objects.values_list("pk", "phone"))
    return {o: was[o.pk] for o in _known(draft, "officers", Officer) if was[o.pk] != o.phone}


def _posts(draft: Draft) -> list[Post]:
    was = {pk: (role, unit) for pk, role, unit in Post.objects.values_list("pk", "role", "unit_id")}
    return [post for post in _known(draft, "posts", Post) if was[post.pk] != (post.role, post.unit.pk)]


def _units(draft: Draft) -> list[Unit]:
    """Those that get another place: parent, functional parent or level."""
    fields = ("pk", "parent__code", "functional_parent__code", "level__code")
    was = {pk: place for pk, *place in Unit.objects.values_list(*fields)}

    def place(unit: Unit) -> list[str | None]:
        links = (draft.parents.get(unit.code), draft.functional.get(unit.code))
        return [*(code or None for code in links), unit.level.code]

    return [unit for unit in _known(draft, "units", Unit) if was[unit.pk] != place(unit)]


def _receivers(draft: Draft) -> list[tuple[str, str]]:
    """Units of which complaints would be received by somebody else, and by whom; by codes."""
    known = Unit.objects.select_related("accusations_to").defer("area", "accusations_to__area")
    was = {unit.pk: unit.accusations_to.code if unit.accusations_to else "" for unit in known}
    now = {unit: draft.receivers.get(unit.code, "") for unit in _known(draft, "units", Unit)}
    return [(unit.code, to) for unit, to in now.items() if was[unit.pk] != to]
