"""Safe contact as it was said in one case, and officers' words that wait until it is safe.

The relay may ask whether anybody said no, in whatever case; the pages may not, because that would tell of a hidden one.
"""

from django.db import migrations, models

from rabta import schema

SAFE = [("", "Not known"), ("yes", "Yes, it is safe to write here"), ("no", "No, do not write here")]
SAYS_NO = """
CREATE FUNCTION rabta_says_no(handle bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM people_handle WHERE id = handle AND safe = 'no')
    OR EXISTS (SELECT 1 FROM cases_case c JOIN cases_conversation v ON v.id = c.conversation_id
      WHERE v.handle_id = handle AND c.safe = 'no')
$$;
REVOKE ALL ON FUNCTION rabta_says_no(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_says_no(bigint) TO rabta_relay;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_seen"), ("people", "0006_alias")]
    operations = [
        migrations.AddField(
            "case", "safe", models.CharField(blank=True, choices=SAFE, default="", max_length=3)
        ),
        migrations.AddField("message", "waits", models.BooleanField(default=False)),
        migrations.AddIndex(
            "case",
            models.Index(fields=["conversation"], condition=models.Q(safe="no"), name="case_not_safe"),
        ),
        schema.sql(
            "ALTER TABLE cases_case ALTER COLUMN safe SET DEFAULT '';"
            " ALTER TABLE cases_message ALTER COLUMN waits SET DEFAULT false"
        ),
        schema.sql(SAYS_NO, "DROP FUNCTION rabta_says_no(bigint)"),
    ]
