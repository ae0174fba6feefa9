"""The page on the accounts tells which could not be asked for what their hooks did not bring."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_protection")]
    operations = [schema.grant("intake_asking", web="select")]
