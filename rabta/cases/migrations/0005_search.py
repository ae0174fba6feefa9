"""Search by words: an index of the words of subject and place, and one function that may use it.

Under row-level security PostgreSQL may not ask an index whether words match before it knows that the row may be seen,
so a search read every case. `rabta_search_cases` looks past the policies (its owner is `rabta_search`, as whom nobody
signs in) and applies the same conditions itself; it gives ids only, and whoever reads the rows reads them by policy.
"""

from django.db import migrations

from rabta import schema

# As `kit.scripts.normalise`, as far as subjects need it: one form per letter and digit, no marks that nobody sees.
SAME = ("يىېۍئكګەهھةۀأإآؤټډړڼں", "یییییکگہہہہہاااوٹڈڑنن")
DIGITS = ("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "0123456789" * 3)
UNSEEN = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x064B, 0x0660), 0x0670, 0x0640, 0xFEFF)))
BETWEEN = r"[\s!-/:-@\[-`{-~،؛؟۔।॥“”‘’«»…–—]+"
WORDS = f"""
CREATE FUNCTION rabta_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_to_tsvector(array_remove(regexp_split_to_array(
    normalize(replace(normalize(translate(lower(normalize(said, NFKC)),
      '{SAME[0]}{DIGITS[0]}{UNSEEN}', '{SAME[1]}{DIGITS[1]}'), NFD), U&'\\093C', ''), NFC), '{BETWEEN}'), ''))
$$;
REVOKE ALL ON FUNCTION rabta_words(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_words(text) TO rabta_web, rabta_worker, rabta_search, rabta_backup;
ALTER TABLE cases_case ADD COLUMN words tsvector GENERATED ALWAYS AS (rabta_words(subject || ' ' || place)) STORED;
CREATE INDEX case_words ON cases_case USING gin (words);
"""
NO_WORDS = "ALTER TABLE cases_case DROP COLUMN words; DROP FUNCTION rabta_words(text);"
# Words that are in more than one case of two hundred are found soonest from the newest case on, others by the index.
# The planner can't tell: it takes every beginning of a word for a common one.
SEARCH = """
CREATE FUNCTION rabta_search_cases(said text, since timestamptz, until timestamptz, until_id bigint, most int)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  units bigint[] := nullif(current_setting('rabta.units', true), '')::bigint[];
  own bigint[] := nullif(current_setting('rabta.own', true), '')::bigint[];
  lexemes text[] := (tsvector_to_array(rabta_words(said)))[1:6];
  wanted tsquery;
  rare tsquery;
  share float8;
BEGIN
  IF units IS NULL OR own IS NULL OR lexemes = '{}' THEN RETURN; END IF;
  WITH common AS MATERIALIZED (SELECT u.elem, u.freq FROM pg_stats s,
      unnest(s.most_common_elems::text::text[],
        s.most_common_elem_freqs[1:cardinality(s.most_common_elems::text::text[])]) AS u(elem, freq)
    WHERE s.schemaname = 'public' AND s.tablename = 'cases_case' AND s.attname = 'words'),
  parts AS (SELECT quote_literal(one) || CASE WHEN length(one) > 2 THEN ':*' ELSE '' END AS part,
      coalesce((SELECT sum(freq) FROM common
        WHERE elem = one OR length(one) > 2 AND starts_with(elem, one)), 0) AS of_all
    FROM unnest(lexemes) AS one)
  SELECT string_agg(part, ' & ')::tsquery, (string_agg(part, ' & ') FILTER (WHERE of_all <= 0.05))::tsquery,
    exp(sum(ln(least(greatest(of_all, 1e-9), 1)))) INTO wanted, rare, share FROM parts;
  IF share > 0.005 THEN
    RETURN QUERY SELECT found.case_id FROM unnest(units) AS mine(unit), LATERAL (
        SELECT s.last_in_at, s.case_id FROM cases_caseseen s
        WHERE s.unit_id = mine.unit AND s.last_in_at >= since AND (s.last_in_at, s.case_id) < (until, until_id)
          AND (SELECT c.words @@ wanted AND c.visible_to && units AND NOT c.hidden_from && own
            FROM cases_case c WHERE c.id = s.case_id)
        ORDER BY s.last_in_at DESC, s.case_id DESC LIMIT most) AS found
      GROUP BY found.last_in_at, found.case_id ORDER BY found.last_in_at DESC, found.case_id DESC LIMIT most;
  ELSE
    RETURN QUERY WITH found AS MATERIALIZED (
        SELECT c.id, c.last_in_at, c.visible_to, c.hidden_from, c.words FROM cases_case c
        WHERE c.words @@ coalesce(rare, wanted))
      SELECT f.id FROM found f WHERE f.words @@ wanted AND f.visible_to && units AND NOT f.hidden_from && own
        AND f.last_in_at >= since AND (f.last_in_at, f.id) < (until, until_id)
      ORDER BY f.last_in_at DESC, f.id DESC LIMIT most;
  END IF;
END $$;
GRANT SELECT (id, last_in_at, visible_to, hidden_from, words) ON cases_case TO rabta_search;
GRANT SELECT (unit_id, last_in_at, case_id) ON cases_caseseen TO rabta_search;
ALTER FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) OWNER TO rabta_search;
REVOKE ALL ON FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) TO rabta_web;
"""
NO_SEARCH = "DROP FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_tally")]
    operations = [schema.sql(WORDS, NO_WORDS), schema.sql(SEARCH, NO_SEARCH)]
