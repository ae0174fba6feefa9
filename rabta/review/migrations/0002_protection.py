"""Who may touch limits and reviews, and the triggers that say when a case must be looked at again.

What hangs on a case is seen by whoever sees the case. A review is its officer's own. The watch holds ids and times, and
no page reads it: the triggers write it with their owner's rights, whoever changes a case.
"""

from django.db import migrations

from rabta import schema

OFFICER = "(SELECT nullif(current_setting('rabta.officer', true), '')::bigint)"
SCOPE, OWN = schema.once(schema.SCOPE), schema.once(schema.OWN)
# Of officers only: whoever reads a case by its receipt reads nothing of these.
OF_THE_CASE = f"{OFFICER} IS NOT NULL AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"
OF_THE_ORDER = "EXISTS (SELECT 1 FROM cases_order parent WHERE parent.id = order_id)"
OWN_LINES = "EXISTS (SELECT 1 FROM review_review parent WHERE parent.id = review_id)"
# Soon after it opened a case is looked at for the first time; then the sweep knows when to look again.
LOOK = """
  INSERT INTO review_watch (case_id, look_at) {rows}
  ON CONFLICT (case_id) DO UPDATE SET look_at = least(review_watch.look_at, EXCLUDED.look_at);
"""
OPENED = LOOK.format(
    rows="""SELECT id, opened_at + interval '1 minute' FROM now_is WHERE state <> 'closed'
    AND coalesce(reply_due_at, contact_due_at, report_due_at) IS NOT NULL"""
)
TIMED = ", ".join(
    f"{{row}}.{column}"
    for column in (
        "state", "urgency", "reply_due_at", "contact_due_at", "report_due_at", "replied_at", "contacted_at",
        "reopened_at", "line_confirmed_at",
    )
)  # fmt: skip
CHANGED = LOOK.format(
    rows=f"""SELECT n.id, n.changed_at FROM now_is n JOIN was w USING (id)
    WHERE ({TIMED.format(row="n")}) IS DISTINCT FROM ({TIMED.format(row="w")})"""
)
ORDERED = LOOK.format(rows="SELECT case_id, min(issued_at) FROM now_is WHERE part <> 'inform' GROUP BY 1")
STANDS = LOOK.format(
    rows="""SELECT n.case_id, min(n.issued_at) FROM now_is n JOIN was w USING (id) WHERE n.part <> 'inform'
    AND (n.state, n.due_at) IS DISTINCT FROM (w.state, w.due_at) GROUP BY 1"""
)
TRIGGER = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  {body}
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
CREATE TRIGGER {name} AFTER {on} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
# Finding open cases that were judged by earlier rules, and counting those that other rules would touch. An administrator
# sees no cases: he counts by kind, those only that nothing is kept from. One complaint against police, or one confidential
# inquiry, in a category would show in the number.
COUNT = """
CREATE FUNCTION rabta_open_by_kind() RETURNS TABLE (category varchar, urgency smallint, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT category, urgency, count(*) FROM cases_case WHERE state <> 'closed' AND withheld = '' AND named_officers = '{}' AND hidden_from = '{}' GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION rabta_open_by_kind() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_open_by_kind() TO rabta_web;
"""
RENEWING = "CREATE INDEX case_by_limits_version ON cases_case (limits_version) WHERE state <> 'closed'"


def trigger(name: str, table: str, *, on: str, body: str) -> migrations.RunSQL:
    rows = "NEW TABLE AS now_is" + (" OLD TABLE AS was" if on == "UPDATE" else "")
    made = TRIGGER.format(name=name, table=table, on=on, body=body, rows=rows)
    return schema.sql(made, f"DROP FUNCTION {name}() CASCADE")


def of_the_case(table: str, *, at: str) -> migrations.RunSQL:
    """What was done while a case was withheld stays with those who saw it then, as its events do."""
    seen = (
        f"parent.held_until IS NULL OR {table}.{at} < parent.held_since OR {table}.{at} > parent.held_until"
        f" OR parent.held_by && {SCOPE} AND NOT parent.held_from && {OWN}"
    )
    return schema.protect(table, web=f"{OF_THE_CASE[:-1]} AND ({seen}))", web_check=OF_THE_CASE)


class Migration(migrations.Migration):
    replaces = [("review", "0003_renewing"), ("review", "0004_open_to_all"), ("review", "0005_held")]
    dependencies = [
        ("review", "0001_initial"),
        ("cases", "0004_protection"),
    ]
    operations = [
        schema.append_only("review_version"),
        schema.grant("review_version", web="select, insert", worker="select, insert"),
        schema.grant("review_watch", worker="select, insert, update, delete"),
        schema.grant("review_pause", web="select, insert, update", worker="select, insert, update"),
        of_the_case("review_pause", at="since"),
        schema.grant("review_escalation", web="select, insert, update", worker="select, insert, update"),
        of_the_case("review_escalation", at="at"),
        schema.grant("review_interim", web="select, update", worker="select, insert, update"),
        of_the_case("review_interim", at="suggested_at"),
        schema.grant("review_call", web="select, update", worker="select, insert, update"),
        schema.protect("review_call", web=OF_THE_ORDER),
        schema.grant("review_review", web="select, insert, update", worker="select"),
        schema.protect("review_review", web=f"officer_id = {OFFICER}"),
        schema.grant("review_line", web="select, insert, update", worker="select"),
        schema.protect("review_line", web=OWN_LINES),
        schema.grant("review_digest", web="select, insert, update", worker="select, update (sent_for)"),
        trigger("rabta_watch_opened", "cases_case", on="INSERT", body=OPENED),
        trigger("rabta_watch_changed", "cases_case", on="UPDATE", body=CHANGED),
        trigger("rabta_watch_ordered", "cases_order", on="INSERT", body=ORDERED),
        trigger("rabta_watch_stands", "cases_order", on="UPDATE", body=STANDS),
        schema.sql(RENEWING),
        schema.sql(COUNT),
    ]
