"""Search by name and by part of a reference number, past the policies, with the same conditions applied inside.

As `rabta_search_cases` (cases, `0007_search`): PostgreSQL may ask no index whether something matches before it knows
that the row may be seen. Ids come out and nothing else; whoever reads the rows reads them by policy.
"""

from django.db import migrations

from rabta import schema

SCOPE = """
  units bigint[] := nullif(current_setting('rabta.units', true), '')::bigint[];
  own bigint[] := nullif(current_setting('rabta.own', true), '')::bigint[];
"""
# A name that many people bear is looked for from the newest case on, another by the index.
NAMED = f"""
CREATE FUNCTION rabta_find_named(wanted bigint[], since timestamptz, until timestamptz, until_id bigint, most int)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
{SCOPE}
  share float8;
BEGIN
  IF units IS NULL OR own IS NULL OR wanted = '{{}}' THEN RETURN; END IF;
  SELECT exp(sum(ln(greatest(coalesce(u.freq, 1e-6), 1e-6)))) INTO share FROM unnest(wanted) AS one(key)
    LEFT JOIN (SELECT v.elem, v.freq FROM pg_stats s, unnest(s.most_common_elems::text::bigint[],
        s.most_common_elem_freqs[1:cardinality(s.most_common_elems::text::bigint[])]) AS v(elem, freq)
      WHERE s.schemaname = 'public' AND s.tablename = 'people_handle' AND s.attname = 'name_keys') u ON u.elem = one.key;
  IF share > 0.002 THEN
    RETURN QUERY SELECT found.case_id FROM unnest(units) AS mine(unit), LATERAL (
        SELECT s.last_in_at, s.case_id FROM cases_caseseen s
        WHERE s.unit_id = mine.unit AND s.last_in_at >= since AND (s.last_in_at, s.case_id) < (until, until_id)
          AND (SELECT h.name_keys @> wanted AND c.visible_to && units AND NOT c.hidden_from && own
            FROM cases_case c JOIN cases_conversation t ON t.id = c.conversation_id
            JOIN people_handle h ON h.id = t.handle_id WHERE c.id = s.case_id)
        ORDER BY s.last_in_at DESC, s.case_id DESC LIMIT most) AS found
      GROUP BY found.last_in_at, found.case_id ORDER BY found.last_in_at DESC, found.case_id DESC LIMIT most;
  ELSE
    RETURN QUERY WITH people AS MATERIALIZED (SELECT h.id FROM people_handle h WHERE h.name_keys @> wanted)
      SELECT c.id FROM people p JOIN cases_conversation t ON t.handle_id = p.id
        JOIN cases_case c ON c.conversation_id = t.id
      WHERE c.visible_to && units AND NOT c.hidden_from && own
        AND c.last_in_at >= since AND (c.last_in_at, c.id) < (until, until_id)
      ORDER BY c.last_in_at DESC, c.id DESC LIMIT most;
  END IF;
END $$;
"""
# `said`: the beginning of a reference number, of what follows its letters, or of its last group; no wildcards in it.
REFERENCE = f"""
CREATE INDEX case_reference_middle ON cases_case
  ((split_part(reference, '-', 2) || '-' || split_part(reference, '-', 3)) text_pattern_ops);
CREATE INDEX case_reference_end ON cases_case (split_part(reference, '-', 3) text_pattern_ops);
CREATE FUNCTION rabta_find_reference(said text, most int)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
{SCOPE}
BEGIN
  IF units IS NULL OR own IS NULL OR said !~ '^[0-9A-Z-]{{2,16}}$' THEN RETURN; END IF;
  RETURN QUERY SELECT c.id FROM cases_case c
    WHERE (c.reference LIKE said || '%' OR split_part(c.reference, '-', 3) LIKE said || '%'
        OR (split_part(c.reference, '-', 2) || '-' || split_part(c.reference, '-', 3)) LIKE said || '%')
      AND c.visible_to && units AND NOT c.hidden_from && own
    ORDER BY c.last_in_at DESC, c.id DESC LIMIT most;
END $$;
"""
OWNED = """
GRANT SELECT (id, reference, conversation_id) ON cases_case TO rabta_search;
GRANT SELECT (id, handle_id) ON cases_conversation TO rabta_search;
GRANT SELECT (id, name_keys) ON people_handle TO rabta_search;
ALTER FUNCTION rabta_find_named(bigint[], timestamptz, timestamptz, bigint, int) OWNER TO rabta_search;
ALTER FUNCTION rabta_find_reference(text, int) OWNER TO rabta_search;
REVOKE ALL ON FUNCTION rabta_find_named(bigint[], timestamptz, timestamptz, bigint, int),
  rabta_find_reference(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_find_named(bigint[], timestamptz, timestamptz, bigint, int),
  rabta_find_reference(text, int) TO rabta_web;
"""
NO_NAMED = "DROP FUNCTION rabta_find_named(bigint[], timestamptz, timestamptz, bigint, int)"
NO_REFERENCE = """
DROP FUNCTION rabta_find_reference(text, int);
DROP INDEX case_reference_middle;
DROP INDEX case_reference_end;
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_protection")]
    operations = [schema.sql(NAMED, NO_NAMED), schema.sql(REFERENCE, NO_REFERENCE), schema.sql(OWNED)]
