"""Erasing empties what told of a case or a person beside it: letters about its limits, notes, remarks, boxes before."""

from importlib import import_module

from django.db import migrations

first = import_module("rabta.retention.migrations.0002_erasing")
letters = import_module("rabta.retention.migrations.0003_all_letters")
newer = import_module("rabta.retention.migrations.0004_newer_words")

WAS = letters.CASE + newer.NEWER
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
CASE = (
    SENT.format(which=LETTERS)
    + WAS
    + """
  UPDATE desk_batch SET data = '{}' WHERE id IN (SELECT batch_id FROM desk_batchline WHERE case_id = the_row);
  UPDATE desk_handover SET notes = '' WHERE the_row = ANY(matters);
  UPDATE retention_hold SET reason = '' WHERE case_id = the_row;
  DELETE FROM cases_likeness WHERE case_id = the_row;
"""
)
LETTER = "SELECT delivery_id FROM cases_message WHERE id = the_row AND delivery_id IS NOT NULL"
MESSAGE = SENT.format(which=LETTER) + letters.MESSAGE
# A box from before it was sealed anew opens like the box; grounds and purposes of an opening stay, its words do not.
PERSON = (
    first.PERSON
    + """
  UPDATE people_sealed SET before = NULL, before_keys = NULL WHERE person_id = the_row;
  UPDATE people_opening SET reason = '', refusal = '' WHERE person_id = the_row;
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0004_newer_words"),
        ("review", "0001_initial"),
        ("people", "0003_commitment"),
        ("outbox", "0003_charges"),
    ]
    operations = [
        letters.again("rabta_erase_case", CASE, WAS),
        letters.again("rabta_erase_message", MESSAGE, letters.MESSAGE),
        letters.again("rabta_forget_person", PERSON, first.PERSON),
    ]
