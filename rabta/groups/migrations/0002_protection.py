"""Who sees which groups: whoever runs groups at or above a unit (`Permission.GROUPS`). How many members a group has."""

from django.db import migrations

from rabta import schema

KEEPS = "select, insert, update"
RUN = f"visible_to && {schema.once(schema.GROUPS)}"
# Counted where rows change, so that no page counts four hundred thousand.
COUNT = """
CREATE FUNCTION rabta_count_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE groups_group g SET members = members + n.count
      FROM (SELECT group_id, count(*) FROM new_rows WHERE ended_at IS NULL GROUP BY group_id) n WHERE g.id = n.group_id;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE groups_group g SET members = members - n.count
      FROM (SELECT group_id, count(*) FROM old_rows WHERE ended_at IS NULL GROUP BY group_id) n WHERE g.id = n.group_id;
  ELSE
    UPDATE groups_group g SET members = members + n.more FROM (
      SELECT group_id, sum(one)::int AS more FROM (
        SELECT group_id, 1 AS one FROM new_rows WHERE ended_at IS NULL
        UNION ALL SELECT group_id, -1 FROM old_rows WHERE ended_at IS NULL) both_sides
      GROUP BY group_id HAVING sum(one) <> 0) n WHERE g.id = n.group_id;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION rabta_count_members() FROM PUBLIC;
CREATE TRIGGER count_added AFTER INSERT ON groups_membership
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_count_members();
CREATE TRIGGER count_changed AFTER UPDATE ON groups_membership
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_count_members();
CREATE TRIGGER count_removed AFTER DELETE ON groups_membership
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION rabta_count_members();
"""
# Pieces of a broadcast are found by recipients that were written a moment ago.
KNOW = """
CREATE FUNCTION rabta_know_recipients() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN ANALYZE groups_recipient; END $$;
REVOKE ALL ON FUNCTION rabta_know_recipients() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_know_recipients() TO rabta_worker;
"""
DEFAULTS = """
ALTER TABLE groups_recipient ALTER answer SET DEFAULT '';
ALTER TABLE groups_reach ALTER unreachable SET DEFAULT 0, ALTER sent SET DEFAULT 0, ALTER delivered SET DEFAULT 0,
  ALTER read SET DEFAULT 0, ALTER failed SET DEFAULT 0, ALTER answered SET DEFAULT 0;
"""


def parent(table: str, key: str) -> str:
    """Seen with its parent, whose own policy answers."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial"), ("cases", "0004_protection")]
    operations = [
        schema.sql(COUNT, "DROP FUNCTION rabta_count_members() CASCADE"),
        schema.sql(KNOW, "DROP FUNCTION rabta_know_recipients()"),
        schema.sql(DEFAULTS),
        schema.grant("groups_group", web=KEEPS, worker=KEEPS),
        schema.grant("groups_seat", web="select, insert, delete", worker="select, insert, delete"),
        schema.grant("groups_member", web=KEEPS, worker=KEEPS),
        schema.grant("groups_membership", web=KEEPS, worker=KEEPS),
        schema.grant("groups_broadcast", web=KEEPS, worker=KEEPS),
        schema.grant("groups_broadcast_groups", web="select, insert", worker="select, insert"),
        schema.grant("groups_wording", web="select, insert", worker=KEEPS),
        schema.grant("groups_recipient", web="select", worker=KEEPS),
        schema.grant("groups_reach", web="select", worker="select, insert, update, delete"),
        schema.protect("groups_group", web=RUN),
        schema.protect("groups_seat", web=parent("groups_group", "group_id")),
        schema.protect("groups_member", web=RUN),
        schema.protect("groups_membership", web=parent("groups_group", "group_id")),
        schema.protect("groups_broadcast", web=RUN),
        *(
            schema.protect(table, web=parent("groups_broadcast", "broadcast_id"))
            for table in ("groups_broadcast_groups", "groups_wording", "groups_recipient", "groups_reach")
        ),
    ]
