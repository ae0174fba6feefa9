"""A name finds no case with which it is hidden."""

from importlib import import_module

from django.db import migrations

from rabta import schema

before = import_module("rabta.desk.migrations.0003_search").NAMED.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
NAMED = before.replace("c.visible_to && units", "c.author_alias = '' AND c.visible_to && units")


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_way"), ("cases", "0017_author_alias")]
    operations = [
        schema.sql("GRANT SELECT (author_alias) ON cases_case TO rabta_search"),
        schema.sql(NAMED, before),
    ]
