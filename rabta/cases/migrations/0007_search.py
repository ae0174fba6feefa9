"""Search by all that was said in a case: an index of its subject, its place and the words of every message. And likes.

Under row-level security PostgreSQL may not ask an index whether words match before it knows that the row may be seen,
so a search would read every case. `rabta_search_cases` and `rabta_like_cases` look past the policies (their owner is
`rabta_search`, as whom nobody signs in) and apply the same conditions themselves; they give ids only, and whoever reads
the rows reads them by policy.

`cases_said` has a row for each case and is nobody's to read but the search's. Triggers write it with the message. What is
not everybody's who sees the case is left out: notes that are held, texts that were taken back, and what the machine wrote.
"""

from django.db import migrations

from rabta import schema

# As `kit.scripts.normalise`, as far as subjects need it: one form per letter and digit, no marks that nobody sees.
SAME = ("يىېۍئكګەهھةۀأإآؤټډړڼں", "یییییکگہہہہہاااوٹڈڑنن")
DIGITS = ("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "0123456789" * 3)
UNSEEN = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x064B, 0x0660), 0x0670, 0x0640, 0xFEFF)))
BETWEEN = r"[\s!-/:-@\[-`{-~،؛؟۔।॥“”‘’«»…–—]+"
# Most texts are of one script. A word is cut where an index would refuse it.
WORDS = f"""
CREATE FUNCTION rabta_words(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF octet_length(said) > length(said) THEN
    said := translate(lower(normalize(said, NFKC)), '{SAME[0]}', '{SAME[1]}');
    IF said ~ '[{DIGITS[0]}]' THEN
      said := translate(said, '{DIGITS[0]}', '{DIGITS[1]}');
    END IF;
    IF said ~ '[{UNSEEN}]' THEN said := translate(said, '{UNSEEN}', ''); END IF;
    IF said ~ U&'[\\0929\\0931\\0934\\093C]' THEN
      said := normalize(replace(normalize(said, NFD), U&'\\093C', ''), NFC);
    END IF;
  ELSE
    said := lower(said);
  END IF;
  RETURN array_to_tsvector(ARRAY(
    SELECT DISTINCT left(word, 60) FROM unnest(regexp_split_to_array(said, '{BETWEEN}')) AS word
    WHERE word <> ''));
END $$;
REVOKE ALL ON FUNCTION rabta_words(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_words(text) TO rabta_web, rabta_worker, rabta_search, rabta_backup;
"""
TABLE = """
CREATE TABLE cases_said (
  case_id bigint PRIMARY KEY REFERENCES cases_case (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  words tsvector NOT NULL);
CREATE INDEX said_words ON cases_said USING gin (words);
GRANT SELECT ON cases_said TO rabta_search;
"""
COUNTS = "{m}.revoked_at IS NULL AND NOT {m}.held AND NOT {m}.automatic"
# What more is said in a case that has two thousand words is not looked for.
TOO_MANY = 2000
# A subject is mostly how the text begins.
WHOLE = """rabta_words(left(concat_ws(' ',
      CASE WHEN starts_with({said}, rtrim({c}.subject, '…')) THEN '' ELSE {c}.subject END, {c}.place, {said}), 40000))"""
AGAIN = f"""
CREATE FUNCTION rabta_say_again(the_cases bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  INSERT INTO cases_said AS s (case_id, words)
  SELECT c.id, {WHOLE.format(c="c", said="coalesce(m.said, '')")}
  FROM cases_case c LEFT JOIN LATERAL (
    SELECT string_agg(left(m.text, 8000), E'\\n' ORDER BY m.id) AS said FROM cases_message m
    WHERE m.case_id = c.id AND m.text <> '' AND {COUNTS.format(m="m")}) m ON true
  WHERE c.id = ANY (the_cases)
  ON CONFLICT (case_id) DO UPDATE SET words = excluded.words WHERE s.words <> excluded.words
$$;
REVOKE ALL ON FUNCTION rabta_say_again(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_say_again(bigint[]) TO rabta_worker;
"""
NEW = f"""
CREATE FUNCTION rabta_say_new() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO cases_said AS s (case_id, words)
  SELECT c.id, {WHOLE.format(c="c", said="n.said")}
  FROM (SELECT case_id, coalesce(string_agg(left(text, 8000), E'\\n' ORDER BY id)
      FILTER (WHERE {COUNTS.format(m="now_is")}), '') AS said
    FROM now_is WHERE case_id IS NOT NULL GROUP BY case_id) n JOIN cases_case c ON c.id = n.case_id
  ON CONFLICT (case_id) DO UPDATE SET words = s.words || excluded.words
    WHERE length(s.words) < {TOO_MANY} AND s.words <> s.words || excluded.words;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION rabta_say_new() FROM PUBLIC;
CREATE TRIGGER rabta_say_new AFTER INSERT ON cases_message REFERENCING NEW TABLE AS now_is
  FOR EACH STATEMENT EXECUTE FUNCTION rabta_say_new();
"""
CHANGED = """
CREATE FUNCTION rabta_say_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  other bigint[] := ARRAY(SELECT DISTINCT one FROM now_is n JOIN was w USING (id), unnest(ARRAY[n.case_id, w.case_id]) one
    WHERE one IS NOT NULL AND (n.text, n.revoked_at, n.held, n.automatic, n.case_id)
      IS DISTINCT FROM (w.text, w.revoked_at, w.held, w.automatic, w.case_id));
BEGIN
  IF other <> '{}' THEN PERFORM rabta_say_again(other); END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION rabta_say_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  PERFORM rabta_say_again(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION rabta_say_changed(), rabta_say_case() FROM PUBLIC;
CREATE TRIGGER rabta_say_changed AFTER UPDATE ON cases_message REFERENCING NEW TABLE AS now_is OLD TABLE AS was
  FOR EACH STATEMENT EXECUTE FUNCTION rabta_say_changed();
CREATE TRIGGER rabta_say_case AFTER UPDATE OF subject, place ON cases_case FOR EACH ROW
  WHEN ((OLD.subject, OLD.place) IS DISTINCT FROM (NEW.subject, NEW.place)) EXECUTE FUNCTION rabta_say_case();
"""
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
    WHERE s.schemaname = 'public' AND s.tablename = 'cases_said' AND s.attname = 'words'),
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
          AND (SELECT t.words @@ wanted FROM cases_said t WHERE t.case_id = s.case_id)
          AND (SELECT c.visible_to && units AND NOT c.hidden_from && own
            FROM cases_case c WHERE c.id = s.case_id)
        ORDER BY s.last_in_at DESC, s.case_id DESC LIMIT most) AS found
      GROUP BY found.last_in_at, found.case_id ORDER BY found.last_in_at DESC, found.case_id DESC LIMIT most;
  ELSE
    RETURN QUERY WITH found AS MATERIALIZED (
        SELECT c.id, c.last_in_at, c.visible_to, c.hidden_from FROM cases_said t
        JOIN cases_case c ON c.id = t.case_id WHERE t.words @@ coalesce(rare, wanted) AND t.words @@ wanted)
      SELECT f.id FROM found f WHERE f.visible_to && units AND NOT f.hidden_from && own
        AND f.last_in_at >= since AND (f.last_in_at, f.id) < (until, until_id)
      ORDER BY f.last_in_at DESC, f.id DESC LIMIT most;
  END IF;
END $$;
GRANT SELECT (id, last_in_at, visible_to, hidden_from) ON cases_case TO rabta_search;
GRANT SELECT (unit_id, last_in_at, case_id) ON cases_caseseen TO rabta_search;
ALTER FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) OWNER TO rabta_search;
REVOKE ALL ON FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_search_cases(text, timestamptz, timestamptz, bigint, int) TO rabta_web;
"""
# Nobody reads the numbers by which likes are found but the worker, and this.
LIKE = """
CREATE FUNCTION rabta_like_cases(wanted int[], most int) RETURNS TABLE (case_id bigint, agree int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  units bigint[] := nullif(current_setting('rabta.units', true), '')::bigint[];
  own bigint[] := nullif(current_setting('rabta.own', true), '')::bigint[];
BEGIN
  IF units IS NULL OR own IS NULL THEN RETURN; END IF;
  RETURN QUERY WITH found AS MATERIALIZED (SELECT l.case_id, l.bands FROM cases_likeness l WHERE l.bands && wanted)
    SELECT f.case_id, (SELECT count(*) FROM unnest(f.bands) AS one WHERE one = ANY (wanted))::int AS n
    FROM found f JOIN cases_case c ON c.id = f.case_id
    WHERE c.visible_to && units AND NOT c.hidden_from && own
    ORDER BY n DESC, f.case_id DESC LIMIT most;
END $$;
GRANT SELECT ON cases_likeness TO rabta_search;
ALTER FUNCTION rabta_like_cases(int[], int) OWNER TO rabta_search;
REVOKE ALL ON FUNCTION rabta_like_cases(int[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_like_cases(int[], int) TO rabta_web;
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0005_search"), ("cases", "0014_said")]
    dependencies = [("cases", "0006_tally")]
    operations = [schema.sql(WORDS + TABLE + AGAIN + NEW + CHANGED), schema.sql(SEARCH), schema.sql(LIKE)]
