"""Figures at a million cases, read as the web process by the chief, a district and a circle; and what counting costs.

`python -m bench.dashboards [--cases 1000000] [--rounds 20]` makes an installation of its own, fills its register as
`bench.register` does with two years of cases of many kinds, folds them into the figures, and prints the time of each
figure (p50, p95, in ms, with the way there and back). The goal is 25 ms. Then it closes cases, a statement each, with
the triggers of the figures and without, and folds them: the cost is to be no more than a fifth of the writes.
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
GOAL, PORT = 25.0, 8941
VARIED = """
UPDATE cases_case SET opened_at = now() - (id %% 730) * interval '1 day',
  category = (ARRAY['theft','fraud','traffic','missing','nuisance','dispute','tip_crime','query'])[1 + id %% 8],
  kind = (ARRAY['complaint','tip','query','feedback'])[1 + id / 3 %% 4],
  replied_at = now() - (id %% 730) * interval '1 day' + (id %% 300) * interval '1 minute';
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
from rabta.figures import counting, folding, reports
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
from django.db import connection, transaction
from rabta.figures import folding
from rabta.force.access import system
WRITES = 2000

def write(first, state):
    began = time.perf_counter()
    for id in range(first, first + WRITES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rabta.system', 'bench', true)")
            cursor.execute("UPDATE cases_case SET state = %s WHERE id = %s AND state <> 'closed'", [state, id])
            cursor.execute("INSERT INTO cases_event (case_id, at, what, system_reason, data)"
                           " VALUES (%s, now(), 'x', 'bench', '{}')", [id])
    return time.perf_counter() - began

def fold():
    began = time.perf_counter()
    with system("bench"):
        folding.fold()
    return time.perf_counter() - began

write(1, "acknowledged"); fold()
counted, folded = write(1, "in_inquiry"), fold()
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER rabta_count_changed_cases")
bare = write(1, "acknowledged")
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER rabta_count_changed_cases")
print(json.dumps({"writes": WRITES, "without": round(bare, 2), "with": round(counted, 2), "folding": round(folded, 2),
                  "cost": round((counted + folded) / bare - 1, 3)}))
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
            for table in ("figures_fact", "figures_tally", "figures_changed"):
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
    return int(any(one["p95"] > GOAL for one in figures))


def _fill(installation: site.Site, cases: int) -> None:
    shown = installation.python(register.SHOWN, "rabta_web").strip()
    with installation.admin() as database:
        database.execute(f"CREATE TEMP TABLE shown AS SELECT decode('{shown}', 'hex') AS shown")
        began = time.monotonic()
        for statement in (register.FILL % {"cases": cases}).split(";"):
            if statement.strip():
                database.execute(statement)
        for name in ("people_person", "people_handle", "cases_conversation", "cases_case"):
            database.execute(register._insert(database, name, register.ROWS[name]))
        database.execute(VARIED.replace("%%", "%"))
        database.execute("INSERT INTO figures_changed (case_id) SELECT id FROM cases_case ORDER BY id")
        for name in ("cases_case", "figures_changed", "force_unit"):
            database.execute(f"VACUUM ANALYZE {name}")
        print(f"{cases} cases filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
