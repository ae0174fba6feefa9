"""Who hears what is said to groups: written down once, everybody once, those nearest first.

Set-based: four hundred thousand members are one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from rabta.force.directory import Directory
from rabta.groups import routes, staff
from rabta.groups.models import Broadcast, Group, Seat
from rabta.groups.routes import Routes
from rabta.outbox.models import NEXT_ID

# Degrees of latitude count alike everywhere, those of longitude less towards the poles: enough to say who is nearer.
_NEAR = """
  (coalesce(m.lat, u.lat) - %(lat)s)^2 + ((coalesce(m.lng, u.lng) - %(lng)s) * cos(radians(%(lat)s)))^2
"""
_MEMBERS = """
FROM (SELECT DISTINCT member_id FROM groups_membership
  WHERE group_id = ANY (%(groups)s::bigint[]) AND ended_at IS NULL) belongs
JOIN groups_member m ON m.id = belongs.member_id
JOIN force_unit u ON u.id = m.unit_id
LEFT JOIN unnest(%(units)s::bigint[], %(channels)s::text[], %(accounts)s::bigint[]) AS way (unit, channel, account)
  ON way.unit = m.unit_id AND way.channel = m.channel
WHERE m.state = 'active' AND m.stopped_at IS NULL AND m.address_id IS NOT NULL
"""
_OFFICERS = """
FROM unnest(%(officers)s::bigint[], %(units)s::bigint[], %(accounts)s::bigint[]) WITH ORDINALITY
  AS told (officer, unit, account, place)
JOIN force_officer o ON o.id = told.officer
"""
_PERSONNEL = """
FROM force_personnel p
LEFT JOIN unnest(%(units)s::bigint[], %(accounts)s::bigint[]) AS way (unit, account) ON way.unit = p.unit_id
WHERE p.is_active AND p.phone <> '' AND p.unit_id = ANY (%(wanted)s::bigint[])
"""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One kind of people: where they are read from, and what of them is written down (expressions in SQL)."""

    source: str
    values: dict[str, Any]
    column: str
    who: str
    unit: str
    account: str
    order: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many would hear it by each account; `None` stands for those whom no account reaches."""

    by_account: dict[int | None, int]

    @property
    def recipients(self) -> int:
        return sum(self.by_account.values())

    @property
    def unreachable(self) -> int:
        return self.by_account.get(None, 0)


class Audience:
    """The people in some groups. `officers_only` leaves everybody out who is not of the police (R18)."""

    def __init__(self, groups: Sequence[Group], *, officers_only: bool, directory: Directory) -> None:
        seats: dict[int, list[Seat]] = {group.pk: [] for group in groups}
        for seat in Seat.objects.filter(group__in=seats):
            seats[seat.group_id].append(seat)
        seated = [(group, seats[group.pk]) for group in groups]
        self._groups = [] if officers_only else sorted(seats)
        self._officers = list(staff.officers_of(seated, directory=directory))
        self._personnel = sorted(staff.personnel_units(seated, directory=directory))
        self._routes: Routes = routes.routes(
            directory.units, accounts=routes.sending_accounts(), directory=directory
        )

    def count(self) -> Counted:
        """How many hear it. Two queries; nothing is written."""
        counts: dict[int | None, int] = {}
        for _officer, unit in self._officers:
            account = self._routes.by_phone.get(unit)
            counts[account] = counts.get(account, 0) + 1
        rows = self._rows(
            f"SELECT coalesce(m.account_id, way.account), count(*) {_MEMBERS} GROUP BY 1", self._of_members()
        )
        rows += self._rows(f"SELECT way.account, count(*) {_PERSONNEL} GROUP BY 1", self._of_personnel())
        for account, count in rows:
            counts[account] = counts.get(account, 0) + count
        return Counted(by_account=counts)

    def write(self, broadcast: Broadcast) -> int:
        """Write the recipients down: officers first, then the nearest members, then personnel. Returns how many."""
        there = 0
        for part in self._parts(near=broadcast.near_lat is not None):
            there += _insert(part, broadcast, before=there)
        return there

    def _parts(self, *, near: bool) -> tuple[_Part, _Part, _Part]:
        officers = _Part(
            source=_OFFICERS, values=self._of_officers(), column="officer_id", who="o.id", unit="told.unit",
            account="CASE WHEN o.phone <> '' THEN told.account END", order="told.place",
        )  # fmt: skip
        members = _Part(
            source=_MEMBERS, values=self._of_members(), column="member_id", who="m.id", unit="m.unit_id",
            account="coalesce(m.account_id, way.account)", order=f"{_NEAR}, m.id" if near else "m.id",
        )  # fmt: skip
        personnel = _Part(
            source=_PERSONNEL, values=self._of_personnel(), column="person_id", who="p.id", unit="p.unit_id",
            account="way.account", order="p.id",
        )  # fmt: skip
        return officers, members, personnel

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[int | None, int]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _of_officers(self) -> dict[str, Any]:
        units = [unit for _officer, unit in self._officers]
        return {
            "officers": [officer for officer, _unit in self._officers], "units": units,
            "accounts": [self._routes.by_phone.get(unit) for unit in units],
        }  # fmt: skip

    def _of_members(self) -> dict[str, Any]:
        ways = self._routes
        return {
            "groups": self._groups, "units": ways.units, "channels": ways.channels, "accounts": ways.accounts,
        }  # fmt: skip

    def _of_personnel(self) -> dict[str, Any]:
        ways = self._routes.by_phone
        return {"wanted": self._personnel, "units": list(ways), "accounts": list(ways.values())}


def _insert(part: _Part, broadcast: Broadcast, *, before: int) -> int:
    near = {"lat": broadcast.near_lat, "lng": broadcast.near_lng}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO groups_recipient
              (broadcast_id, position, unit_id, {part.column}, account_id, delivery_id, answer)
            SELECT %(broadcast)s, %(before)s + place, unit, who, account,
              CASE WHEN account IS NOT NULL THEN {NEXT_ID} END, ''
            FROM (SELECT row_number() OVER (ORDER BY {part.order}) AS place, {part.unit} AS unit,
              {part.who} AS who, {part.account} AS account {part.source}) AS heard
            ORDER BY place
            """,  # noqa: S608 - our own words
            part.values | near | {"broadcast": broadcast.pk, "before": before},
        )
        return cursor.rowcount
