"""Who is known from elsewhere is hidden with one case only, behind an alias of that case."""

from django.db import migrations, models

from rabta import schema

# Asked by whoever withholds a case, who need not see the others: a yes or no for each, and nothing else.
KNOWN = """
CREATE FUNCTION rabta_known_people(people bigint[], besides bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id FROM unnest(people) AS p(id) WHERE EXISTS (
    SELECT 1 FROM people_handle h JOIN cases_conversation t ON t.handle_id = h.id WHERE h.person_id = p.id AND (
      EXISTS (SELECT 1 FROM cases_case c WHERE c.conversation_id = t.id AND c.withheld = '' AND c.author_alias = ''
        AND c.id <> ALL (besides))
      OR EXISTS (SELECT 1 FROM cases_message m WHERE m.conversation_id = t.id AND m.case_id IS NULL
        AND cardinality(m.visible_to) > 1)))
$$;
REVOKE ALL ON FUNCTION rabta_known_people(bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_known_people(bigint[], bigint[]) TO rabta_web, rabta_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_limits_from")]
    operations = [
        migrations.AddField(
            "case", "author_alias", models.CharField(blank=True, db_default="", default="", max_length=8)
        ),
        schema.sql(KNOWN, "DROP FUNCTION rabta_known_people(bigint[], bigint[])"),
    ]
