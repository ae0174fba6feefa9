"""An administrator counts, by kind, the open cases that other rules would touch: those only that nothing is kept from.

One complaint against police, or one confidential inquiry, in a category would show in the number.
"""

from django.db import migrations

from rabta import schema

COUNT = """
CREATE OR REPLACE FUNCTION rabta_open_by_kind() RETURNS TABLE (category varchar, urgency smallint, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT category, urgency, count(*) FROM cases_case WHERE state <> 'closed' {plain} GROUP BY 1, 2
$$;
"""
PLAIN = "AND withheld = '' AND named_officers = '{}' AND hidden_from = '{}'"


class Migration(migrations.Migration):
    dependencies = [("review", "0003_renewing")]
    operations = [schema.sql(COUNT.format(plain=PLAIN), COUNT.format(plain=""))]
