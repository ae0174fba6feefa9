"""Who may touch holds and proofs, and the functions that erase. They are the worker's alone.

Events may not be changed by anybody, but for emptying what they say while a case is erased (cases, `0004_protection`).
"""

from django.db import migrations

from rabta import schema

ERASER = """
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone text[];
BEGIN
  PERFORM set_config('rabta.erasing', 'on', true);
  {body}
  PERFORM set_config('rabta.erasing', '', true);
  RETURN coalesce(gone, '{{}}');
END $$;
REVOKE ALL ON FUNCTION {name}(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {name}(bigint) TO rabta_worker;
"""


def eraser(name: str, body: str) -> migrations.RunSQL:
    """A function of one id that erases and returns the public ids of files that are to be removed."""
    head = f"CREATE FUNCTION {name}(the_row bigint) RETURNS text[]"
    return schema.sql(head + ERASER.format(name=name, body=body))


# What providers answered may repeat a number; a link leads to where a citizen said something.
SENT = """
  UPDATE outbox_attempt SET detail = '' WHERE detail <> '' AND delivery_id IN ({which});
  UPDATE outbox_receiptevent SET detail = '' WHERE detail <> '' AND delivery_id IN ({which});
  UPDATE outbox_delivery SET text = '', template = NULL, in_reply_to = NULL, buttons = '[]', trouble_text = '',
    link = '', provider_digest = NULL WHERE id IN ({which});
"""
LETTERS = """SELECT delivery_id FROM cases_message WHERE case_id = the_row AND delivery_id IS NOT NULL
    UNION SELECT delivery_id FROM cases_order WHERE case_id = the_row AND delivery_id IS NOT NULL
    UNION SELECT unnest(letters) FROM cases_order WHERE case_id = the_row
    UNION SELECT unnest(deliveries) FROM review_escalation WHERE case_id = the_row"""
# That there was an FIR, and that the emergency line confirmed, stays for the figures; under which number does not.
CASE = (
    SENT.format(which=LETTERS)
    + """
  WITH named AS (
    SELECT a.file_id AS id FROM cases_attachment a JOIN cases_message m ON m.id = a.message_id WHERE m.case_id = the_row
    UNION SELECT e.file_id FROM cases_evidence e JOIN cases_order o ON o.id = e.order_id WHERE o.case_id = the_row),
  every AS (SELECT id FROM named WHERE id IS NOT NULL
    UNION SELECT f.cleaned_id FROM files_storedfile f JOIN named USING (id) WHERE f.cleaned_id IS NOT NULL),
  cleared AS (UPDATE files_storedfile SET name = '', sha256 = '' WHERE id IN (SELECT id FROM every) RETURNING public_id)
  SELECT array_agg(public_id) INTO gone FROM cleared;
  UPDATE outbox_delivery SET text = '', in_reply_to = NULL, template = NULL, buttons = '[]' WHERE id IN (
    SELECT delivery_id FROM cases_message WHERE case_id = the_row AND delivery_id IS NOT NULL
    UNION SELECT delivery_id FROM cases_order WHERE case_id = the_row AND delivery_id IS NOT NULL
    UNION SELECT unnest(letters) FROM cases_order WHERE case_id = the_row);
  DELETE FROM cases_evidence WHERE order_id IN (SELECT id FROM cases_order WHERE case_id = the_row);
  UPDATE cases_report SET text = '', decision_remark = ''
    WHERE order_id IN (SELECT id FROM cases_order WHERE case_id = the_row);
  UPDATE cases_order SET instruction = '', return_reason = '', why = '{}' WHERE case_id = the_row;
  DELETE FROM cases_messageversion WHERE message_id IN (SELECT id FROM cases_message WHERE case_id = the_row);
  DELETE FROM cases_attachment WHERE message_id IN (SELECT id FROM cases_message WHERE case_id = the_row);
  UPDATE cases_message SET text = '', lat = NULL, lng = NULL, place_name = '', provider_digest = NULL, reaction = '',
    link = '', sealed_id = NULL, about_digest = NULL, about_text = ''
    WHERE case_id = the_row;
  UPDATE cases_event SET data = '{}' WHERE case_id = the_row AND data <> '{}';
  UPDATE cases_case SET subject = '', closing_remark = '', place = '', lat = NULL, lng = NULL, withheld_why = '{}',
    routing_why = '{}', waiting_why = '{}', receipt_digest = '' WHERE id = the_row;
  UPDATE cases_order SET proof_words = '', ended_why = '', added_words = '' WHERE case_id = the_row;
  UPDATE cases_transfer SET trouble = '' WHERE case_id = the_row;
  DELETE FROM cases_link WHERE one_id = the_row OR other_id = the_row;
  DELETE FROM desk_draft WHERE case_id = the_row;
  UPDATE desk_batchline SET reason = '' WHERE case_id = the_row;
  UPDATE desk_notice SET data = '{}' WHERE case_id = the_row;
  UPDATE cases_case SET handed_over_to = CASE handed_over_to WHEN '' THEN '' ELSE 'erased' END,
    line_incident = CASE line_incident WHEN '' THEN '' ELSE 'erased' END,
    fir_number = CASE fir_number WHEN '' THEN '' ELSE 'erased' END WHERE id = the_row;
  UPDATE desk_batch SET data = '{}' WHERE id IN (SELECT batch_id FROM desk_batchline WHERE case_id = the_row);
  UPDATE desk_handover SET notes = '' WHERE the_row = ANY(matters);
  UPDATE retention_hold SET reason = '' WHERE case_id = the_row;
  DELETE FROM cases_likeness WHERE case_id = the_row;
"""
)
LETTER = "SELECT delivery_id FROM cases_message WHERE id = the_row AND delivery_id IS NOT NULL"
MESSAGE = (
    SENT.format(which=LETTER)
    + """
  WITH cleared AS (UPDATE files_storedfile SET name = '', sha256 = '' WHERE id IN (
    SELECT file_id FROM cases_attachment WHERE message_id = the_row) RETURNING public_id)
  SELECT array_agg(public_id) INTO gone FROM cleared;
  DELETE FROM cases_messageversion WHERE message_id = the_row;
  DELETE FROM cases_attachment WHERE message_id = the_row;
  UPDATE outbox_delivery SET text = '', in_reply_to = NULL, template = NULL, buttons = '[]'
    WHERE id IN (SELECT delivery_id FROM cases_message WHERE id = the_row);
  UPDATE cases_message SET text = '', lat = NULL, lng = NULL, place_name = '', provider_digest = NULL, reaction = '',
    link = '', sealed_id = NULL, about_digest = NULL, about_text = ''
    WHERE id = the_row;
"""
)
# The digest goes too: with its key somebody could try all telephone numbers. Before, it finds what was heard from it.
FORGET = """
  DELETE FROM people_alias WHERE handle_id IN (SELECT id FROM people_handle WHERE {which});
  DELETE FROM outbox_heard WHERE address_digest IN (SELECT digest FROM people_handle WHERE {which});
  DELETE FROM outbox_window WHERE address_digest IN (SELECT digest FROM people_handle WHERE {which});
  UPDATE outbox_delivery d SET address_digest = '' FROM people_handle WHERE d.handle_id = people_handle.id AND {which};
  UPDATE people_handle SET shown = NULL, address = NULL, destroyed_at = now(),
    digest = uuid_send(gen_random_uuid()) WHERE {which};
"""
# A box from before it was sealed anew opens like the box; grounds and purposes of an opening stay, its words do not.
PERSON = (
    FORGET.format(which="people_handle.person_id = the_row")
    + """
  UPDATE people_resealed SET box = NULL WHERE sealed_id IN (SELECT id FROM people_sealed WHERE person_id = the_row);
  SELECT array_agg(f.public_id) INTO gone FROM people_sealed s JOIN files_storedfile f ON f.id = s.file_id
    WHERE s.person_id = the_row;
  UPDATE people_sealed SET box = '' WHERE person_id = the_row;
  UPDATE people_person SET sealed_at = NULL, language = '' WHERE id = the_row;
  UPDATE people_sealed SET before = NULL, before_keys = NULL WHERE person_id = the_row;
  UPDATE people_opening SET reason = '', refusal = '' WHERE person_id = the_row;
"""
)


class Migration(migrations.Migration):
    replaces = [
        ("retention", "0003_all_letters"),
        ("retention", "0004_newer_words"),
        ("retention", "0005_all_words"),
    ]
    dependencies = [
        ("retention", "0001_initial"),
        ("cases", "0004_protection"),
        ("desk", "0001_initial"),
        ("intake", "0001_initial"),
        ("review", "0001_initial"),
    ]
    operations = [
        schema.grant("retention_hold", web="select, insert, update", worker="select"),
        schema.protect(
            "retention_hold",
            web=f"EXISTS (SELECT 1 FROM cases_case WHERE cases_case.id = case_id AND {schema.SEEN})",
        ),
        schema.grant("retention_erasure", web="select", worker="select, insert"),
        schema.append_only("retention_erasure"),
        eraser("rabta_erase_case", CASE),
        eraser("rabta_erase_message", MESSAGE),
        eraser("rabta_forget_address", FORGET.format(which="people_handle.id = the_row")),
        eraser("rabta_forget_person", PERSON),
        eraser("rabta_shred_journal", "UPDATE intake_journalkey SET sealed_key = '' WHERE id = the_row;"),
    ]
