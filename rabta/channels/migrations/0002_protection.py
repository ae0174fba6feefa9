"""Who may touch this app's tables."""

from django.db import migrations

from rabta import schema

ALL = "select, insert, update"


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
    ]
    operations = [
        schema.grant("channels_credential", web=ALL, worker=ALL, relay="select", gateway="select"),
        schema.grant("channels_account", web=ALL, worker=ALL, relay="select", gateway="select"),
        schema.grant("channels_messagetemplate", web=ALL, worker=ALL, relay="select"),
        schema.grant(
            "channels_holding",
            web="select, update (taken_at)",
            worker="select, insert, update (until, taken_at)",
        ),
    ]
