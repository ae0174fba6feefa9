"""Whoever is forgotten is forgotten under other names too, and so are the provider's ids of what was written."""

from importlib import import_module

from django.db import migrations

from rabta import schema

before = import_module("rabta.retention.migrations.0002_erasing")

# Before the digest of the handle is replaced: it finds what was heard from it.
MORE = """
  DELETE FROM people_alias WHERE handle_id IN (SELECT id FROM people_handle WHERE {which});
  DELETE FROM outbox_heard WHERE address_digest IN (SELECT digest FROM people_handle WHERE {which});
"""
CASE = before.CASE.replace("SET text = '', template = NULL", "SET text = '', template = NULL, buttons = '[]'")


def again(name: str, body: str, was: str) -> migrations.RunSQL:
    """Another body for an eraser; the rights on it stay."""
    head = f"CREATE OR REPLACE FUNCTION {name}(the_row bigint) RETURNS text[]"
    ending = before.ERASER.partition("REVOKE")[0]
    return schema.sql(head + ending.format(body=body), head + ending.format(body=was))


def forget(which: str, rest: str = "") -> str:
    return MORE.format(which=which) + rest


ADDRESS = before.FORGET.format(which="people_handle.id = the_row")


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0002_erasing"),
        ("people", "0006_alias"),
        ("outbox", "0004_answering"),
    ]
    operations = [
        again("rabta_erase_case", CASE, before.CASE),
        again("rabta_forget_address", forget("people_handle.id = the_row", ADDRESS), ADDRESS),
        again(
            "rabta_forget_person", forget("people_handle.person_id = the_row", before.PERSON), before.PERSON
        ),
    ]
