"""The force as it stands today, held in memory: units, areas, place names, posts and who holds them.

Arrival looks up thousands of places and posts a second; the force changes a few times a day. A snapshot lags at most
a second behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from rabta.force.access import current_postings, own_of
from rabta.force.models import PlaceName, Post, Role, Unit
from rabta.kit import scripts
from rabta.rules import jurisdiction
from rabta.rules.phrases import PhraseTable
from rabta.rules.visibility import person

if TYPE_CHECKING:
    from shapely import STRtree

COMPARE_EVERY = 1.0  # seconds
HEADS = frozenset(
    {
        Role.CHIEF,
        Role.RANGE_HEAD,
        Role.DISTRICT_HEAD,
        Role.CIRCLE_OFFICER,
        Role.SHO,
        Role.CELL_HEAD,
        Role.DESK_HEAD,
    }
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An officer who holds a post today."""

    officer_id: int
    phone: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """The post that answers for a unit today, and why it is not the unit's own head when it is not."""

    post: Post
    holders: tuple[Holder, ...]
    why: dict[str, str]


class Directory:
    """A snapshot of the force. Four queries to make, none to use."""

    def __init__(self, *, on: date) -> None:
        self.on = on
        self.all_units = {unit.pk: unit for unit in Unit.objects.select_related("level").order_by("id")}
        self.units = {pk: _facts(unit) for pk, unit in self.all_units.items()}
        self.cells = {unit.function: pk for pk, unit in self.all_units.items() if unit.function}
        self.receivers = {
            pk: tuple(self.all_units[unit.accusations_to_id].path)
            for pk, unit in self.all_units.items()
            if unit.accusations_to_id
        }
        self.posts = {post.pk: post for post in Post.objects.order_by("id")}
        self._holders: dict[int, list[Holder]] = {}
        self._posts_of: dict[int, list[Post]] = {}
        for posting in current_postings(on=on).select_related("officer").order_by("starts", "id"):
            holder = Holder(
                officer_id=posting.officer_id, phone=posting.officer.phone, language=posting.officer.language
            )
            self._holders.setdefault(posting.post_id, []).append(holder)
            self._posts_of.setdefault(posting.officer_id, []).append(self.posts[posting.post_id])
        desks = (unit for unit in self.all_units.values() if unit.level.code == "desk")
        self._desk_paths = [self.path(unit.parent_id) for unit in desks if unit.parent_id]
        self._heads = {post.unit_id: post for post in self.posts.values() if post.role in HEADS}
        self.officer_phones = frozenset(h.phone for held in self._holders.values() for h in held if h.phone)
        self._areas()
        self._places()

    def _areas(self) -> None:
        """Areas of the lowest level that has any; they decide whose ground a point is on."""
        with_area = [unit for unit in self.all_units.values() if unit.area]
        lowest = max((unit.level.rank for unit in with_area), default=0)
        stations = [unit for unit in with_area if unit.level.rank == lowest]
        self._station_ids = [unit.pk for unit in stations]
        self._outlines = [unit.area for unit in stations]

    @cached_property
    def _tree(self) -> "STRtree":
        """Made for the first point that is asked for: most processes are never asked, and do without shapely."""
        from shapely import STRtree
        from shapely.geometry import shape

        return STRtree([shape(outline) for outline in self._outlines])

    def _places(self) -> None:
        self._stations_of: dict[str, set[int]] = {}
        self._spots: dict[tuple[str, int], PlaceName] = {}
        table: PhraseTable[str] = PhraseTable()
        keys: dict[str, str] = {}
        for place in PlaceName.objects.order_by("id"):
            for form in sorted({*place.forms, place.name}):
                heard = " ".join(scripts.named(form))
                key = keys.setdefault(heard, " ".join(scripts.words(form)))
                self._spots.setdefault((key, place.unit_id), place)
                if key not in self._stations_of:
                    table.add(phrase=heard, value=key)
                self._stations_of.setdefault(key, set()).add(place.unit_id)
        self._place_table = table

    def path(self, unit_id: int) -> tuple[int, ...]:
        """Unit ids from the force down to the unit."""
        return self.units[unit_id].path

    def under(self, unit_id: int) -> frozenset[int]:
        """Ids of the unit and of all units below it by territory, as the tree has them."""
        return frozenset(pk for pk, unit in self.units.items() if unit_id in unit.path)

    def below(self, unit_id: int) -> frozenset[int]:
        """Ids of the unit and of all units below it, by territory or by function."""
        found = self.under(unit_id)
        functional = {
            pk
            for pk, unit in self.all_units.items()
            if unit.functional_parent_id in found and pk not in found
        }
        return found.union(*(self.below(pk) for pk in functional))

    def posts_of(self, officer_id: int) -> tuple[Post, ...]:
        """The posts that the officer holds today."""
        return tuple(self._posts_of.get(officer_id, ()))

    def shut_out_as(self, officer_id: int) -> frozenset[int]:
        """As whom the officer is shut out of cases: `force.access.Scope.shut_out_as`, from memory."""
        own = (own_of(post, path=self.path(post.unit_id)) for post in self.posts_of(officer_id))
        return frozenset({person(officer_id)}).union(*own)

    def leads_all(self, officer_id: int) -> bool:
        """Whether the officer heads a unit with nothing above it: everybody serves under him."""
        return any(post.role in HEADS and self.is_top(post.unit_id) for post in self.posts_of(officer_id))

    def is_top(self, unit_id: int) -> bool:
        """Whether nothing stands above the unit."""
        return self.all_units[unit_id].parent_id is None

    def reference_prefix(self, unit_id: int) -> str:
        """The letters before a reference number: the unit's own or those of the nearest unit above that has some."""
        prefixes = (self.all_units[unit].reference_prefix for unit in reversed(self.path(unit_id)))
        return next((prefix for prefix in prefixes if prefix), "RBT")

    def stations_at(self, *, lat: float, lng: float) -> tuple[int, ...]:
        """Stations whose area holds the point (two on a border), lowest id first."""
        from shapely.geometry import Point

        hits = self._tree.query(Point(lng, lat), predicate="intersects")
        return tuple(sorted(self._station_ids[i] for i in hits))

    def places_in(self, text: str) -> tuple[jurisdiction.NamedPlace, ...]:
        """Places that a text names, with the stations where a place of that name lies."""
        names = {}
        for found in self._place_table.find_longest(scripts.named(text)):
            names[found.value] = tuple(sorted(self._stations_of[found.value]))
        return tuple(
            jurisdiction.NamedPlace(name=name, stations=stations) for name, stations in names.items()
        )

    def spot(self, *, named: str, station: int) -> PlaceName | None:
        """The place that a text named (as `places_in` gives it) in the area of a station."""
        return self._spots.get((named, station))

    def holders(self, post_id: int) -> tuple[Holder, ...]:
        """Officers who hold the post today."""
        return tuple(self._holders.get(post_id, ()))

    def holder(self, officer_id: int) -> Iterator[Holder]:
        """The officer as holder of a post, if he holds any today."""
        held = self._posts_of.get(officer_id, ())
        found = (one for post in held for one in self.holders(post.pk) if one.officer_id == officer_id)
        yield from islice(found, 1)

    def head(self, unit_id: int) -> Post | None:
        """The post at the head of a unit, whether held or not."""
        return self._heads.get(unit_id)

    def addressee(self, unit_id: int) -> Addressee | None:
        """Who takes an order for the unit: its head, else the linked post, else the head of the unit above."""
        name = self.units[unit_id].name
        for post, code in self._candidates(unit_id):
            holders = self.holders(post.pk)
            if holders:
                why = {"code": code, "unit": name, "post": post.name} if code else {}
                return Addressee(post=post, holders=holders, why=why)
        return None

    def _candidates(self, unit_id: int) -> Iterator[tuple[Post, str]]:
        own = self.head(unit_id)
        if own:
            yield own, ""
            if own.linked_post_id:
                yield self.posts[own.linked_post_id], "vacant_linked"
        for above in reversed(self.path(unit_id)[:-1]):
            head = self.head(above)
            if head:
                yield head, "vacant_parent"

    def next_above(self, post: Post) -> Addressee | None:
        """Who gets an order that did not reach `post`: the linked post, else the head of the unit above."""
        for candidate, _code in self._candidates(post.unit_id):
            if candidate.pk != post.pk and self.holders(candidate.pk):
                return Addressee(post=candidate, holders=self.holders(candidate.pk), why={})
        return None

    def desk_paths(self) -> list[tuple[int, ...]]:
        """Paths of the units that have a desk (a desk serves the unit it belongs to)."""
        return self._desk_paths


def _facts(unit: Unit) -> jurisdiction.Unit:
    return jurisdiction.Unit(id=unit.pk, name=unit.name, level=unit.level.code, path=tuple(unit.path))


@dataclass(frozen=True)
class _Snapshot:
    """A directory, the revision of the force that it shows, and when that was last compared."""

    directory: Directory
    revision: int
    compared: float


_kept: _Snapshot | None = None


def current(*, now: datetime) -> Directory:
    """The snapshot of today. It is compared with the force's revision once a second, and made anew when that grew."""
    global _kept
    on, clock = timezone.localdate(now), monotonic()
    if _kept is None or _kept.directory.on != on or clock - _kept.compared > COMPARE_EVERY:
        revision = _revision()
        fits = _kept is not None and _kept.directory.on == on and _kept.revision == revision
        directory = _kept.directory if _kept and fits else Directory(on=on)
        _kept = _Snapshot(directory, revision, clock)
    return _kept.directory


def forget() -> None:
    """Make the next `current` look again: after a change of the force in the same second, and in tests."""
    global _kept
    _kept = None


def _revision() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM force_revision")
        (number,) = cursor.fetchone()
    return int(number)
