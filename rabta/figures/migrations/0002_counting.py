"""Facts of each case, and their sums by unit and month, kept up to date by folding in what was changed.

Whoever changes a case leaves its id in `figures_changed` and waits for nobody. `rabta_fold_figures` (every few seconds, and
before a page of figures) works out the facts of those cases anew, takes the old ones out of the sums and puts the new
ones in. One at a time folds, so sums are changed in place.

A case is added up for the units above it but for the last two: with those it is counted from the facts, where there are
few. The sum of a unit is so `figures_tally` and the facts of itself and the units directly below.
"""

from django.db import migrations

from rabta import schema

SCOPE = schema.once(schema.SCOPE)
TABLES = """
CREATE TABLE figures_changed (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id bigint NOT NULL);
CREATE TABLE figures_tally (
  unit_id bigint NOT NULL, what varchar(10) NOT NULL, day date NOT NULL, value varchar(80) NOT NULL,
  n integer NOT NULL, PRIMARY KEY (unit_id, what, day, value)
);
"""
CLASS = """CASE WHEN c.outcome = 'found_false' THEN 'found_false' WHEN c.state = 'closed' THEN 'disposed' ELSE 'pending' END"""
FLAGS = """array_remove(ARRAY[
  CASE WHEN c.under_investigation THEN 'under_investigation' END,
  CASE WHEN c.fir_number <> '' OR c.outcome = 'fir_registered' THEN 'fir' END,
  CASE WHEN c.kind = 'complaint_against_police' OR c.accused_unit_id IS NOT NULL THEN 'against_police' END,
  CASE WHEN c.reopened_at IS NOT NULL THEN 'reopened' END,
  CASE WHEN c.appeal_state = 'open' THEN 'in_appeal' END], NULL)"""


def step(column: str) -> str:
    """As `rabta.rules.durations.step_of`."""
    minutes = f"greatest(extract(epoch FROM c.{column} - c.opened_at)::float8 / 60, 0)"
    return (
        f"CASE WHEN c.{column} IS NOT NULL THEN floor(8 * log(2.0, (1 + {minutes})::numeric))::smallint END"
    )


# With the unit that leads, once it was ordered there; else with the one whose desk has the case.
FACTS = f"""
SELECT c.id AS case_id,
  c.hidden_from = '{{}}' AND w.path <@ c.visible_to AS plain,
  w.path[cardinality(w.path)] AS unit_id, w.path, (c.opened_at AT TIME ZONE zone)::date AS day,
  extract(hour FROM c.opened_at AT TIME ZONE zone)::smallint AS hour, a.channel, c.kind, c.category, c.state, c.outcome,
  {CLASS} AS report_class, {FLAGS} AS flags, c.assigned_to_id AS officer_id, {step("replied_at")} AS reply,
  {step("contacted_at")} AS contact, {step("closed_at")} AS closing, c.satisfaction
FROM cases_case c JOIN ids ON ids.case_id = c.id JOIN channels_account a ON a.id = c.account_id
JOIN force_unit d ON d.id = c.desk_unit_id LEFT JOIN force_unit l ON l.id = c.lead_unit_id
CROSS JOIN LATERAL (SELECT CASE
  WHEN l.path <@ c.visible_to THEN l.path WHEN d.path <@ c.visible_to THEN d.path ELSE coalesce(l.path, d.path) END
  AS path) w
WHERE c.named_officers = '{{}}'
"""  # noqa: S608 (pieces of our own)
COLUMNS = (
    "case_id, plain, unit_id, path, day, hour, channel, kind, category, state, outcome, report_class, flags, officer_id,"
    " reply, contact, closing, satisfaction"
)
# All that is counted of a case. By day: its class. By month: the rest.
VALUES = """
CREATE FUNCTION rabta_figures_of(f figures_fact) RETURNS TABLE (what text, day date, value text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'day', f.day, f.report_class
  UNION ALL SELECT v.what, date_trunc('month', f.day)::date, v.value FROM (VALUES
    ('all', ''), ('class', f.channel || '|' || f.report_class), ('channel', f.channel), ('kind', f.kind),
    ('category', f.category), ('state', f.state), ('outcome', nullif(f.outcome, '')),
    ('officer', CASE WHEN f.state <> 'closed' THEN f.officer_id::text END),
    ('reply', f.reply::text), ('contact', f.contact::text), ('closing', f.closing::text),
    ('opinion', f.satisfaction::text)
  ) AS v(what, value) WHERE v.value IS NOT NULL
  UNION ALL SELECT 'flag', date_trunc('month', f.day)::date, f.channel || '|' || f.report_class || '|' || flag
  FROM unnest(f.flags) AS flag
$$;
"""
FOLD = f"""
CREATE FUNCTION rabta_fold_figures(zone text, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_hashjoin = on AS $$
DECLARE folded int;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('figures')) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM figures_changed WHERE id IN (SELECT id FROM figures_changed ORDER BY id LIMIT most) RETURNING case_id
  ), ids AS MATERIALIZED (SELECT DISTINCT case_id FROM taken),
  was AS MATERIALIZED (SELECT f.* FROM figures_fact f JOIN ids USING (case_id)),
  now_is AS MATERIALIZED ({FACTS}),
  sums AS (
    SELECT unit, v.what, v.day, v.value, sum(f.n)::int AS n FROM (
      SELECT -1 AS n, was::figures_fact AS fact FROM was UNION ALL
      SELECT 1, ROW(now_is.*)::figures_fact FROM now_is
    ) f, unnest(((f.fact).path)[1:greatest(1, cardinality((f.fact).path) - 2)]) AS unit,
    LATERAL rabta_figures_of(f.fact) AS v
    WHERE (f.fact).plain GROUP BY 1, 2, 3, 4 HAVING sum(f.n) <> 0
  ), summed AS (
    INSERT INTO figures_tally (unit_id, what, day, value, n) SELECT unit, what, day, value, n FROM sums
    ON CONFLICT (unit_id, what, day, value) DO UPDATE SET n = figures_tally.n + excluded.n
  ), gone AS (
    DELETE FROM figures_fact f USING was WHERE f.case_id = was.case_id
      AND NOT EXISTS (SELECT 1 FROM now_is WHERE now_is.case_id = was.case_id)
  ), kept AS (
    INSERT INTO figures_fact ({COLUMNS}) SELECT {COLUMNS} FROM now_is
    ON CONFLICT (case_id) DO UPDATE SET ({COLUMNS}) = ROW(excluded.*)
  )
  SELECT count(*) INTO folded FROM taken;
  RETURN folded;
END $$;
REVOKE ALL ON FUNCTION rabta_fold_figures(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_fold_figures(text, int) TO rabta_web, rabta_worker;
"""
COUNTED = (
    "account_id", "kind", "category", "state", "outcome", "desk_unit_id", "lead_unit_id", "accused_unit_id",
    "named_officers", "assigned_to_id", "visible_to", "hidden_from", "opened_at", "replied_at", "contacted_at",
    "closed_at", "under_investigation", "fir_number", "reopened_at", "appeal_state", "satisfaction",
)  # fmt: skip
DIFFER = "({}) IS DISTINCT FROM ({})".format(
    *(", ".join(f"{row}.{column}" for column in COUNTED) for row in ("w", "n"))
)
ALL = "INSERT INTO figures_changed (case_id) SELECT id FROM cases_case;"


def trigger(name: str, table: str, *, on: str, body: str) -> migrations.RunSQL:
    """A trigger after a whole statement; `now_is` and `was` are its rows."""
    rows = "NEW TABLE AS now_is" + (" OLD TABLE AS was" if on == "UPDATE" else "")
    return schema.sql(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET enable_seqscan = off AS $$
        BEGIN
          {body}
          RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
        CREATE TRIGGER {name} AFTER {on} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """,
        f"DROP FUNCTION {name}() CASCADE",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0001_initial"),
    ]
    operations = [
        schema.sql(TABLES, "DROP TABLE figures_tally; DROP TABLE figures_changed"),
        schema.grant("figures_changed"),
        schema.grant("figures_tally", web="select", worker="select"),
        schema.grant("figures_fact", web="select", worker="select"),
        schema.protect(
            "figures_tally",
            web=f"unit_id IN (SELECT id FROM force_unit WHERE path && {SCOPE})",
        ),
        schema.protect(
            "figures_fact",
            web=f"plain AND path && {SCOPE} OR EXISTS"
            f" (SELECT 1 FROM cases_case c WHERE c.id = case_id AND {schema.SEEN_ASKED_ONCE})",
        ),
        schema.grant("figures_crime", web="select, insert, update", worker="select"),
        schema.protect(
            "figures_crime",
            web=f"unit_id IN (SELECT id FROM force_unit WHERE path && {SCOPE})",
        ),
        schema.sql(VALUES, "DROP FUNCTION rabta_figures_of(figures_fact)"),
        schema.sql(FOLD, "DROP FUNCTION rabta_fold_figures(text, int)"),
        trigger(
            "rabta_count_new_cases",
            "cases_case",
            on="INSERT",
            body="INSERT INTO figures_changed (case_id) SELECT id FROM now_is;",
        ),
        trigger(
            "rabta_count_changed_cases",
            "cases_case",
            on="UPDATE",
            body=f"INSERT INTO figures_changed (case_id) SELECT n.id FROM now_is n JOIN was w USING (id) WHERE {DIFFER};",
        ),
        trigger(
            "rabta_count_moved_units",
            "force_unit",
            on="UPDATE",
            body=f"IF EXISTS (SELECT 1 FROM now_is n JOIN was w USING (id) WHERE n.path <> w.path) THEN {ALL} END IF;",
        ),
    ]
