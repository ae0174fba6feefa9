"""An order that is not accepted in time stands as late on the lists of the review."""

from importlib import import_module

from django.db import migrations, models

from rabta import schema

lists = import_module("rabta.cases.migrations.0005_lists")
ORDERS = f"""
INSERT INTO cases_orderseen (unit_id, issued_at, order_id, for_unit_id, stands, at, hidden_from)
SELECT unit, o.issued_at, o.id, o.unit_id,
  CASE WHEN o.part <> 'lead' OR EXISTS ({lists.LATER}) THEN ''
    WHEN o.state = 'replaced' THEN 'returned' WHEN o.state = 'issued' AND o.missed_at IS NOT NULL THEN 'late' ELSE o.state END,
  CASE WHEN o.state = 'accepted' THEN coalesce(o.due_at, '9999-01-01 00:00+00')
    WHEN o.state = 'issued' AND o.missed_at IS NOT NULL THEN o.missed_at ELSE o.issued_at END, o.hidden_from
FROM {{source}} o, unnest(o.visible_to) AS unit
ON CONFLICT DO NOTHING;
"""
CHANGED = lists.differ(
    "visible_to", "hidden_from", "issued_at", "state", "due_at", "unit_id", "part", "missed_at"
)


def bodies(orders: str, changed: str) -> list[tuple[str, str]]:
    """The functions of the triggers of `cases_order`, by name."""
    gone = lists.GONE.format(table="order", at="issued_at", changed=changed)
    return [
        ("rabta_see_new_orders", orders.format(source="now_is") + lists.OUTDATED),
        ("rabta_see_changed_orders", gone + orders.format(source=lists.changed(changed))),
    ]


def replaced(made: list[tuple[str, str]]) -> str:
    return "".join(
        f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp SET enable_seqscan = off AS $$
        BEGIN
          {body}
          RETURN NULL;
        END $$;
        """
        for name, body in made
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_links_with_codes")]
    operations = [
        migrations.AddField("order", "missed_at", models.DateTimeField(null=True)),
        schema.sql(replaced(bodies(ORDERS, CHANGED)), replaced(bodies(lists.ORDERS, lists.ORDER_CHANGED))),
    ]
