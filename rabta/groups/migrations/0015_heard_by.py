"""Whoever runs a group sees what was said to it from above: the words, and how far they came in his own units.

Who changes and stops it stays as it was: whoever runs groups at or above the unit in whose name it was said.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from rabta import schema

G = schema.once(schema.GROUPS)
SPOKE = f"visible_to && {G}"
SEEN = f"visible_to && {G} OR heard_by && {G}"
FILL = """
UPDATE groups_broadcast b SET heard_by = said.units FROM (
  SELECT bg.broadcast_id, array_agg(DISTINCT u) AS units FROM groups_broadcast_groups bg
  JOIN groups_group g ON g.id = bg.group_id CROSS JOIN unnest(g.visible_to) u GROUP BY bg.broadcast_id
) said WHERE said.broadcast_id = b.id
"""


def parent(condition: str = "") -> str:
    """Seen with its broadcast; with a condition on that row or this one, only then."""
    more = f" AND ({condition})" if condition else ""
    return f"EXISTS (SELECT 1 FROM groups_broadcast b WHERE b.id = broadcast_id{more})"


def own(table: str) -> str:
    """Only what is of the officer's own units, or all where he speaks for the unit that spoke."""
    mine = f"EXISTS (SELECT 1 FROM force_unit u WHERE u.id = {table}.unit_id AND u.path && {G})"
    return parent(f"b.{SPOKE} OR {mine}")


POLICIES = f"""
DROP POLICY web ON groups_broadcast;
CREATE POLICY web ON groups_broadcast FOR SELECT TO rabta_web USING ({SEEN});
CREATE POLICY web_adds ON groups_broadcast FOR INSERT TO rabta_web WITH CHECK ({SPOKE});
CREATE POLICY web_changes ON groups_broadcast FOR UPDATE TO rabta_web USING ({SPOKE}) WITH CHECK ({SPOKE});
ALTER POLICY web ON groups_broadcast_groups USING ({parent()}) WITH CHECK ({parent(f"b.{SPOKE}")});
ALTER POLICY web ON groups_wording USING ({parent()}) WITH CHECK ({parent(f"b.{SPOKE}")});
ALTER POLICY web ON groups_again USING ({parent(f"b.{SPOKE}")}) WITH CHECK ({parent(f"b.{SPOKE}")});
ALTER POLICY web ON groups_chosen USING ({parent(f"b.{SPOKE}")}) WITH CHECK ({parent(f"b.{SPOKE}")});
ALTER POLICY web ON groups_reach USING ({own("groups_reach")});
ALTER POLICY web ON groups_recipient USING ({own("groups_recipient")});
"""
BEFORE = f"""
DROP POLICY web ON groups_broadcast;
DROP POLICY web_adds ON groups_broadcast;
DROP POLICY web_changes ON groups_broadcast;
CREATE POLICY web ON groups_broadcast TO rabta_web USING ({SPOKE}) WITH CHECK ({SPOKE});
""" + "\n".join(
    f"ALTER POLICY web ON {table} USING ({parent()}) WITH CHECK ({parent()});"
    for table in (
        "groups_broadcast_groups", "groups_wording", "groups_again", "groups_chosen", "groups_reach", "groups_recipient"
    )
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("groups", "0014_no_rumour")]
    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="heard_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        schema.sql(FILL),
        schema.sql(POLICIES, BEFORE),
    ]
