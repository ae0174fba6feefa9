"""Answers to broadcasts are counted by an index; everybody may know of which units there are lists of news."""

from django.db import migrations, models
from django.db.models import Q

from rabta import schema

LISTS = """
CREATE FUNCTION rabta_news_lists() RETURNS TABLE (unit_id bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT g.unit_id FROM groups_group g WHERE g.kind = 'citizens' AND g.closed_at IS NULL ORDER BY g.unit_id
$$;
REVOKE ALL ON FUNCTION rabta_news_lists() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_news_lists() TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0006_joining")]
    operations = [
        migrations.AddIndex(
            "recipient",
            models.Index(
                condition=Q(("answer", ""), _negated=True),
                fields=["broadcast", "unit", "answer"],
                name="recipient_by_answer",
            ),
        ),
        schema.sql(LISTS, "DROP FUNCTION rabta_news_lists()"),
    ]
