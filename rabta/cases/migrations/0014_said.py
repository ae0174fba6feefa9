"""Search by all that was said in a case: an index of its subject, its place and the words of every message.

`cases_said` has a row for each case and is nobody's to read but the search's, which looks at the case to know who sees
it (`0005_search`). Triggers write it with the message. What is not everybody's who sees the case is left out: notes
that are held, texts that were taken back, and what the machine wrote. Cases from before are filled by a sweep.
"""

from importlib import import_module

from django.db import migrations

from rabta import schema

before = import_module("rabta.cases.migrations.0005_search")

# The same words as before, sooner: most texts are of one script. A word is cut where an index would refuse it.
WORDS = f"""
CREATE OR REPLACE FUNCTION rabta_words(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF octet_length(said) > length(said) THEN
    said := translate(lower(normalize(said, NFKC)), '{before.SAME[0]}', '{before.SAME[1]}');
    IF said ~ '[{before.DIGITS[0]}]' THEN
      said := translate(said, '{before.DIGITS[0]}', '{before.DIGITS[1]}');
    END IF;
    IF said ~ '[{before.UNSEEN}]' THEN said := translate(said, '{before.UNSEEN}', ''); END IF;
    IF said ~ U&'[\\0929\\0931\\0934\\093C]' THEN
      said := normalize(replace(normalize(said, NFD), U&'\\093C', ''), NFC);
    END IF;
  ELSE
    said := lower(said);
  END IF;
  RETURN array_to_tsvector(ARRAY(
    SELECT DISTINCT left(word, 60) FROM unnest(regexp_split_to_array(said, '{before.BETWEEN}')) AS word
    WHERE word <> ''));
END $$;
"""
OLD_WORDS = before.WORDS.split("REVOKE", maxsplit=1)[0].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

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
SEARCH = (
    before.SEARCH.split("GRANT", maxsplit=1)[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace("s.tablename = 'cases_case'", "s.tablename = 'cases_said'")
    .replace(
        "(SELECT c.words @@ wanted AND c.visible_to && units AND NOT c.hidden_from && own\n"
        "            FROM cases_case c WHERE c.id = s.case_id)",
        "(SELECT t.words @@ wanted FROM cases_said t WHERE t.case_id = s.case_id)\n"
        "          AND (SELECT c.visible_to && units AND NOT c.hidden_from && own\n"
        "            FROM cases_case c WHERE c.id = s.case_id)",
    )
    .replace(
        "SELECT c.id, c.last_in_at, c.visible_to, c.hidden_from, c.words FROM cases_case c\n"
        "        WHERE c.words @@ coalesce(rare, wanted))",
        "SELECT c.id, c.last_in_at, c.visible_to, c.hidden_from FROM cases_said t\n"
        "        JOIN cases_case c ON c.id = t.case_id WHERE t.words @@ coalesce(rare, wanted) AND t.words @@ wanted)",
    )
    .replace("WHERE f.words @@ wanted AND f.visible_to", "WHERE f.visible_to")
)
assert "c.words" not in SEARCH and "f.words" not in SEARCH  # noqa: S101
OLD_SEARCH = before.SEARCH.split("GRANT", maxsplit=1)[0].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
BACK = """
DROP TRIGGER rabta_say_case ON cases_case;
DROP TRIGGER rabta_say_new ON cases_message;
DROP TRIGGER rabta_say_changed ON cases_message;
DROP FUNCTION rabta_say_case(), rabta_say_changed(), rabta_say_new(), rabta_say_again(bigint[]);
DROP TABLE cases_said;
"""
OLD_COLUMN = """
ALTER TABLE cases_case ADD COLUMN words tsvector GENERATED ALWAYS AS (rabta_words(subject || ' ' || place)) STORED;
CREATE INDEX case_words ON cases_case USING gin (words);
GRANT SELECT (words) ON cases_case TO rabta_search;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_units_that_ask")]
    operations = [
        schema.sql(WORDS, OLD_WORDS),
        schema.sql(TABLE + AGAIN + NEW + CHANGED, BACK),
        schema.sql(SEARCH, OLD_SEARCH),
        schema.sql("ALTER TABLE cases_case DROP COLUMN words", OLD_COLUMN),
    ]
