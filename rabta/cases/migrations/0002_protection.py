"""Row-level security on the register: a second wall behind `rabta.force.access`.

Rows that are listed carry `visible_to`; what hangs on them asks their parent row, whose own policy answers.
"""

from django.db import migrations

from rabta import schema

SEEN = f"visible_to && {schema.SCOPE}"
OWN_CASE = f"receipt_digest = {schema.RECEIPT}"
OWN_MESSAGE = (
    f"{schema.RECEIPT} IS NOT NULL AND direction <> 'note' AND EXISTS"
    f" (SELECT 1 FROM cases_case c WHERE c.id = case_id AND c.receipt_digest = {schema.RECEIPT})"
)


def parent(table: str, key: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


SHOW_TO = f"""
CREATE FUNCTION rabta_show_case(the_case bigint, units bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  -- A web request may only move a case that it sees; it may move it out of its own sight (an accusation).
  IF session_user = 'rabta_web' AND NOT EXISTS (
    SELECT 1 FROM cases_case WHERE id = the_case AND visible_to && {schema.SCOPE}
  ) THEN
    RAISE EXCEPTION 'no such case';
  END IF;
  UPDATE cases_case SET visible_to = units WHERE id = the_case;
  UPDATE cases_message SET visible_to = units WHERE case_id = the_case;
  UPDATE cases_order SET visible_to = units WHERE case_id = the_case;
  UPDATE outbox_delivery SET visible_to = units WHERE id IN (
    SELECT delivery_id FROM cases_message WHERE case_id = the_case AND delivery_id IS NOT NULL
    UNION SELECT delivery_id FROM cases_order WHERE case_id = the_case AND delivery_id IS NOT NULL);
END $$;
REVOKE ALL ON FUNCTION rabta_show_case(bigint, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_show_case(bigint, bigint[]) TO rabta_web, rabta_worker;
"""

USUAL = "select, insert, update"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0002_protection"), ("outbox", "0002_protection")]
    operations = [
        schema.append_only("cases_event"),
        *(
            schema.grant(f"cases_{table}", web=USUAL, worker=USUAL)
            for table in (
                "conversation",
                "case",
                "message",
                "messageversion",
                "attachment",
                "order",
                "report",
                "evidence",
            )
        ),
        schema.grant("cases_event", web="select, insert", worker="select, insert"),
        schema.protect("cases_case", web=f"{SEEN} OR {OWN_CASE}", web_check="true"),
        schema.protect("cases_message", web=f"{SEEN} OR {OWN_MESSAGE}", web_check="true"),
        schema.protect("cases_order", web=SEEN, web_check="true"),
        schema.protect(
            "cases_conversation",
            web="EXISTS (SELECT 1 FROM cases_case c WHERE c.conversation_id = cases_conversation.id)"
            " OR EXISTS (SELECT 1 FROM cases_message m WHERE m.conversation_id = cases_conversation.id)",
        ),
        schema.protect("cases_event", web=parent("cases_case", "case_id")),
        schema.protect("cases_attachment", web=parent("cases_message", "message_id")),
        schema.protect("cases_messageversion", web=parent("cases_message", "message_id")),
        schema.protect("cases_report", web=parent("cases_order", "order_id")),
        schema.protect("cases_evidence", web=parent("cases_order", "order_id")),
        schema.protect(
            "people_handle",
            web="EXISTS (SELECT 1 FROM cases_conversation c WHERE c.handle_id = people_handle.id)",
            relay="true",
        ),
        schema.protect(
            "people_person", web="EXISTS (SELECT 1 FROM people_handle h WHERE h.person_id = people_person.id)"
        ),
        schema.sql(SHOW_TO, "DROP FUNCTION rabta_show_case(bigint, bigint[])"),
    ]
