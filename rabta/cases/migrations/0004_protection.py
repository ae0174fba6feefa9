"""Row-level security on the register: a second wall behind `rabta.force.access`.

Rows that are listed carry `visible_to` and `hidden_from`; what hangs on them asks their parent row, whose own policy
answers. People and conversations are asked for by functions: policies within policies took 80 ms to plan. Policies read
what the transaction was told once a statement, not once a row: 6 µs a row were 115 ms a list.
"""

from django.db import migrations

from rabta import schema

SCOPE, OWN, RECEIPT = (schema.once(value) for value in (schema.SCOPE, schema.OWN, schema.RECEIPT))
SEEN, USUAL = schema.SEEN_ASKED_ONCE, "select, insert, update"


def parent(table: str, key: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


def own_case(receipt: str) -> str:
    return f"receipt_digest = {receipt}"


def own_message(receipt: str) -> str:
    return f"{receipt} IS NOT NULL AND direction <> 'note' AND rabta_receipt_opens(case_id)"


# What was done while a case was withheld stays with those who saw it then.
EVENT = (
    "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id AND (parent.held_until IS NULL"
    " OR at < parent.held_since OR at > parent.held_until"
    f" OR parent.held_by && {SCOPE} AND NOT parent.held_from && {OWN}))"
)
# Each function looks with its owner's eyes and says yes only where the policies of the register would.
LOOKS = f"""
CREATE FUNCTION rabta_receipt_opens(the_case bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {own_case(schema.RECEIPT)});
END $$;
CREATE FUNCTION rabta_sees_conversation(wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_case WHERE conversation_id = wanted AND ({schema.SEEN} OR {own_case(schema.RECEIPT)}))
    OR EXISTS (SELECT 1 FROM cases_message WHERE conversation_id = wanted AND ({schema.SEEN} OR {own_message(schema.RECEIPT)}));
END $$;
CREATE FUNCTION rabta_sees_handle(wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_conversation WHERE handle_id = wanted AND rabta_sees_conversation(id));
END $$;
CREATE FUNCTION rabta_sees_person(wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_conversation c JOIN people_handle h ON h.id = c.handle_id
    WHERE h.person_id = wanted AND rabta_sees_conversation(c.id));
END $$;
REVOKE ALL ON FUNCTION rabta_receipt_opens(bigint), rabta_sees_conversation(bigint), rabta_sees_handle(bigint),
  rabta_sees_person(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_receipt_opens(bigint), rabta_sees_conversation(bigint), rabta_sees_handle(bigint),
  rabta_sees_person(bigint) TO rabta_web;
"""
# What is held keeps those who saw it, less whoever may not see the case now; named officers see all of
# theirs. An officer who inquires stands among the units that see a case; names decide alone only where no unit stands
# beside them.
SHOW = f"""
CREATE FUNCTION rabta_still(was bigint[], units bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN 0 > ANY (units) AND NOT 0 < ANY (units) THEN units
    ELSE ARRAY(SELECT one FROM unnest(was) AS one WHERE one < 0 OR one = ANY (units) ORDER BY one) END
$$;
CREATE FUNCTION rabta_both(was bigint[], more bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
  SELECT ARRAY(SELECT unnest(was) UNION SELECT unnest(more) ORDER BY 1)
$$;
CREATE FUNCTION rabta_show_case(the_case bigint, units bigint[], hidden bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- A web request may only move a case that it sees; it may move it out of its own sight (an accusation).
  IF session_user = 'rabta_web' AND NOT EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {schema.SEEN}) THEN
    RAISE EXCEPTION 'no such case';
  END IF;
  UPDATE cases_case SET visible_to = units, hidden_from = hidden WHERE id = the_case;
  UPDATE cases_message SET
    visible_to = CASE WHEN held THEN rabta_still(visible_to, units) ELSE units END,
    hidden_from = CASE WHEN held THEN rabta_both(hidden_from, hidden) ELSE hidden END
  WHERE case_id = the_case;
  UPDATE cases_order SET
    visible_to = CASE WHEN held THEN rabta_still(visible_to, units) ELSE units END,
    hidden_from = CASE WHEN held THEN rabta_both(hidden_from, hidden) ELSE hidden END
  WHERE case_id = the_case;
  UPDATE outbox_delivery d SET visible_to = m.visible_to, hidden_from = m.hidden_from
  FROM cases_message m WHERE m.case_id = the_case AND d.id = m.delivery_id;
  UPDATE outbox_delivery d SET visible_to = o.visible_to, hidden_from = o.hidden_from
  FROM cases_order o CROSS JOIN unnest(array_append(o.letters, o.delivery_id)) AS letter
  WHERE o.case_id = the_case AND d.id = letter;
END $$;
REVOKE ALL ON FUNCTION rabta_show_case(bigint, bigint[], bigint[]), rabta_still(bigint[], bigint[]),
  rabta_both(bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_show_case(bigint, bigint[], bigint[]) TO rabta_web, rabta_worker;
"""
# The relay may ask whether anybody said no, in whatever case; the pages may not: that would tell of a hidden one.
SAYS_NO = """
CREATE FUNCTION rabta_says_no(handle bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM people_handle WHERE id = handle AND safe = 'no')
    OR EXISTS (SELECT 1 FROM cases_case c JOIN cases_conversation v ON v.id = c.conversation_id
      WHERE v.handle_id = handle AND c.safe = 'no')
$$;
REVOKE ALL ON FUNCTION rabta_says_no(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_says_no(bigint) TO rabta_relay;
"""
# Rows are added by statements that name few columns.
DEFAULTS = """
ALTER TABLE cases_case ALTER COLUMN hidden_from SET DEFAULT '{}', ALTER COLUMN safe SET DEFAULT '';
ALTER TABLE cases_message ALTER COLUMN hidden_from SET DEFAULT '{}', ALTER COLUMN public SET DEFAULT false,
  ALTER COLUMN link SET DEFAULT '', ALTER COLUMN about SET DEFAULT '', ALTER COLUMN about_text SET DEFAULT '',
  ALTER COLUMN waits SET DEFAULT false;
ALTER TABLE cases_order ALTER COLUMN hidden_from SET DEFAULT '{}', ALTER COLUMN letters SET DEFAULT '{}';
"""
TABLES = ("conversation", "case", "message", "messageversion", "attachment", "order", "report", "evidence")


BOTH_SEEN = f"{parent('cases_case', 'one_id')} AND {parent('cases_case', 'other_id')}"
# Pages of officers only: a receipt code opens none of it.
OFFICERS = f"""({RECEIPT}) IS NULL
  AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"""
# What was asked for while a case was withheld stays with those who saw it then, as the event that asked does.
ASKED = f"""({RECEIPT}) IS NULL
  AND EXISTS (SELECT 1 FROM cases_event asked WHERE asked.id = event_id)"""
# Nobody changes an event or takes one away, but for emptying what it says while its case is erased.
APPEND_ONLY = """
CREATE FUNCTION rabta_refuse_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('rabta.erasing', true) = 'on' AND current_user = 'rabta_migrate'
    AND NEW.data = '{}'::jsonb AND to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_event
  FOR EACH ROW EXECUTE FUNCTION rabta_refuse_but_erasing();
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0002_protection")]
    dependencies = [
        ("cases", "0003_orders"),
        ("people", "0002_protection"),
        ("outbox", "0002_protection"),
    ]
    operations = [
        schema.sql(DEFAULTS),
        schema.sql(APPEND_ONLY),
        *(schema.grant(f"cases_{table}", web=USUAL, worker=USUAL) for table in TABLES),
        schema.grant("cases_event", web="select, insert", worker="select, insert"),
        schema.sql(LOOKS),
        schema.protect("cases_case", web=f"{SEEN} OR {own_case(RECEIPT)}", web_check="true"),
        schema.protect("cases_message", web=f"{SEEN} OR {own_message(RECEIPT)}", web_check="true"),
        schema.protect("cases_order", web=SEEN, web_check="true"),
        schema.protect("cases_conversation", web="rabta_sees_conversation(id)"),
        schema.protect("cases_event", web=EVENT, web_check=parent("cases_case", "case_id")),
        schema.protect("cases_attachment", web=parent("cases_message", "message_id")),
        schema.protect("cases_messageversion", web=parent("cases_message", "message_id")),
        schema.protect("cases_report", web=parent("cases_order", "order_id")),
        schema.protect("cases_evidence", web=parent("cases_order", "order_id")),
        schema.protect("people_handle", web="rabta_sees_handle(id)", relay="true"),
        schema.protect("people_person", web="rabta_sees_person(id)"),
        schema.grant("cases_link", web="select, insert, delete", worker="select"),
        schema.protect("cases_link", web=BOTH_SEEN),
        schema.grant("cases_likeness", worker="select, insert, delete"),
        schema.grant("cases_approval", web="select, insert, update", worker="select, insert, update"),
        schema.protect("cases_approval", web=ASKED, web_check=OFFICERS),
        schema.grant("cases_transfer", web="select, insert", worker="select, insert, update"),
        schema.protect("cases_transfer", web=OFFICERS),
        schema.grant("cases_handed", web="select", worker="select, insert"),
        schema.protect("cases_handed", web=OFFICERS),
        schema.sql(SHOW),
        schema.sql(SAYS_NO),
    ]
