"""How far the worker is with what newer searches need of older rows (`rabta.jobs.filling`)."""

from django.db import migrations

from rabta import schema

# An empty database has nothing to fill: what comes has it already.
TABLE = """
CREATE TABLE jobs_filling (name text PRIMARY KEY, below bigint NOT NULL);
INSERT INTO jobs_filling VALUES ('said', 0), ('names', 0);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_live")]
    operations = [
        schema.sql(TABLE, "DROP TABLE jobs_filling"),
        schema.grant("jobs_filling", worker="select, update"),
    ]
