"""What the planner is told of the lists of units: whoever asks sees far more than a station does.

Most units are stations with a few rows, so that by the average any index looks good; the heads of districts and of the
force then counted their reviews through the primary key, row by row.
"""

from django.db import migrations

from rabta import schema

SET = "ALTER TABLE {table} ALTER COLUMN unit_id SET (n_distinct = 20)"
RESET = "ALTER TABLE {table} ALTER COLUMN unit_id RESET (n_distinct)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_life_lists")]
    operations = [
        schema.sql(SET.format(table=table), RESET.format(table=table))
        for table in ("cases_orderseen", "cases_caseseen")
    ]
