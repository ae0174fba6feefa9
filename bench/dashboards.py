"""Figures at a million cases, read as the web process by the chief, a district and a circle; and what counting costs.

`python -m bench.dashboards [--cases 1000000] [--rounds 20]` makes an installation of its own and fills its register
with two years of cases, folds them into the figures, and prints the time of each figure (p50, p95, in ms, with the way
there and back). The goal is 25 ms, for places and times (20,000 of the cases are laid on a map) 150. Then it takes
the newest open cases to their end (acknowledged, in inquiry, closed), a transaction each, with the trigger of the
figures and without, in turns, and folds them: the cost is to be no more than a fifth of the writes.

The force is that of a large state: 18 ranges, 74 districts, 358 circles of about four stations. A fifth of all cases
comes in at the 24 stations of the demonstration (4,000 a year each, the others 270), and the officers who read are
those above these. One case in fifty is hidden from the unit that it is about, half of them seen by its district; one in
a hundred is a confidential inquiry.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import register, site

RESULTS = Path(__file__).with_name("results-dashboards.json")
GOAL, GOAL_PLACES, PORT = 25.0, 150.0, 8941
BUSY = f"CASE WHEN i % 5 = 0 THEN (i / 5) % 24 ELSE {register.EVENLY} END"
VARIED = """
UPDATE cases_case SET opened_at = v.at, replied_at = v.at + v.hours / 9 * interval '1 hour',
  contacted_at = CASE WHEN v.n %% 3 > 0 THEN v.at + v.hours / 3 * interval '1 hour' END,
  closed_at = CASE WHEN state = 'closed' THEN v.at + v.hours * interval '1 hour' END,
  account_id = v.accounts[1 + v.n %% cardinality(v.accounts)],
  category = (ARRAY['theft','fraud','traffic','missing','nuisance','dispute','tip_crime','query'])[1 + v.n / 7 %% 8],
  kind = (ARRAY['complaint','tip','query','feedback'])[1 + v.n / 11 %% 4],
  outcome = CASE WHEN state <> 'closed' THEN ''
    ELSE (ARRAY['action_taken','advice','not_substantiated'])[1 + v.n / 13 %% 3] END,
  satisfaction = CASE WHEN state = 'closed' AND v.n %% 4 = 0 THEN 1 + v.n / 4 %% 5 END,
  feedback_at = CASE WHEN state = 'closed' AND v.n %% 4 = 0 THEN now() END,
  under_investigation = v.n %% 17 = 0,
  lat = CASE WHEN v.n / 3 %% 5 < 3 THEN 30 + lead_unit_id %% 97 * 0.03 + power(v.n %% 1000 / 1000.0, 3) * 0.03 END,
  lng = CASE WHEN v.n / 3 %% 5 < 3 THEN 71 + lead_unit_id %% 89 * 0.03 + power(v.n %% 997 / 997.0, 3) * 0.03 END,
  assigned_to_id = CASE WHEN state <> 'closed' THEN v.officers[1 + v.n / 5 %% cardinality(v.officers)] END,
  hidden_from = CASE WHEN v.n %% 50 = 0 AND lead_unit_id IS NOT NULL THEN ARRAY[lead_unit_id] ELSE hidden_from END,
  visible_to = CASE WHEN v.n %% 100 = 1 THEN ARRAY[-v.chief]
    WHEN v.n %% 50 = 0 AND lead_unit_id IS NOT NULL THEN visible_to[1:CASE WHEN v.n %% 100 = 0 THEN 1 ELSE 3 END]
    ELSE visible_to END,
  named_officers = CASE WHEN v.n %% 100 = 1 THEN ARRAY[v.chief] ELSE '{}' END
FROM (
  SELECT i AS id, now() - (%(cases)s - i) * interval '730 days' / %(cases)s AS at, abs(hashint8(i)) %% 1000000 AS n,
    power(abs(hashint8(i + 1)) %% 1000 / 100.0, 3)::float8 AS hours,
    (SELECT array_agg(id ORDER BY id) FROM channels_account) AS accounts,
    (SELECT array_agg(id ORDER BY id) FROM force_officer) AS officers, (SELECT min(id) FROM force_officer) AS chief
  FROM generate_series(1, %(cases)s::bigint) i
) v WHERE v.id = cases_case.id;
"""
FOLD = """
import time
from rabta.figures import folding
from rabta.force.access import system
began = time.monotonic()
while True:
    with system("bench"):
        if not folding.step(most=20000):
            break
print(round(time.monotonic() - began, 1))
"""
READ = """
import json, sys, time
from datetime import timedelta
from statistics import median
from django.db import connection
from django.utils import timezone
from rabta.figures import counting, folding, placed, reports
from rabta.figures.counting import Period
from rabta.force import access, directory
from rabta.force.models import Officer, Post, Role
from rabta.rules.report_classes import ReportClass
from rabta.web.figures.overview import WHAT
from rabta.web.figures.queries import rows_of
rounds, now = int(sys.argv[1]), timezone.now()
until = timezone.localdate().replace(day=1)
year = Period(since=until.replace(year=until.year - 1), until=until)
month = Period(since=(until - timedelta(days=1)).replace(day=1), until=until)
ever = Period(since=until.replace(year=2000), until=until + timedelta(days=31))
force = directory.current(now=now)

def holder(role):
    posts = Post.objects.filter(role=role)
    return Officer.objects.filter(postings__post__in=posts, postings__ends=None).order_by("id").first()

results = []
for who in (Role.CHIEF, Role.DISTRICT_HEAD, Role.CIRCLE_OFFICER):
    officer = holder(who)
    with access.as_officer(officer, on=timezone.localdate()) as scope:
        unit = force.all_units[min(scope.units_with(access.Permission.SUPERVISE))]
    def sums(units, what, period):
        return lambda scope: counting.sums(units, what=what, period=period, scope=scope, directory=force)
    figures = {
        "all figures of a month": sums([unit.pk], WHAT, month),
        "all figures of a year": sums([unit.pk], WHAT, year),
        "units below, a year": sums(rows_of(unit, force)[:-1], ("all", "class"), year),
        "each day of a year": lambda scope: counting.by_day(unit.pk, period=year, scope=scope, directory=force),
        "backlog by age": lambda scope: counting.by_day(
            unit.pk, period=ever, scope=scope, directory=force, only=ReportClass.PENDING),
        "report of a year": lambda scope: reports.of_unit(unit.pk, period=year, scope=scope, directory=force),
        "cases behind a figure": lambda scope: counting.cases(
            unit.pk, what="class", value="|pending", period=year, scope=scope, directory=force),
    }
    for name, days in (("a month", month), ("a year", year)):
        figures[f"places and times of {name}"] = lambda scope, days=days: placed.laid(
            unit.pk, period=days, kind="", crimes=[], scope=scope, directory=force)
    figures["places: cases behind them, a month"] = lambda scope: placed.behind(
        unit.pk, what="placed_hour", value="8|", period=month, after=None, most=51, scope=scope, directory=force)
    if who == Role.CIRCLE_OFFICER:
        station = min(one.pk for one in force.all_units.values() if one.parent_id == unit.pk)
        figures["all figures of a year, a station"] = sums([station], WHAT, year)
    for name, read in figures.items():
        times = []
        for turn in range(rounds + 2):
            with access.as_officer(officer, on=timezone.localdate()) as scope:
                folding.step()
                began = time.perf_counter()
                read(scope)
                if turn > 1:
                    times.append((time.perf_counter() - began) * 1000)
        times.sort()
        results.append({"who": who, "figure": name, "p50": round(median(times), 1),
                        "p95": round(times[int(len(times) * 0.95)], 1)})
        print(*results[-1].values(), file=sys.stderr, flush=True)
print(json.dumps(results))
"""
WRITE = """
import json, sys, time
from statistics import median
from django.db import connection, transaction
from rabta.figures import folding
from rabta.force.access import system
CASES, ROUNDS = 250, 7
LIFE = ("state = 'acknowledged'", "state = 'in_inquiry'",
        "state = 'closed', outcome = 'action_taken', closed_at = now()")

def run(statement, given=()):
    with system("bench"), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall() if cursor.description else []

OPEN = "SELECT id FROM cases_case WHERE state = 'forwarded' ORDER BY id DESC LIMIT %s"
ids = [id for (id,) in run(f"SELECT id FROM ({OPEN}) AS newest ORDER BY hashint8(id)", [CASES * (2 * ROUNDS + 1)])]

def write(cases, change):
    began = time.perf_counter()
    for id in cases:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rabta.system', 'bench', true)")
            cursor.execute(f"UPDATE cases_case SET {change} WHERE id = %s", [id])
            cursor.execute("INSERT INTO cases_event (case_id, at, what, system_reason, data)"
                           " VALUES (%s, now(), 'x', 'bench', '{}')", [id])
    return time.perf_counter() - began

def fold():
    began = time.perf_counter()
    with system("bench"):
        folding.fold()
    return time.perf_counter() - began

def live():
    cases = [ids.pop() for _ in range(CASES)]
    return [(write(cases, change), fold()) for change in LIFE]

live()
counted, bare = [], []
for _ in range(ROUNDS):
    counted.append(live())
    run("ALTER TABLE cases_case DISABLE TRIGGER rabta_count_changed_cases")
    bare.append(live())
    run("ALTER TABLE cases_case ENABLE TRIGGER rabta_count_changed_cases")
folded = median(sum(fold for _, fold in one) for one in counted)
closing = median(one[-1][1] for one in counted)
counted, bare = (median(sum(took for took, _ in one) for one in rounds) for rounds in (counted, bare))
WRITES = CASES * len(LIFE)
print(json.dumps({"writes": WRITES, "without": round(bare, 2), "with": round(counted, 2), "folding": round(folded, 2),
                  "folding_closings": round(closing, 2), "cost": round((counted + folded) / bare - 1, 3)}))
"""


def main(words: list[str]) -> int:
    """Fill, fold, read, write, print. Returns 1 when a figure takes longer than the goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboards", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args(words)
    with site.made(PORT) as installation:
        _fill(installation, asked.cases)
        folded = float(installation.python(FOLD, "rabta_worker").splitlines()[-1])
        with installation.admin() as database:
            for table in (
                "figures_fact",
                "figures_tally",
                "figures_guarded",
                "figures_inquiry",
                "figures_changed",
            ):
                database.execute(f"VACUUM ANALYZE {table}")
            (sums,) = database.execute("SELECT count(*) FROM figures_tally").fetchone() or (0,)
        print(f"{asked.cases} cases folded in {folded} s into {sums} sums", file=sys.stderr, flush=True)
        figures = json.loads(installation.python(READ, "rabta_web", str(asked.rounds)).splitlines()[-1])
        cost = json.loads(installation.python(WRITE, "rabta_migrate").splitlines()[-1])
    told = {"cases": asked.cases, "goal_ms_p95": GOAL, "folded_s": folded, "sums": sums, "cost": cost}
    RESULTS.write_text(json.dumps(told | {"figures": figures}, indent=1) + "\n")
    table = Table("who", "figure", "p50", "p95", title="Figures as the web process (ms)")
    for one in figures:
        table.add_row(*(str(value) for value in one.values()))
    Console().print(table)
    print(f"counting costs {cost['cost']:.1%} of writes")
    return int(any(one["p95"] > goal(one["figure"]) for one in figures))


def goal(name: str) -> float:
    """Milliseconds at p95 for a figure, by its name."""
    return GOAL_PLACES if name.startswith("places") else GOAL


def _fill(installation: site.Site, cases: int) -> None:
    shown = installation.python(register.SHOWN, "rabta_web").strip()
    with installation.admin() as database:
        database.execute(f"CREATE TEMP TABLE shown AS SELECT decode('{shown}', 'hex') AS shown")
        began = time.monotonic()
        for statement in (register.FILL % {"cases": cases, "station": BUSY}).split(";"):
            if statement.strip():
                database.execute(statement)
        for name in ("people_person", "people_handle", "cases_conversation", "cases_case"):
            database.execute(register._insert(database, name, register.ROWS[name]))
        database.execute(VARIED % {"cases": cases})
        database.execute("INSERT INTO figures_changed (case_id) SELECT id FROM cases_case ORDER BY id")
        for name in ("cases_case", "figures_changed", "force_unit"):
            database.execute(f"VACUUM ANALYZE {name}")
        print(f"{cases} cases filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
