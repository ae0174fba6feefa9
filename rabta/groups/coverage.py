"""Of which sections of society a station's group has members, and what is missing (H3, H8): one group, or many summed.

Counts are kept by triggers (`Cover`): no page counts members, whatever their number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from rabta.force.models import PlaceName, Unit
from rabta.groups import kinds
from rabta.groups.kinds import Kind, Section
from rabta.groups.models import Cover, Group, Member, Membership

NEAR = 0.012  # degrees: somebody this close to a place counts for it, about 1.3 km
MOST_PLACES = 300
MOST_HOMES = 2000
# Of each child unit: how many groups there are, and for each section members and groups that have enough.
_SUMMED = """
WITH station AS (
  SELECT g.id, g.members, child.id AS child FROM groups_group g
  JOIN unnest(%(children)s::bigint[]) AS child (id) ON g.visible_to @> ARRAY[child.id]
  WHERE g.kind = 'volunteers' AND g.closed_at IS NULL
), counted AS (
  SELECT s.child, c.section, s.id, sum(c.members) AS members
  FROM station s JOIN groups_cover c ON c.group_id = s.id GROUP BY 1, 2, 3
)
SELECT child, '', count(*), coalesce(sum(members), 0) FROM station GROUP BY 1
UNION ALL
SELECT c.child, c.section, count(*) FILTER (WHERE c.members >= w.wanted), sum(c.members)
FROM counted c JOIN unnest(%(sections)s::text[], %(wanted)s::int[]) AS w (section, wanted) ON w.section = c.section
GROUP BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section of society in one group."""

    section: Section
    members: int

    @property
    def missing(self) -> int:
        return max(0, self.section.wanted - self.members)


@dataclass(frozen=True, kw_only=True)
class OfGroup:
    """What one group is made of. `places`: names of villages and quarters of the station with nobody in the group."""

    parts: list[Part]
    kinds: list[tuple[Kind, int]]
    without: int  # members whose section is not known
    places: list[str]

    @property
    def gaps(self) -> list[Part]:
        """What is missing altogether first."""
        return sorted((part for part in self.parts if part.missing), key=lambda part: part.members > 0)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A section in one line of the table: how many members, and how many groups lack some."""

    members: int
    lacking: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """A unit below: its station groups, their members, and each section."""

    unit: Unit
    groups: int
    members: int
    cells: list[Cell]


def of_group(group: Group) -> OfGroup:
    """What a group is made of. Four queries."""
    rows = list(Cover.objects.filter(group=group, members__gt=0).values_list("section", "kind", "members"))
    by_section: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    for section, kind, count in rows:
        by_section[section] = by_section.get(section, 0) + count
        by_kind[kind] = by_kind.get(kind, 0) + count
    known = kinds.sections()
    return OfGroup(
        parts=[Part(section=one, members=by_section.get(code, 0)) for code, one in known.items()],
        kinds=[(one, by_kind[code]) for code, one in kinds.kinds().items() if code in by_kind],
        without=sum(count for code, count in by_section.items() if code not in known),
        places=_places_without(group),
    )


def _places_without(group: Group) -> list[str]:
    """Places of the group's own unit near which no member lives. Only where members say where they live."""
    places = PlaceName.objects.filter(unit=group.unit_id).exclude(kind="road").order_by("name", "pk")
    belong = Membership.objects.filter(group=group, ended_at=None).values("member")
    known = Member.objects.filter(pk__in=belong, lat__isnull=False).values_list("lat", "lng")[:MOST_HOMES]
    homes = [(lat, lng) for lat, lng in known if lat is not None and lng is not None]
    found = list(places[:MOST_PLACES])
    return [str(place) for place in found if not _near(place.lat, place.lng, homes)]


def _near(lat: float, lng: float, homes: Iterable[tuple[float, float]]) -> bool:
    return any(abs(lat - home[0]) < NEAR and abs(lng - home[1]) < NEAR for home in homes)


def summed(unit: Unit) -> list[Row]:
    """One line for each unit directly below that has station groups, itself or below it. Three queries."""
    children = list(Unit.objects.filter(parent=unit).defer("area").order_by("name", "pk"))
    if not children:
        return []
    sections = [one for one in kinds.sections().values() if one.wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMMED,
            {
                "children": [child.pk for child in children],
                "sections": [one.code for one in sections],
                "wanted": [one.wanted for one in sections],
            },
        )
        found = {(child, code): (number, total) for child, code, number, total in cursor.fetchall()}
    return [_row(child, sections, found) for child in children if (child.pk, "") in found]


def _row(unit: Unit, sections: list[Section], found: dict[tuple[int, str], tuple[int, int]]) -> Row:
    groups, members = found[unit.pk, ""]
    counts = [found.get((unit.pk, one.code), (0, 0)) for one in sections]
    cells = [Cell(members=int(total), lacking=groups - enough) for enough, total in counts]
    return Row(unit=unit, groups=groups, members=int(members), cells=cells)
