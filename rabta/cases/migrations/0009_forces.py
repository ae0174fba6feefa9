"""Cases go to other forces by machine and come from them: where, with which key, and what waits to be tried again.

Where citizens' cases go, and who may hand some in, is for administrators: a trigger holds the pages to it.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from rabta import schema

ADMINISTERED = """
CREATE TRIGGER administered BEFORE INSERT OR UPDATE ON cases_neighbour
  FOR EACH STATEMENT EXECUTE FUNCTION rabta_only_administrators();
CREATE TRIGGER administered BEFORE INSERT OR UPDATE OF ended_at ON cases_forcekey
  FOR EACH STATEMENT EXECUTE FUNCTION rabta_only_administrators();
"""
# The page that takes a case in writes that it came; which case that is, the worker knows when it has read it.
HANDED = """
DROP POLICY web ON cases_handed;
CREATE POLICY web ON cases_handed TO rabta_web USING (
  nullif(current_setting('rabta.receipt', true), '') IS NULL
  AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)) WITH CHECK (case_id IS NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_life"), ("force", "0004_administered")]
    operations = [
        migrations.AddField("transfer", "next_at", models.DateTimeField(null=True)),
        migrations.AddField("handed", "left_out", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AlterField(
            "handed",
            "case",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed",
                to="cases.case",
            ),
        ),
        schema.CreateModels(
            migrations.CreateModel(
                name="Neighbour",
                fields=[
                    schema.ID,
                    ("force", models.CharField(max_length=40, unique=True)),
                    ("own", models.BooleanField(db_default=False, default=False)),
                    ("address", models.CharField(blank=True, db_default="", default="", max_length=200)),
                    ("sealed_key", models.BinaryField(null=True)),
                    ("changed_at", models.DateTimeField()),
                    ("changed_by", schema.pointer("force.officer", null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=Q(own=True), fields=["own"], name="one_force_is_our_own"
                        ),
                        models.CheckConstraint(
                            condition=Q(own=False) | Q(address="", sealed_key=None),
                            name="nothing_goes_to_ourselves",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="ForceKey",
                fields=[
                    schema.ID,
                    schema.PUBLIC_ID,
                    ("force", models.CharField(max_length=40)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("made_at", models.DateTimeField()),
                    ("made_by", schema.pointer("force.officer", null=True)),
                    ("last_used_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                ],
            ),
        ),
        schema.grant("cases_neighbour", web="select, insert, update", worker="select"),
        schema.grant(
            "cases_forcekey",
            web="select, insert, update (last_used_at, ended_at)",
            worker="select, insert, update (ended_at)",
        ),
        schema.grant(
            "cases_transfer",
            web="select, insert, update (state, tries, next_at, trouble)",
            worker="select, insert, update",
        ),
        schema.grant("cases_handed", web="select, insert", worker="select, insert, update (case_id)"),
        schema.sql(HANDED),
        schema.sql(ADMINISTERED),
    ]
