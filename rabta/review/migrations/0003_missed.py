"""Orders whose limit for accepting them was passed before the order itself said so."""

from django.db import migrations

from rabta import schema

MISSED = """
UPDATE cases_order o SET missed_at = e.due_at FROM (
  SELECT order_id, min(due_at) AS due_at FROM review_escalation
  WHERE level = 1 AND step IN ('acknowledged', 'passed_on') GROUP BY order_id
) e WHERE e.order_id = o.id AND o.state = 'issued'
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0002_protection"), ("cases", "0015_missed")]
    operations = [schema.sql(MISSED, "")]
