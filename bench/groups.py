"""Groups of a whole force: 1,500 groups, 400,000 members. How long a bulletin takes to be queued, whether the desk is
harmed meanwhile, and how fast the pages of groups are.

`python -m bench.groups [--members 400000]` makes an installation of its own, fills its register of groups with one
statement a table, says something to everybody, and queues it piece by piece as the worker does. While it is queued, an
urgent letter is queued again and again by another connection, as before it. Then the lists are read as the web process
does, each a hundred times. Goals: 400,000 recipients queued in under 60 s, lists in 20 ms at p95 in SQL; the
figures go to `bench/results-groups.json`.
"""

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import site

RESULTS = Path(__file__).with_name("results-groups.json")
QUEUED, LIST, PORT = 60.0, 20.0, 8951  # seconds, ms
QUIET = 5  # seconds without a broadcast

FILL = """
SET session_replication_role = replica; SET synchronous_commit = off;
CREATE TEMP TABLE circle AS
  SELECT row_number() OVER (ORDER BY u.id) - 1 AS n, u.id, u.path, u.lat, u.lng FROM force_unit u
  JOIN force_level l ON l.id = u.level_id WHERE l.code = 'circle';
INSERT INTO force_unit (id, public_id, code, name, name_hi, name_ur, level_id, parent_id, path, function,
                        reference_prefix, lat, lng)
  SELECT 100000 + i, 'u' || i, 'ST-' || i, 'Station ' || i, '', '', (SELECT id FROM force_level WHERE code = 'station'),
         c.id, c.path || (100000 + i)::bigint, '', '', c.lat + i %% 50 / 100.0, c.lng + i %% 70 / 100.0
  FROM generate_series(1, %(stations)s) i JOIN circle c ON c.n = i %% (SELECT count(*) FROM circle);
INSERT INTO groups_group (id, public_id, code, name, name_hi, name_ur, kind, mode, purpose, rules, unit_id, path,
    visible_to, chat, members, opened_at)
  SELECT u.id, 'g' || u.id, 'g-' || u.id, 'Group ' || u.name, '', '', 'volunteers', 'moderated', '', '', u.id,
    u.path, u.path, '', %(each)s, now()
  FROM force_unit u WHERE u.id > 100000 OR u.id IN (SELECT unnest(path) FROM circle);
UPDATE groups_group g SET parent_id = u.parent_id FROM force_unit u WHERE u.id = g.unit_id AND u.parent_id IS NOT NULL;
INSERT INTO outbox_address (id, digest, sealed)
  SELECT i, decode(md5('a' || i), 'hex'), decode(repeat('00', 240), 'hex') FROM generate_series(1, %(members)s) i;
INSERT INTO groups_member (id, public_id, digest, address_id, channel, language, kind, section, unit_id, visible_to,
    lat, lng, state, opted_in_at, opted_in_by, joined_at, valid_until, strikes)
  SELECT i, 'm' || i, decode(md5(i::text), 'hex'), i, 'whatsapp', (ARRAY['ur', 'en', 'ps', 'hi', 'roman'])[1 + i %% 5],
    'clg', 'traders', u.id, u.path, u.lat, u.lng, 'active', now(), 'register', now(), current_date + 300, 0
  FROM generate_series(1, %(members)s) i JOIN force_unit u ON u.id = 100001 + i %% %(stations)s;
INSERT INTO groups_membership (group_id, member_id, moderates, since, why)
  SELECT unit_id, id, false, now(), '' FROM groups_member WHERE id <= %(members)s;
SELECT setval(pg_get_serial_sequence('outbox_address', 'id'), %(members)s);
"""
SAY = """
import json, time
from django.utils import timezone
from rabta.force.access import system
from rabta.groups.models import Group
from rabta.journey.groups import saying
words = {"": "Stay away from the canal road until the water is down.", "ur": "پانی اترنے تک نہر والی سڑک سے دور رہیں۔"}
with system("bench"):
    groups = list(Group.objects.select_related("unit"))
    began = time.monotonic()
    told = saying.estimate(groups=groups, words=words, now=timezone.now())
    estimated = time.monotonic() - began
    made = saying.say_for_force(groups=groups, words=words, what="bulletin", now=timezone.now())
print(json.dumps({"id": made.pk, "recipients": told.recipients, "minutes": told.minutes, "estimate s": estimated}))
"""
QUEUE = """
import json, sys, time
from django.utils import timezone
from rabta.groups import fanning
pieces, began = [], time.monotonic()
while True:
    at = time.monotonic()
    if not fanning.go_on(int(sys.argv[1]), now=timezone.now()):
        break
    pieces.append(round(time.monotonic() - at, 3))
print(json.dumps({"seconds": time.monotonic() - began, "longest piece s": max(pieces)}))
"""
COUNT = """
import json, sys, time
from django.utils import timezone
from rabta.force.access import system
from rabta.groups import reach
from rabta.groups.models import Broadcast
began = time.monotonic()
with system("bench"):
    reach.count(Broadcast.objects.get(pk=int(sys.argv[1])), now=timezone.now())
print(json.dumps({"seconds": time.monotonic() - began}))
"""
READ = """
import json, sys, time
from statistics import quantiles
from django.db import connection
from django.utils import timezone
from rabta.force import access
from rabta.force.models import Posting
from rabta.web.groups import queries
def timed(name, act):
    whole, asked = [], []
    for _ in range(100):
        spent = []
        def watch(execute, *rest):
            at = time.monotonic(); result = execute(*rest); spent.append(time.monotonic() - at)
            return result
        with connection.execute_wrapper(watch):
            at = time.monotonic(); act(); whole.append((time.monotonic() - at) * 1000)
        asked.append(sum(spent) * 1000)
    found[name + ", with the objects of its rows"] = round(quantiles(whole, n=20)[-1], 1)
    found[name + ", in SQL"] = round(quantiles(asked, n=20)[-1], 1)
found = {}
for role in ("chief", "district_head", "circle_officer"):
    officer = Posting.objects.filter(post__role=role, ends=None).order_by("id")[0].officer
    with access.as_officer(officer, on=timezone.localdate()) as scope:
        timed(role + ": tree", lambda: queries.lines(queries.top(scope)))
        timed(role + ": search", lambda: queries.lines(queries.found(scope, words="12", kind="", closed=False)))
        group = queries.top(scope)[0]
        timed(role + ": one group", lambda: queries.lines(queries.children(group, scope)))
        timed(role + ": what was said to it", lambda: queries.broadcasts(group))
print(json.dumps(found))
"""
DESK = """
INSERT INTO outbox_delivery (token, account_id, number, address_digest, priority, text, personal, state, queued_at,
  due_at, attempts, trouble, trouble_text, visible_to)
SELECT gen_random_uuid(), min(id), '+920000', decode(md5('x'), 'hex'), 0, 'FIRE', false, 'queued', now(), now(), 0, '',
  '', '{}' FROM channels_account
"""


def main() -> int:
    """Measure; returns 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.groups", description=__doc__)
    parser.add_argument("--members", type=int, default=400_000)
    parser.add_argument("--stations", type=int, default=1480)
    chosen = parser.parse_args()
    with site.made(PORT) as here:
        results = measured(here, members=chosen.members, stations=chosen.stations)
    show(results)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return 0 if all(row["goal"] is None or row["value"] <= row["goal"] for row in results) else 1


def measured(here: site.Site, *, members: int, stations: int) -> list[dict[str, Any]]:
    """Every figure with its goal, if it has one."""
    with here.admin() as admin:
        admin.execute(FILL % {"members": members, "stations": stations, "each": members // stations})  # type: ignore[arg-type]
        admin.execute("ANALYZE")
    said = json.loads(here.python(SAY, "rabta_worker"))
    before: list[float] = []
    with _urgent(here, before):
        time.sleep(QUIET)
    waits: list[float] = []
    with _urgent(here, waits):
        queued = json.loads(here.python(QUEUE, "rabta_worker", str(said["id"])))
    counted = json.loads(here.python(COUNT, "rabta_worker", str(said["id"])))
    rows = [
        _row("recipients", said["recipients"]),
        _row("minutes that it says it will take", said["minutes"]),
        _row("estimate, s", said["estimate s"]),
        _row("queued in, s", queued["seconds"], QUEUED),
        _row("longest piece, s", queued["longest piece s"]),
        _row("an urgent letter into the outbox before, p95, ms", _p95(before)),
        _row("an urgent letter into the outbox meanwhile, p95, ms", _p95(waits)),
        _row("reach counted, s", counted["seconds"]),
    ]
    read = json.loads(here.python(READ, "rabta_web"))
    goals = {name: LIST for name in read if name.endswith("in SQL")}
    return rows + [_row(f"{name}, p95, ms", value, goals.get(name)) for name, value in read.items()]


@contextmanager
def _urgent(here: site.Site, waits: list[float]) -> Iterator[None]:
    """While the block runs an urgent letter is queued again and again; how long each takes (ms) goes into `waits`."""
    over = threading.Event()
    desk = threading.Thread(target=_desk, args=(here, waits, over))
    desk.start()
    try:
        yield
    finally:
        over.set()
        desk.join()


def _desk(here: site.Site, waits: list[float], over: threading.Event) -> None:
    with here.admin() as admin:
        while not over.wait(0.1):
            at = time.monotonic()
            admin.execute(DESK)
            waits.append((time.monotonic() - at) * 1000)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else 0.0


def _row(name: str, value: float, goal: float | None = None) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "goal": goal}


def show(results: list[dict[str, Any]]) -> None:
    """The table."""
    table = Table("Groups", "Value", "Goal")
    for row in results:
        table.add_row(row["name"], f"{row['value']:,}", "" if row["goal"] is None else f"≤ {row['goal']:g}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
