"""How far the worker is with what newer searches need of older rows (`rabta.jobs.filling`)."""

from django.db import migrations

from rabta import schema

# All that is there now is filled, from the newest on; what comes from now on has it already.
TABLE = """
CREATE TABLE jobs_filling (name text PRIMARY KEY, below bigint NOT NULL);
INSERT INTO jobs_filling SELECT 'said', coalesce(max(id), -1) + 1 FROM cases_case;
INSERT INTO jobs_filling SELECT 'names', coalesce(max(id), -1) + 1 FROM people_handle;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_live"), ("cases", "0014_said"), ("people", "0004_names")]
    operations = [
        schema.sql(TABLE, "DROP TABLE jobs_filling"),
        schema.grant("jobs_filling", worker="select, update"),
    ]
