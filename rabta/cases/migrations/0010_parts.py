"""Cases that are parts of another, links between cases, and numbers by which likes are found.

Nobody reads a like's number but the worker, and `rabta_like_cases`, which looks past the policies and applies their
conditions itself, as the search by words does: an index may not be asked under row-level security.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from rabta import schema

BOTH_SEEN = (
    "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = one_id)"
    " AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = other_id)"
)
SEEN = schema.SEEN.replace("visible_to", "c.visible_to").replace("hidden_from", "c.hidden_from")
STATE = f"""
CREATE FUNCTION rabta_state_of_head(the_case bigint) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT CASE WHEN h.named_officers <> '{{}}' AND h.state <> 'closed' THEN 'acknowledged' ELSE h.state END
    FROM cases_case c JOIN cases_case h ON h.id = c.part_of_id
    WHERE c.id = the_case AND ({SEEN} OR c.receipt_digest = {schema.RECEIPT}));
END $$;
REVOKE ALL ON FUNCTION rabta_state_of_head(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_state_of_head(bigint) TO rabta_web;
"""
LIKE = """
CREATE FUNCTION rabta_like_cases(wanted int[], most int) RETURNS TABLE (case_id bigint, agree int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  units bigint[] := nullif(current_setting('rabta.units', true), '')::bigint[];
  own bigint[] := nullif(current_setting('rabta.own', true), '')::bigint[];
BEGIN
  IF units IS NULL OR own IS NULL THEN RETURN; END IF;
  RETURN QUERY WITH found AS MATERIALIZED (SELECT l.case_id, l.bands FROM cases_likeness l WHERE l.bands && wanted)
    SELECT f.case_id, (SELECT count(*) FROM unnest(f.bands) AS one WHERE one = ANY (wanted))::int AS n
    FROM found f JOIN cases_case c ON c.id = f.case_id
    WHERE c.visible_to && units AND NOT c.hidden_from && own
    ORDER BY n DESC, f.case_id DESC LIMIT most;
END $$;
GRANT SELECT ON cases_likeness TO rabta_search;
ALTER FUNCTION rabta_like_cases(int[], int) OWNER TO rabta_search;
REVOKE ALL ON FUNCTION rabta_like_cases(int[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_like_cases(int[], int) TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_chains"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="case",
            name="part_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="cases.case",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(part_of__isnull=False), fields=["part_of"], name="case_parts"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(("part_of", F("id")), _negated=True), name="no_case_is_part_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("part_of", None),
                    Q(("state", "closed"), _negated=True),
                    ("outcome", "duplicate"),
                    _connector="OR",
                ),
                name="closed_parts_are_duplicates",
            ),
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="one_link_between_two_cases"),
                    models.CheckConstraint(
                        condition=Q(("one__lt", F("other"))), name="link_from_the_older_case"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "bands",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
            ],
            options={
                "verbose_name_plural": "likenesses",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["bands"], name="likeness_bands"
                    )
                ],
            },
        ),
        schema.grant("cases_link", web="select, insert, delete", worker="select"),
        schema.protect("cases_link", web=BOTH_SEEN),
        schema.grant("cases_likeness", worker="select, insert, delete"),
        schema.sql(STATE, "DROP FUNCTION rabta_state_of_head(bigint)"),
        schema.sql(LIKE, "DROP FUNCTION rabta_like_cases(int[], int)"),
    ]
