"""Of an erased post nothing stays either: where it stood, its id, and what it was about."""

from importlib import import_module

from django.db import migrations

later = import_module("rabta.retention.migrations.0003_other_names")
before = later.before

WAS, NOW = "reaction = ''", "reaction = '', link = '', sealed_id = NULL, about_digest = NULL, about_text = ''"
DELIVERY, EMPTY = "text = '', template = NULL", "text = '', in_reply_to = NULL, template = NULL"


def more(body: str) -> str:
    return body.replace(WAS, NOW).replace(DELIVERY, EMPTY)


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0003_other_names"),
        ("cases", "0008_public"),
        ("outbox", "0005_public"),
    ]
    operations = [
        later.again("rabta_erase_case", more(later.CASE), later.CASE),
        later.again("rabta_erase_message", more(before.MESSAGE), before.MESSAGE),
    ]
