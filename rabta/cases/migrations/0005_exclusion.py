"""Who must not see a case through any post of his; what was done while it was withheld stays with those who saw it.

People and conversations are asked for by functions: policies within policies took 80 ms to plan.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from rabta import schema

SEEN, SCOPE, OWN, RECEIPT = schema.SEEN, schema.SCOPE, schema.OWN, schema.RECEIPT
WAS_SEEN = f"visible_to && {SCOPE}"
OWN_CASE = f"receipt_digest = {RECEIPT}"
OWN_MESSAGE = f"{RECEIPT} IS NOT NULL AND direction <> 'note' AND rabta_receipt_opens(case_id)"
WAS_OWN_MESSAGE = (
    f"{RECEIPT} IS NOT NULL AND direction <> 'note' AND EXISTS"
    f" (SELECT 1 FROM cases_case c WHERE c.id = case_id AND c.receipt_digest = {RECEIPT})"
)
WAS_CONVERSATION = (
    "EXISTS (SELECT 1 FROM cases_case c WHERE c.conversation_id = cases_conversation.id)"
    " OR EXISTS (SELECT 1 FROM cases_message m WHERE m.conversation_id = cases_conversation.id)"
)
WAS_EVENT = "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"
EVENT = (
    "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id AND (parent.held_until IS NULL"
    f" OR at > parent.held_until OR parent.held_by && {SCOPE} AND NOT parent.held_from && {OWN}))"
)

# Each function looks with its owner's eyes and says yes only where the policies of the register would.
LOOKS = f"""
CREATE FUNCTION rabta_receipt_opens(the_case bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {OWN_CASE});
END $$;
CREATE FUNCTION rabta_sees_conversation(wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_case WHERE conversation_id = wanted AND ({SEEN} OR {OWN_CASE}))
    OR EXISTS (SELECT 1 FROM cases_message WHERE conversation_id = wanted AND ({SEEN} OR {OWN_MESSAGE}));
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
UNLOOK = """
DROP FUNCTION rabta_sees_person(bigint); DROP FUNCTION rabta_sees_handle(bigint);
DROP FUNCTION rabta_sees_conversation(bigint); DROP FUNCTION rabta_receipt_opens(bigint);
"""

# What is held keeps those who saw it, less whoever may not see the case now; named officers see all of theirs.
SHOW = f"""
DROP FUNCTION rabta_show_case(bigint, bigint[]);
CREATE FUNCTION rabta_still(was bigint[], units bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN 0 > ANY (units) THEN units
    ELSE ARRAY(SELECT one FROM unnest(was) AS one WHERE one < 0 OR one = ANY (units) ORDER BY one) END
$$;
CREATE FUNCTION rabta_both(was bigint[], more bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
  SELECT ARRAY(SELECT unnest(was) UNION SELECT unnest(more) ORDER BY 1)
$$;
CREATE FUNCTION rabta_show_case(the_case bigint, units bigint[], hidden bigint[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- A web request may only move a case that it sees; it may move it out of its own sight (an accusation).
  IF session_user = 'rabta_web' AND NOT EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {SEEN}) THEN
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
  -- An order knows the delivery to the first holder of its post; those to the others were queued right after it.
  UPDATE outbox_delivery d SET visible_to = o.visible_to, hidden_from = o.hidden_from
  FROM cases_order o WHERE o.case_id = the_case AND d.id BETWEEN o.delivery_id AND o.delivery_id + 1000
    AND (d.id = o.delivery_id OR d.number <> '' AND d.text LIKE '%/o/' || o.public_id);
END $$;
REVOKE ALL ON FUNCTION rabta_show_case(bigint, bigint[], bigint[]), rabta_still(bigint[], bigint[]),
  rabta_both(bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_show_case(bigint, bigint[], bigint[]) TO rabta_web, rabta_worker;
"""
UNSHOW = f"""
DROP FUNCTION rabta_show_case(bigint, bigint[], bigint[]);
DROP FUNCTION rabta_both(bigint[], bigint[]); DROP FUNCTION rabta_still(bigint[], bigint[]);
CREATE FUNCTION rabta_show_case(the_case bigint, units bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF session_user = 'rabta_web' AND NOT EXISTS (SELECT 1 FROM cases_case WHERE id = the_case AND {WAS_SEEN}) THEN
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


def units() -> ArrayField:
    return ArrayField(models.BigIntegerField(), default=list, blank=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_case_by_limit"),
        ("outbox", "0003_exclusion"),
        ("people", "0002_protection"),
    ]
    operations = [
        *(migrations.AddField(model, "hidden_from", units()) for model in ("case", "message", "order")),
        *(
            migrations.AddField(model, "held", models.BooleanField(default=False))
            for model in ("message", "order")
        ),
        *(
            migrations.AddField("case", name, units())
            for name in ("accused_officers", "named_officers", "held_by", "held_from")
        ),
        migrations.AddField("case", "held_until", models.DateTimeField(null=True)),
        *(
            schema.sql(f"ALTER TABLE cases_{table} ALTER COLUMN hidden_from SET DEFAULT '{{}}'")
            for table in ("case", "message", "order")
        ),
        schema.sql(LOOKS, UNLOOK),
        schema.repolicy("cases_case", web=f"{SEEN} OR {OWN_CASE}", was=f"{WAS_SEEN} OR {OWN_CASE}"),
        schema.repolicy(
            "cases_message", web=f"{SEEN} OR {OWN_MESSAGE}", was=f"{WAS_SEEN} OR {WAS_OWN_MESSAGE}"
        ),
        schema.repolicy("cases_order", web=SEEN, was=WAS_SEEN),
        schema.repolicy("cases_event", web=EVENT, was=WAS_EVENT),
        schema.repolicy("outbox_delivery", web=SEEN, was=WAS_SEEN),
        schema.repolicy("cases_conversation", web="rabta_sees_conversation(id)", was=WAS_CONVERSATION),
        schema.repolicy(
            "people_handle",
            web="rabta_sees_handle(id)",
            was="EXISTS (SELECT 1 FROM cases_conversation c WHERE c.handle_id = people_handle.id)",
        ),
        schema.repolicy(
            "people_person",
            web="rabta_sees_person(id)",
            was="EXISTS (SELECT 1 FROM people_handle h WHERE h.person_id = people_person.id)",
        ),
        schema.sql(SHOW, UNSHOW),
    ]
