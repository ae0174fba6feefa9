"""Who hears what is said to groups: written down once, everybody once, those nearest first.

Set-based: four hundred thousand members are one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from rabta.force.directory import Directory
from rabta.force.models import Officer
from rabta.groups import routes, staff
from rabta.groups.models import Broadcast, Group, Recipient, Seat
from rabta.groups.routes import Routes

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
_PERSONNEL = """
FROM force_personnel p
LEFT JOIN unnest(%(units)s::bigint[], %(accounts)s::bigint[]) AS way (unit, account) ON way.unit = p.unit_id
WHERE p.is_active AND p.phone <> '' AND p.unit_id = ANY (%(wanted)s::bigint[])
"""


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

    def write(self, broadcast: Broadcast, *, now: datetime) -> int:
        """Write the recipients down: officers first, then the nearest members, then personnel. Returns how many."""
        phones = set(
            Officer.objects.filter(pk__in=[officer for officer, _unit in self._officers])
            .exclude(phone="")
            .values_list("pk", flat=True)
        )
        Recipient.objects.bulk_create(
            Recipient(
                broadcast=broadcast,
                position=position,
                officer_id=officer,
                unit_id=unit,
                account_id=self._routes.by_phone.get(unit) if officer in phones else None,
            )
            for position, (officer, unit) in enumerate(self._officers, start=1)
        )
        there = len(self._officers)
        there += self._insert(broadcast, there, "m", _MEMBERS, self._of_members())
        return there + self._insert(broadcast, there, "p", _PERSONNEL, self._of_personnel())

    def _insert(self, broadcast: Broadcast, before: int, of: str, source: str, values: dict[str, Any]) -> int:
        near = broadcast.near_lat is not None and of == "m"
        order = f"{_NEAR}, m.id" if near else f"{of}.id"
        column = "member_id" if of == "m" else "person_id"
        account = "coalesce(m.account_id, way.account)" if of == "m" else "way.account"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO groups_recipient (broadcast_id, position, unit_id, {column}, account_id, answer)"
                f" SELECT %(broadcast)s, %(before)s + row_number() OVER (ORDER BY {order}), {of}.unit_id, {of}.id,"
                f" {account}, '' {source}",
                values
                | {
                    "broadcast": broadcast.pk,
                    "before": before,
                    "lat": broadcast.near_lat,
                    "lng": broadcast.near_lng,
                },
            )
            return cursor.rowcount

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[int | None, int]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _of_members(self) -> dict[str, Any]:
        ways = self._routes
        return {
            "groups": self._groups, "units": ways.units, "channels": ways.channels, "accounts": ways.accounts,
        }  # fmt: skip

    def _of_personnel(self) -> dict[str, Any]:
        ways = self._routes.by_phone
        return {"wanted": self._personnel, "units": list(ways), "accounts": list(ways.values())}
