"""How people come into groups: addresses, applications, decisions; what groups are made of, counted by triggers."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

KEEPS = "select, insert, update"
RUN = f"visible_to && {schema.once(schema.GROUPS)}"
# The word of the address that a visitor opened, and the digest of the code that an applicant came back with.
DOOR_WORD = schema.once("nullif(current_setting('rabta.door', true), '')")
OWN = f"receipt = {schema.once(schema.RECEIPT)}"
OF_OWN = f"application_id = (SELECT id FROM groups_application WHERE {OWN})"
OPENED = f"id = (SELECT group_id FROM groups_door WHERE word = {DOOR_WORD})"
# Counted where rows change: by section and kind, in one order, so that two statements never wait in a circle.
COVER = """
CREATE FUNCTION rabta_cover_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO groups_cover AS c (group_id, section, kind, members)
    SELECT n.group_id, m.section, m.kind, count(*) FROM new_rows n JOIN groups_member m ON m.id = n.member_id
    WHERE n.ended_at IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (group_id, section, kind) DO UPDATE SET members = c.members + excluded.members;
  ELSE
    INSERT INTO groups_cover AS c (group_id, section, kind, members)
    SELECT b.group_id, m.section, m.kind, sum(b.one) FROM (
      SELECT group_id, member_id, 1 AS one FROM new_rows WHERE ended_at IS NULL
      UNION ALL SELECT group_id, member_id, -1 FROM old_rows WHERE ended_at IS NULL) b
    JOIN groups_member m ON m.id = b.member_id GROUP BY 1, 2, 3 HAVING sum(b.one) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (group_id, section, kind) DO UPDATE SET members = c.members + excluded.members;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION rabta_cover_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  INSERT INTO groups_cover AS c (group_id, section, kind, members)
  SELECT s.group_id, b.section, b.kind, sum(b.one) FROM (
    SELECT n.id, n.section, n.kind, 1 AS one FROM new_rows n JOIN old_rows o USING (id)
    WHERE (n.section, n.kind) <> (o.section, o.kind)
    UNION ALL SELECT o.id, o.section, o.kind, -1 FROM new_rows n JOIN old_rows o USING (id)
    WHERE (n.section, n.kind) <> (o.section, o.kind)) b
  JOIN groups_membership s ON s.member_id = b.id AND s.ended_at IS NULL
  GROUP BY 1, 2, 3 HAVING sum(b.one) <> 0 ORDER BY 1, 2, 3
  ON CONFLICT (group_id, section, kind) DO UPDATE SET members = c.members + excluded.members;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION rabta_cover_members(), rabta_cover_changed() FROM PUBLIC;
CREATE TRIGGER cover_added AFTER INSERT ON groups_membership
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_cover_members();
CREATE TRIGGER cover_ended AFTER UPDATE ON groups_membership
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_cover_members();
CREATE TRIGGER cover_changed AFTER UPDATE ON groups_member
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_cover_changed();
INSERT INTO groups_cover (group_id, section, kind, members)
  SELECT s.group_id, m.section, m.kind, count(*) FROM groups_membership s JOIN groups_member m ON m.id = s.member_id
  WHERE s.ended_at IS NULL GROUP BY 1, 2, 3;
"""
# A visitor sees the one group whose address he opened, and nothing else of it.
VISIT = f"CREATE POLICY visitor ON groups_group FOR SELECT TO rabta_web USING ({OPENED})"


def parent(table: str, key: str) -> str:
    """Seen with its parent, whose own policy answers."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


DOOR = CreateModel(
    name="Door",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("word", models.SlugField(max_length=20, unique=True)),
        ("group", pointer("groups.group", related_name="doors")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("invitation", models.BooleanField(default=False)),
        ("made_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("made_at", models.DateTimeField()),
        ("ends_at", models.DateTimeField(null=True)),
        ("closed_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("closed_at", None), ("invitation", False)),
                fields=("group",),
                name="one_address_for_each_group",
            )
        ],
    },
)
APPLICATION = CreateModel(
    name="Application",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("door", pointer("groups.door", related_name="applications", null=True)),
        ("group", pointer("groups.group", related_name="applications")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("member", pointer("groups.member", related_name="applications", null=True)),
        ("via", models.CharField(max_length=20)),
        ("channel", models.CharField(max_length=20)),
        ("digest", models.BinaryField(max_length=16)),
        ("address", pointer("outbox.address", null=True)),
        ("receipt", models.CharField(max_length=32, unique=True)),
        ("sealed", models.BinaryField(null=True)),
        ("referees", ArrayField(base_field=models.BinaryField(max_length=16), default=list)),
        ("kind", models.SlugField(max_length=20)),
        ("section", models.SlugField(blank=True, max_length=20)),
        ("language", models.CharField(blank=True, max_length=8)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("checks", models.JSONField(default=dict)),
        (
            "state",
            models.CharField(
                choices=[
                    ("unproved", "number not proved yet"),
                    ("open", "waits for the station"),
                    ("settled", "decided"),
                ],
                default="unproved",
                max_length=8,
            ),
        ),
        ("code", models.CharField(blank=True, max_length=32)),
        ("code_sent_at", models.DateTimeField(null=True)),
        ("tries", models.PositiveSmallIntegerField(default=0)),
        ("asked_at", models.DateTimeField()),
        ("proved_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            Index(condition=Q(("state", "open")), fields=["group", "proved_at"], name="application_waiting")
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    ("state", "unproved"),
                    Q(("member__isnull", False), ("proved_at__isnull", False)),
                    _connector="OR",
                ),
                name="only_proved_numbers_are_looked_at",
            ),
            UniqueConstraint(
                condition=Q(("state", "open")),
                fields=("group", "digest"),
                name="one_open_application_for_each_group",
            ),
        ],
    },
)
DECISION = CreateModel(
    name="Decision",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("member", pointer("groups.member", related_name="decisions")),
        ("group", pointer("groups.group", related_name="decisions")),
        ("application", pointer("groups.application", related_name="decisions", null=True)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        (
            "what",
            models.CharField(
                choices=[
                    ("accepted", "accepted"),
                    ("refused", "refused"),
                    ("removed", "removed"),
                    ("renewed", "renewed"),
                    ("lapsed", "not renewed in time"),
                    ("reminded", "reminded that the place ends"),
                    ("wished", "wants to stay"),
                ],
                max_length=8,
            ),
        ),
        ("reason", models.SlugField(blank=True, max_length=20)),
        ("words", models.CharField(blank=True, max_length=1000)),
        ("officer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("post", pointer("force.post", null=True)),
        ("at", models.DateTimeField()),
        ("receipt", models.CharField(blank=True, max_length=32)),
        ("contested_at", models.DateTimeField(null=True)),
        ("contest_words", models.CharField(blank=True, max_length=1000)),
        ("reviewer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("reviewer_post", pointer("force.post", null=True)),
        ("reviewed_at", models.DateTimeField(null=True)),
        ("upheld", models.BooleanField(null=True)),
        ("review_words", models.CharField(blank=True, max_length=1000)),
    ],
    options={
        "indexes": [
            Index(
                condition=Q(("contested_at__isnull", False), ("reviewed_at", None)),
                fields=["group", "contested_at"],
                name="decision_contested",
            ),
            Index(
                condition=Q(("receipt", ""), _negated=True), fields=["receipt"], name="decision_by_receipt"
            ),
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    ("reviewer", None), Q(("reviewer", models.F("officer")), _negated=True), _connector="OR"
                ),
                name="reviewed_by_somebody_else",
            )
        ],
    },
)
COVERED = CreateModel(
    name="Cover",
    fields=[
        schema.ID,
        ("group", models.ForeignKey(on_delete=models.CASCADE, related_name="cover", to="groups.group")),
        ("section", models.SlugField(blank=True, max_length=20)),
        ("kind", models.SlugField(max_length=20)),
        ("members", models.IntegerField(db_default=0, default=0)),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("group", "section", "kind"), name="one_count_for_each_part")
        ],
    },
)
CARDREQUEST = CreateModel(
    name="CardRequest",
    fields=[
        schema.ID,
        (
            "group",
            models.ForeignKey(on_delete=models.CASCADE, related_name="card_requests", to="groups.group"),
        ),
        ("day", models.DateField()),
        ("requests", models.PositiveIntegerField(default=1)),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("group", "day"), name="one_count_of_cards_for_each_day")],
    },
)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0005_relaying"),
        ("outbox", "0003_bodies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        schema.CreateModels(DOOR, APPLICATION, DECISION, COVERED, CARDREQUEST),
        schema.sql(
            COVER,
            "DROP FUNCTION rabta_cover_members() CASCADE; DROP FUNCTION rabta_cover_changed() CASCADE",
        ),
        schema.grant("groups_door", web=KEEPS, worker=KEEPS),
        schema.grant("groups_application", web=KEEPS, worker=f"{KEEPS}, delete"),
        schema.grant("groups_decision", web=KEEPS, worker=KEEPS),
        schema.grant("groups_cover", web="select", worker="select"),
        schema.grant("groups_cardrequest", web="select", worker=KEEPS),
        schema.protect("groups_door", web=f"{RUN} OR word = {DOOR_WORD}", web_check=RUN),
        # An applicant's own row, until the number is proved his alone.
        schema.protect("groups_application", web=f"({RUN} AND state <> 'unproved') OR {OWN}"),
        schema.protect("groups_decision", web=f"{RUN} OR {OWN} OR {OF_OWN}"),
        schema.protect("groups_cover", web=parent("groups_group", "group_id")),
        schema.protect("groups_cardrequest", web=parent("groups_group", "group_id")),
        migrations.AddField(
            "member",
            "name_keys",
            ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list),
        ),
        schema.sql(VISIT, "DROP POLICY visitor ON groups_group"),
    ]
