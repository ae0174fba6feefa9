"""Names are found by keys of their spellings: HMACs, which nobody reads back, and never of somebody who is hidden."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from rabta import schema

# Whatever hides a person takes the keys away in the same statement, now and in years.
HIDE = """
CREATE FUNCTION rabta_hide_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.shown IS NULL THEN NEW.name_keys := '{}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hide_names BEFORE INSERT OR UPDATE ON people_handle FOR EACH ROW EXECUTE FUNCTION rabta_hide_names();
"""
SHOW = "DROP TRIGGER hide_names ON people_handle; DROP FUNCTION rabta_hide_names();"


class Migration(migrations.Migration):
    dependencies = [("people", "0003_commitment")]
    operations = [
        migrations.AddField(
            model_name="handle",
            name="name_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, db_default=[], size=None
            ),
        ),
        migrations.AddIndex(
            model_name="handle",
            index=django.contrib.postgres.indexes.GinIndex(fields=["name_keys"], name="handle_by_name"),
        ),
        schema.sql(HIDE, SHOW),
    ]
