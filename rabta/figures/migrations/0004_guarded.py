"""Sums for every unit but of a station the finest, and sums of what only some may see, for each unit that sees it.

A station's case is added up for its circle too, and by class for itself. What is *guarded* (not plain) is added up in
a table that no process reads, once for each unit in `visible_to`. `rabta_guarded_figures` gives a reader the sums of
his highest unit, takes out what is hidden from him in person, and adds what he sees beside that unit. Also taken out is
what was put out of his sight and is not folded in yet, plain cases too.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from rabta import schema

counting = import_module("rabta.figures.migrations.0002_counting")
SCOPE, OWN = schema.once(schema.SCOPE), schema.once(schema.OWN)
TABLES = """
CREATE TABLE figures_guarded (
  seen_as bigint NOT NULL, unit_id bigint NOT NULL, what varchar(10) NOT NULL, day date NOT NULL,
  value varchar(80) NOT NULL, n integer NOT NULL, PRIMARY KEY (seen_as, unit_id, what, day, value)
) WITH (fillfactor = 80);
ALTER TABLE figures_tally SET (fillfactor = 80);
ALTER TABLE figures_changed ADD COLUMN narrowed boolean NOT NULL DEFAULT false;
CREATE INDEX changed_narrowed ON figures_changed (case_id) WHERE narrowed;
CREATE INDEX case_confidential ON cases_case (opened_at) WHERE named_officers <> '{}';
"""
UNDO = """
ALTER TABLE figures_tally RESET (fillfactor); DROP INDEX case_confidential; DROP INDEX changed_narrowed;
ALTER TABLE figures_changed DROP COLUMN narrowed;
DROP TABLE figures_guarded;
"""
# Which units have the sum of a plain case: few values all of them, many values all but the last.
LEVELS = """
CREATE FUNCTION rabta_levels(what text, path bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN what IN ('all', 'class') THEN path ELSE path[1:greatest(1, cardinality(path) - 1)] END
$$;
"""
# Steps of time by floating point, a tenth of the work; what rounding takes from a whole step is given back.
FACTS = (
    counting.FACTS.replace(
        "c.satisfaction\nFROM",
        """c.satisfaction,
  CASE WHEN c.hidden_from = '{}' AND w.path <@ c.visible_to THEN '{}' ELSE c.visible_to END AS seen_by, c.hidden_from
FROM""",
    )
    .replace("8 * log(2.0, (1 + ", "1e-12 + 8 / ln(2::float8) * ln((1 + ")
    .replace(")::numeric))::smallint", ")))::smallint")
)
COLUMNS = f"{counting.COLUMNS}, seen_by, hidden_from"
FOLD = f"""
CREATE OR REPLACE FUNCTION rabta_fold_figures(zone text, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_hashjoin = on AS $$
DECLARE folded int;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('figures')) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM figures_changed WHERE id IN (SELECT id FROM figures_changed ORDER BY id LIMIT most) RETURNING case_id
  ), ids AS MATERIALIZED (SELECT DISTINCT case_id FROM taken),
  was AS MATERIALIZED (SELECT f.* FROM figures_fact f JOIN ids USING (case_id)),
  now_is AS MATERIALIZED ({FACTS}),
  moved AS MATERIALIZED (  -- what stays as it was falls out here
    SELECT path, seen_by, plain, v.what, v.day, v.value, sum(f.n)::int AS n FROM (
      SELECT -1 AS n, was.path, was.seen_by, was.plain, was::figures_fact AS fact FROM was UNION ALL
      SELECT 1, path, seen_by, plain, ROW(now_is.*)::figures_fact FROM now_is
    ) f, LATERAL rabta_figures_of(f.fact) AS v GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(f.n) <> 0
  ), summed AS (
    INSERT INTO figures_tally (unit_id, what, day, value, n)
    SELECT unit, what, day, value, sum(n) FROM moved, unnest(rabta_levels(what, path)) AS unit
    WHERE plain GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (unit_id, what, day, value) DO UPDATE SET n = figures_tally.n + excluded.n
  ), guarded AS (
    INSERT INTO figures_guarded (seen_as, unit_id, what, day, value, n)
    SELECT seen_as, unit, what, day, value, sum(n) FROM moved, unnest(seen_by) AS seen_as, unnest(path) AS unit
    WHERE NOT plain AND seen_as > 0 GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (seen_as, unit_id, what, day, value) DO UPDATE SET n = figures_guarded.n + excluded.n
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
"""  # noqa: S608 (pieces of our own)
# Facts that the sums of the reader's highest unit count wrongly for him, each with what makes it right: 1 or -1.
GUARDED = f"""
CREATE FUNCTION rabta_guarded_figures(units bigint[], whats text[], since date, until date)
RETURNS TABLE (unit_id bigint, what text, day date, value text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT id FROM force_unit WHERE id = ANY (units) AND path && {SCOPE}
  ), highest AS MATERIALIZED (
    SELECT id FROM force_unit WHERE id = ANY ({schema.SCOPE}) AND {OWN} IS NOT NULL
    ORDER BY cardinality(path), id LIMIT 1
  ), doubtful AS MATERIALIZED (
    SELECT case_id FROM figures_fact WHERE NOT plain AND seen_by && array_remove({SCOPE}, (SELECT id FROM highest))
    UNION SELECT case_id FROM figures_fact
      WHERE NOT plain AND seen_by && ARRAY(SELECT id FROM highest) AND hidden_from && {OWN}
    UNION SELECT case_id FROM figures_changed WHERE narrowed
  ), wrong AS MATERIALIZED (
    SELECT f AS fact, f.path,
      ((f.plain OR f.seen_by && {SCOPE} AND NOT f.hidden_from && {OWN}) AND EXISTS (
        SELECT 1 FROM cases_case c WHERE c.id = f.case_id AND c.named_officers = '{{}}' AND c.visible_to && {SCOPE}
          AND NOT c.hidden_from && {OWN}))::int
      - (f.plain OR f.seen_by && ARRAY(SELECT id FROM highest))::int AS n
    FROM figures_fact f JOIN doubtful USING (case_id) WHERE f.day >= date_trunc('month', since) AND f.day < until
  )
  SELECT g.unit_id, g.what, g.day, g.value, g.n FROM figures_guarded g
  WHERE g.seen_as = (SELECT id FROM highest) AND g.unit_id IN (SELECT id FROM asked) AND g.what = ANY (whats)
    AND g.day >= since AND g.day < until
  UNION ALL
  SELECT a.id, v.what, v.day, v.value, w.n
  FROM wrong w JOIN asked a ON a.id = ANY (w.path), LATERAL rabta_figures_of(w.fact) AS v
  WHERE w.n <> 0 AND v.what = ANY (whats) AND v.day >= since AND v.day < until AND {OWN} IS NOT NULL
$$;
REVOKE ALL ON FUNCTION rabta_guarded_figures(bigint[], text[], date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_guarded_figures(bigint[], text[], date, date) TO {schema.WEB};
"""  # noqa: S608 (pieces of our own)
CHANGED = f"""
CREATE OR REPLACE FUNCTION rabta_count_changed_cases() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO figures_changed ({{columns}})
  SELECT n.id{{more}} FROM now_is n JOIN was w USING (id) WHERE {counting.DIFFER};
  RETURN NULL;
END $$;
"""  # noqa: S608 (pieces of our own)
# Somebody who saw the case perhaps sees it no more.
NARROWED = """, n.named_officers <> w.named_officers OR NOT w.visible_to <@ n.visible_to
    OR NOT n.hidden_from <@ w.hidden_from"""
# Asked for one case at a time: as `EXISTS` PostgreSQL may read all cases first to see which of them are seen, and of
# rows with a path like his it expects one in two hundred. Of a CASE it expects half.
POLICY = """
ALTER POLICY web ON figures_fact USING ({web}) WITH CHECK ({web});
"""
SEEN = f"cases_case c WHERE c.id = case_id AND {schema.SEEN_ASKED_ONCE}"
WAS = f"plain AND path && {SCOPE} OR EXISTS (SELECT 1 FROM {SEEN})"  # noqa: S608 (pieces of our own)
IS = f"CASE WHEN plain AND path && {SCOPE} THEN true ELSE (SELECT true FROM {SEEN}) END"  # noqa: S608
ANEW = "TRUNCATE figures_fact, figures_tally, figures_changed;" + counting.ALL


def fold(apps: Any, editor: Any) -> None:
    """All cases anew, by the function as it is now: no page shows sums of half of them."""
    with editor.connection.cursor() as cursor:
        cursor.execute(ANEW)
        folded = 1
        while folded:
            cursor.execute("SELECT rabta_fold_figures(%s, 20000)", [settings.TIME_ZONE])
            ((folded,),) = cursor.fetchall()


class Migration(migrations.Migration):
    dependencies = [("figures", "0003_told"), ("cases", "0010_force_keys")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, fold),
        migrations.AddField(
            "fact", "seen_by", ArrayField(models.BigIntegerField(), default=list), preserve_default=False
        ),
        migrations.AddField(
            "fact", "hidden_from", ArrayField(models.BigIntegerField(), default=list), preserve_default=False
        ),
        migrations.RemoveIndex("fact", "fact_by_unit"),
        migrations.RemoveIndex("fact", "fact_by_reader"),
        migrations.AddIndex(
            "fact", models.Index(fields=["unit_id", "report_class", "day"], name="fact_by_unit")
        ),
        migrations.AddIndex(
            "fact",
            GinIndex(
                fields=["seen_by", "hidden_from"],
                condition=models.Q(plain=False),
                name="fact_by_reader",
                fastupdate=False,
            ),
        ),
        schema.sql(TABLES, UNDO),
        schema.grant("figures_guarded"),
        schema.sql(POLICY.format(web=IS), POLICY.format(web=WAS)),
        schema.sql(LEVELS, "DROP FUNCTION rabta_levels(text, bigint[])"),
        schema.sql(FOLD, counting.FOLD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        schema.sql(GUARDED, "DROP FUNCTION rabta_guarded_figures(bigint[], text[], date, date)"),
        schema.sql(
            CHANGED.format(columns="case_id, narrowed", more=NARROWED),
            CHANGED.format(columns="case_id", more=""),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
