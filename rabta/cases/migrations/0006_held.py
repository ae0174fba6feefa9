"""From when to when what was done with a case stays with those who saw it then."""

from django.db import migrations, models

from rabta import schema

HELD_SINCE_OPENED = (
    "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id AND (parent.held_until IS NULL"
    f" OR at > parent.held_until OR parent.held_by && {schema.SCOPE} AND NOT parent.held_from && {schema.OWN}))"
)
HELD = HELD_SINCE_OPENED.replace("OR at >", "OR at < parent.held_since OR at >")


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_exclusion")]
    operations = [
        migrations.AddField("case", "held_since", models.DateTimeField(null=True)),
        schema.repolicy("cases_event", web=HELD, was=HELD_SINCE_OPENED),
    ]
