"""What the public may read: sums of the whole force for a month that is over, without what is hidden from anybody."""

from django.db import migrations

from rabta import schema

FUNCTION = f"""
CREATE FUNCTION rabta_public_figures(month date) RETURNS TABLE (what text, value text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.what, t.value, t.n FROM figures_tally t JOIN force_unit u ON u.id = t.unit_id
  WHERE u.parent_id IS NULL AND t.what IN ('all', 'channel', 'class', 'closing') AND t.n > 0
    AND t.day = month AND month + interval '1 month' <= now()
$$;
REVOKE ALL ON FUNCTION rabta_public_figures(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_public_figures(date) TO {schema.WEB};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0003_confidential"),
    ]
    operations = [
        schema.sql(FUNCTION, "DROP FUNCTION rabta_public_figures(date)"),
    ]
