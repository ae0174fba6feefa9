"""What each unit sees in the order of its lists: two narrow tables kept by triggers of whole statements.

The triggers write with their owner's rights; processes only read, and only their own (row-level security). Sequences are
not scanned in them, whatever the planner thinks of a table just made; without a hash join a statement that changes many
rows would compare each with each.
"""

from django.db import migrations

from rabta import schema

SCOPE, OWN = (schema.once(value) for value in (schema.SCOPE, schema.OWN))
MINE = f"unit_id = ANY (({SCOPE})::bigint[]) AND NOT hidden_from && {OWN}"

CASES = """
INSERT INTO cases_caseseen (unit_id, last_in_at, case_id, hidden_from)
SELECT unit, c.last_in_at, c.id, c.hidden_from FROM {source} c, unnest(c.visible_to) AS unit
ON CONFLICT DO NOTHING;
"""
LATER = "SELECT 1 FROM cases_order l WHERE l.case_id = o.case_id AND l.part = 'lead' AND l.id > o.id"
ORDERS = f"""
INSERT INTO cases_orderseen (unit_id, issued_at, order_id, for_unit_id, stands, at, hidden_from)
SELECT unit, o.issued_at, o.id, o.unit_id,
  CASE WHEN o.part <> 'lead' OR EXISTS ({LATER}) THEN '' WHEN o.state = 'replaced' THEN 'returned' ELSE o.state END,
  CASE WHEN o.state = 'accepted' THEN coalesce(o.due_at, '9999-01-01 00:00+00') ELSE o.issued_at END, o.hidden_from
FROM {{source}} o, unnest(o.visible_to) AS unit
ON CONFLICT DO NOTHING;
"""
# What was true before goes by its whole key: found by the index, whatever the planner thinks of a table just made.
GONE = """
DELETE FROM cases_{table}seen s USING (
  SELECT w.id, w.{at}, unnest(w.visible_to) AS unit FROM was w JOIN now_is n USING (id) WHERE {changed}
) gone WHERE s.unit_id = gone.unit AND s.{at} = gone.{at} AND s.{table}_id = gone.id;
"""
OUTDATED = """
UPDATE cases_orderseen s SET stands = '' FROM (
  SELECT o.id, o.issued_at, unnest(o.visible_to) AS unit FROM cases_order o
  JOIN now_is n ON n.case_id = o.case_id AND n.part = 'lead' AND n.id > o.id WHERE o.part = 'lead'
) gone WHERE s.unit_id = gone.unit AND s.issued_at = gone.issued_at AND s.order_id = gone.id AND s.stands <> '';
"""


def trigger(name: str, table: str, *, on: str, body: str) -> migrations.RunSQL:
    """A trigger after a whole statement; `now_is` and `was` are its rows."""
    rows = "NEW TABLE AS now_is" + (" OLD TABLE AS was" if on == "UPDATE" else "")
    return schema.sql(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET enable_seqscan = off AS $$
        BEGIN
          {body}
          RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
        CREATE TRIGGER {name} AFTER {on} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """,
        f"DROP FUNCTION {name}() CASCADE",
    )


def differ(*columns: str) -> str:
    was, now_is = (", ".join(f"{row}.{column}" for column in columns) for row in ("w", "n"))
    return f"({was}) IS DISTINCT FROM ({now_is})"


CASE_CHANGED = differ("visible_to", "hidden_from", "last_in_at")
ORDER_CHANGED = differ("visible_to", "hidden_from", "issued_at", "state", "due_at", "unit_id", "part")


def changed(condition: str) -> str:
    return f"(SELECT n.* FROM now_is n JOIN was w USING (id) WHERE {condition})"


# What the planner is told of the lists of units: whoever asks sees far more than a station does. Most units are stations
# with a few rows, so that by the average any index looks good; the heads of districts and of the force then counted their
# reviews through the primary key, row by row.
ASKED_BY_FEW = "ALTER TABLE {table} ALTER COLUMN unit_id SET (n_distinct = 20)"


class Migration(migrations.Migration):
    replaces = [("cases", "0003_seen"), ("cases", "0013_units_that_ask")]
    dependencies = [("cases", "0004_protection")]
    operations = [
        *(
            operation
            for table in ("cases_caseseen", "cases_orderseen")
            for operation in (
                schema.grant(table, web="select", worker="select"),
                schema.protect(table, web=MINE),
                schema.sql(ASKED_BY_FEW.format(table=table)),
            )
        ),
        trigger("rabta_see_new_cases", "cases_case", on="INSERT", body=CASES.format(source="now_is")),
        trigger(
            "rabta_see_changed_cases",
            "cases_case",
            on="UPDATE",
            body=GONE.format(table="case", at="last_in_at", changed=CASE_CHANGED)
            + CASES.format(source=changed(CASE_CHANGED)),
        ),
        trigger(
            "rabta_see_new_orders",
            "cases_order",
            on="INSERT",
            body=ORDERS.format(source="now_is") + OUTDATED,
        ),
        trigger(
            "rabta_see_changed_orders",
            "cases_order",
            on="UPDATE",
            body=GONE.format(table="order", at="issued_at", changed=ORDER_CHANGED)
            + ORDERS.format(source=changed(ORDER_CHANGED)),
        ),
    ]
