"""What is said in groups, as rows: how much of it a day, what waits, and letters to who wrote, in five languages."""

import csv
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from rabta.groups.kinds import SHIPPED, Label
from rabta.groups.models import Group, Item, Said, Strike
from rabta.rules.moderation import FADES_AFTER, Noise

HEARD, LET_THROUGH, REFUSED = "heard", "let_through", "refused"
LOOKED = "talk_looked"  # in the record: somebody read what waits in a group
CHAT, CHAT_NOISE = "chat", "chat_noise"  # read in a group elsewhere that is linked
NOT_PROVED = "not_by_sms"  # somebody, perhaps not he, wrote to all in the name of who runs the group
SHOWN_DAYS = 30
NOISE_KEPT, EVIDENCE_KEPT = timedelta(days=180), timedelta(days=730)
_ADD = """
INSERT INTO groups_said (group_id, day, what, count)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[]) AS more (group_id, day, what, n)
ORDER BY 1, 2, 3
ON CONFLICT (group_id, day, what) DO UPDATE SET count = greatest(groups_said.count + excluded.count, 0)
"""  # sorted, so that two workers never wait for each other in a circle

Counted = Counter[tuple[int, str]]  # by group and what


def add(counted: Mapping[tuple[int, str], int], *, at: datetime) -> None:
    """Add to the day's counts. One statement, or none."""
    rows = [(group, what, n) for (group, what), n in counted.items() if n]
    if rows:
        groups, whats, numbers = zip(*rows, strict=True)
        days = [timezone.localdate(at)] * len(rows)
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [list(groups), days, list(whats), list(numbers)])


def take_back(counted: Mapping[tuple[int, str], int], *, at: datetime) -> None:
    """Count less on the day of `at`: what was counted there is not talk of the group any more."""
    for (group, what), n in counted.items():
        rows = Said.objects.filter(group=group, what=what, day=timezone.localdate(at), count__gte=n)
        rows.update(count=F("count") - n)


def counts(groups: Collection[int], *, today: date, days: int = SHOWN_DAYS) -> dict[int, Counter[str]]:
    """What was said in these groups in the last days, by group. One query."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Said.objects.filter(group__in=groups, day__gt=today - timedelta(days=days))
    for group, what, n in rows.values_list("group", "what").annotate(n=Sum("count")):
        found[group][what] = n
    return found


def waiting(groups: QuerySet[Group], *, now: datetime) -> QuerySet[Item]:
    """What waits for a moderator of these groups, the oldest first. A picture is shown when it is here."""
    rows = Item.objects.filter(group__in=groups, state=Item.State.WAITING, shown_at__lte=now)
    return rows.select_related("group", "member", "file").order_by("shown_at", "id")


def forget(*, now: datetime) -> int:
    """Remove what was kept long enough: noise, decided messages, strikes that count no more. Returns how many messages.

    In a job with a stated reason. What has a picture goes with it (`retention.erasing`).
    """
    Strike.objects.filter(at__lt=now - 2 * FADES_AFTER).delete()
    return _over(now).filter(file=None).delete()[0]


def old_pictures(*, now: datetime) -> QuerySet[Item]:
    """Messages with a picture that were kept long enough, the oldest first."""
    return _over(now).exclude(file=None).order_by("pk")


def _over(now: datetime) -> QuerySet[Item]:
    kept = Item.objects.exclude(state__in=(Item.State.WAITING, Item.State.TO_DESK))
    return kept.filter(
        Q(state=Item.State.HELD, received_at__lt=now - NOISE_KEPT) | Q(received_at__lt=now - EVIDENCE_KEPT)
    )


def noisy(what: str) -> bool:
    """Whether a count is one of noise."""
    return what in set(Noise)


@cache
def _replies() -> Mapping[tuple[str, str], str]:
    return {(row["code"], row["lang"]): row["text"] for row in _rows("talk_replies")}


def reply(code: str, *, language: str, **values: str) -> str:
    """A letter to a member about what he wrote, in his language, in the force's own where that is unknown."""
    for choice in (language, settings.CITIZEN_LANGUAGE, "en"):
        if (code, choice) in _replies():
            return _replies()[code, choice].format(**values)
    raise KeyError(code)


@cache
def refusals() -> Mapping[str, Label]:
    """The closed list of reasons why a moderator refuses a message, by code; those that are noise count as strikes."""
    return {
        row["code"]: Label(row["code"], {x: row[x] for x in ("en", "hi", "ur")}) for row in _rows("refusals")
    }


def _rows(name: str) -> list[dict[str, str]]:
    """RABTA_HOME/tables/<name>.csv, where it exists, takes the place of the shipped table."""
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
