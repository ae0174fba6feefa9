"""A narrow row for each confidential inquiry, for the report of the whole force alone: it read thousands of whole cases.

No process reads the table; `rabta_confidential_report` tells of it what it told before, month by month.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import migrations

from rabta import schema

counting, told, guarded = (
    import_module(f"rabta.figures.migrations.{name}")
    for name in ("0002_counting", "0003_told", "0004_guarded")
)
TABLE = """
CREATE TABLE figures_inquiry (
  case_id bigint PRIMARY KEY, month date NOT NULL, channel varchar(20) NOT NULL, report_class varchar(12) NOT NULL,
  flags text[] NOT NULL, hidden_from bigint[] NOT NULL
);
CREATE INDEX inquiry_by_month ON figures_inquiry (month);
"""
INQUIRIES = f"""
SELECT c.id AS case_id, date_trunc('month', c.opened_at AT TIME ZONE {{zone}})::date AS month, a.channel,
  {told.CLASS} AS report_class, {counting.FLAGS} AS flags, c.hidden_from
FROM cases_case c JOIN channels_account a ON a.id = c.account_id WHERE c.named_officers <> '{{{{}}}}'
"""  # noqa: S608 (pieces of our own)
FOLD = guarded.FOLD.replace(
    "  SELECT count(*) INTO folded FROM taken;",
    f"""  , inquiries AS MATERIALIZED ({INQUIRIES.format(zone="zone")} AND c.id IN (SELECT case_id FROM ids)),
  ended AS (
    DELETE FROM figures_inquiry i USING ids WHERE i.case_id = ids.case_id
      AND NOT EXISTS (SELECT 1 FROM inquiries n WHERE n.case_id = i.case_id)
  ), going_on AS (
    INSERT INTO figures_inquiry (case_id, month, channel, report_class, flags, hidden_from) SELECT * FROM inquiries
    ON CONFLICT (case_id) DO UPDATE SET (case_id, month, channel, report_class, flags, hidden_from) = ROW(excluded.*)
  )
  SELECT count(*) INTO folded FROM taken;""",
)
# What was put out of somebody's sight and is not folded in yet is in nobody's report.
FOUND = f"""
    SELECT i.channel, i.report_class, i.flags, i.month FROM figures_inquiry i
    WHERE NOT i.hidden_from && {guarded.OWN} AND NOT 0 = ANY ({schema.OWN})
      AND EXISTS (SELECT 1 FROM force_unit WHERE parent_id IS NULL AND id = ANY ({schema.SCOPE}))
      AND NOT i.case_id = ANY (ARRAY(SELECT case_id FROM figures_changed WHERE narrowed))
      AND i.month >= since AND i.month < until
      AND date_trunc('month', since) = since AND date_trunc('month', until) = until
      AND until <= (now() AT TIME ZONE zone)::date
"""  # noqa: S608 (pieces of our own)
BEGIN, END = "WITH found AS MATERIALIZED (", "  ), cells AS ("
REPORT = f"{told.REPORT.partition(BEGIN)[0]}{BEGIN}{FOUND}{END}{told.REPORT.partition(END)[2]}"


def anew(query: str) -> str:
    """The function in place of the one that there is."""
    return query.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def fill(apps: Any, editor: Any) -> None:
    """The inquiries that there are."""
    with editor.connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO figures_inquiry {INQUIRIES.format(zone='%s')}", [settings.TIME_ZONE])  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("figures", "0004_guarded")]
    operations = [
        schema.sql(TABLE, "DROP TABLE figures_inquiry"),
        schema.grant("figures_inquiry"),
        migrations.RunPython(fill, migrations.RunPython.noop),
        schema.sql(FOLD, guarded.FOLD),
        schema.sql(anew(REPORT), anew(told.REPORT)),
    ]
