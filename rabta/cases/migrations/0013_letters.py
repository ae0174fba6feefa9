"""An order knows the letters to all holders of its post; before, those to further ones were found by their text.

Events get an index of their time, for the record narrowed to days.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from rabta import schema

OF_TEXT = """
  UPDATE outbox_delivery d SET visible_to = o.visible_to, hidden_from = o.hidden_from
  FROM cases_order o WHERE o.case_id = the_case AND d.id BETWEEN o.delivery_id AND o.delivery_id + 1000
    AND (d.id = o.delivery_id OR d.number <> '' AND d.text LIKE '%/o/' || o.public_id);
"""
OF_ORDER = """
  UPDATE outbox_delivery d SET visible_to = o.visible_to, hidden_from = o.hidden_from
  FROM cases_order o CROSS JOIN unnest(array_append(o.letters, o.delivery_id)) AS letter WHERE o.case_id = the_case AND d.id = letter;
"""
SHOW = f"""
CREATE OR REPLACE FUNCTION rabta_show_case(the_case bigint, units bigint[], hidden bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- A web request may only move a case that it sees; it may move it out of its own sight (an accusation).
  IF session_user = 'rabta_web' AND NOT EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {schema.SEEN}) THEN
    RAISE EXCEPTION 'no such case';
  END IF;
  UPDATE cases_case SET visible_to = units, hidden_from = hidden WHERE id = the_case;
  UPDATE cases_message SET
    visible_to = CASE WHEN held THEN rabta_still(visible_to, units) ELSE units END,
    hidden_from = CASE WHEN held THEN rabta_both(hidden_from, hidden) ELSE hidden END
  WHERE case_id = the_case;
  UPDATE cases_order SET
    visible_to = CASE WHEN held THEN rabta_still(visible_to, units) ELSE units END,
    hidden_from = CASE WHEN held THEN rabta_both(hidden_from, hidden) ELSE hidden END
  WHERE case_id = the_case;
  UPDATE outbox_delivery d SET visible_to = m.visible_to, hidden_from = m.hidden_from
  FROM cases_message m WHERE m.case_id = the_case AND d.id = m.delivery_id;
  {{letters}}
END $$;
"""
# Without a hash join a statement that changes many rows would compare each with each.
JOINS = "".join(
    f"ALTER FUNCTION rabta_see_{what}() {{change}} enable_hashjoin{{off}};"
    f"ALTER FUNCTION rabta_see_{what}() {{change}} enable_mergejoin{{off}};"
    for what in ("new_cases", "changed_cases", "new_orders", "changed_orders")
)
# Once, for the orders that are here: the way they were found before.
FIND = """
UPDATE cases_order o SET letters = ARRAY(
  SELECT d.id FROM outbox_delivery d WHERE d.id BETWEEN o.delivery_id AND o.delivery_id + 1000
    AND (d.id = o.delivery_id OR d.number <> '' AND d.text LIKE '%/o/' || o.public_id) ORDER BY d.id)
WHERE o.delivery_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_search"), ("outbox", "0003_exclusion")]
    operations = [
        schema.sql(JOINS.format(change="RESET", off=""), JOINS.format(change="SET", off=" = off")),
        migrations.AddField(
            "order", "letters", ArrayField(models.BigIntegerField(), blank=True, default=list)
        ),
        schema.sql("ALTER TABLE cases_order ALTER COLUMN letters SET DEFAULT '{}'"),
        schema.sql(FIND),
        schema.sql(SHOW.replace("{letters}", OF_ORDER), SHOW.replace("{letters}", OF_TEXT)),
        migrations.AddIndex("event", models.Index(fields=["-at", "-id"], name="event_newest")),
    ]
