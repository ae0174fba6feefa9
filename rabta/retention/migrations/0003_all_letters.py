"""Erasing a case empties the letters to all holders of an ordered post, and what could be pressed under a message."""

from importlib import import_module

from django.db import migrations

from rabta import schema

before = import_module("rabta.retention.migrations.0002_erasing")

FIRST = "UNION SELECT delivery_id FROM cases_order WHERE case_id = the_row AND delivery_id IS NOT NULL);"
ALL = f"{FIRST[:-2]}\n    UNION SELECT unnest(letters) FROM cases_order WHERE case_id = the_row);"
WORDS = "text = '', in_reply_to = NULL, template = NULL\n"
CASE = before.CASE.replace(FIRST, ALL)
MESSAGE = before.MESSAGE.replace(WORDS, f"{WORDS[:-1]}, buttons = '[]'\n")
assert CASE != before.CASE and MESSAGE != before.MESSAGE  # noqa: S101


def again(name: str, body: str, was: str) -> migrations.RunSQL:
    """The function `name` with another body."""
    head = f"CREATE OR REPLACE FUNCTION {name}(the_row bigint) RETURNS text[]"
    now, then = (head + before.ERASER.format(name=name, body=one) for one in (body, was))
    return schema.sql(now, then)


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_erasing")]
    operations = [
        again("rabta_erase_case", CASE, before.CASE),
        again("rabta_erase_message", MESSAGE, before.MESSAGE),
    ]
