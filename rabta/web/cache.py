"""The cache that all web processes share: a table of PostgreSQL, for counted tries and codes that were used.

Django's own cache in a table counts all its rows at every write and throws out live ones when there are many, which
would let a flood wash away the counters. Here a key is one row and a write one statement; what has ended is swept.
Keys are counted by their digest where they hold what somebody typed. Values are JSON: what is read back can't be code.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.db.models import Manager, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

# `add`: only where nothing alive stands. The row stays locked until the request's transaction ends, so that two
# processes count one after the other.
_ADD = """
INSERT INTO web_kept AS k (key, value, until) VALUES (%s, %s::jsonb, %s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until WHERE k.until <= %s
"""


class SharedCache(BaseCache):
    """`django.core.cache.cache` on the table of `rabta.web.models.Kept`."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep the value unless there is one; whether it was kept."""
        now = timezone.now()
        row = [self._key(key, version), json.dumps(value), self._until(timeout, now), now]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, row)
            return bool(cursor.rowcount)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` when there is none or it has ended."""
        found = _alive().filter(key=self._key(key, version)).values_list("value", flat=True).first()
        return default if found is None else found

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep the value, whatever stood there."""
        kept = _rows().model(
            key=self._key(key, version), value=value, until=self._until(timeout, timezone.now())
        )
        _rows().bulk_create(
            [kept], update_conflicts=True, unique_fields=["key"], update_fields=["value", "until"]
        )

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count on, in one statement; ValueError when there is nothing to count."""
        name = self._key(key, version)
        more = RawSQL("to_jsonb(value::text::bigint + %s)", [delta])
        if not _alive().filter(key=name).update(value=more):
            raise ValueError("nothing is counted under this key")
        return int(self.get(key, version=version))

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give the value a new end; whether there was one."""
        until = self._until(timeout, timezone.now())
        return bool(_alive().filter(key=self._key(key, version)).update(until=until))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget the value; whether there was one."""
        return bool(_rows().filter(key=self._key(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything."""
        _rows().all().delete()

    def _key(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _until(self, timeout: Any, now: datetime) -> datetime | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else now + timedelta(seconds=seconds)


def _rows() -> Manager[Any]:
    from rabta.web.models import Kept  # Django makes caches before models

    return Kept.objects


def _alive() -> QuerySet[Any]:
    return _rows().filter(Q(until=None) | Q(until__gt=timezone.now()))
