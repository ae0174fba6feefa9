"""Letters to very many have their numbers before they are written (`groups.fanning`): the worker takes them itself."""

from django.db import migrations

from rabta import schema

TAKE = """
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SEQUENCE %s TO rabta_worker', pg_get_serial_sequence('outbox_delivery', 'id'));
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_bodies")]
    operations = [schema.sql(TAKE)]
