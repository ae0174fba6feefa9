"""Erasing a case empties what came to it since: the words of chains, proofs and ended orders, drafts, links, hand-overs."""

from importlib import import_module

from django.db import migrations

before = import_module("rabta.retention.migrations.0003_all_letters")

# That there was an FIR, and that the emergency line confirmed, stays for the figures; under which number does not.
NEWER = """
  UPDATE cases_order SET proof_words = '', ended_why = '', added_words = '' WHERE case_id = the_row;
  UPDATE cases_transfer SET trouble = '' WHERE case_id = the_row;
  DELETE FROM cases_link WHERE one_id = the_row OR other_id = the_row;
  DELETE FROM desk_draft WHERE case_id = the_row;
  UPDATE desk_batchline SET reason = '' WHERE case_id = the_row;
  UPDATE desk_notice SET data = '{}' WHERE case_id = the_row;
  UPDATE cases_case SET handed_over_to = CASE handed_over_to WHEN '' THEN '' ELSE 'erased' END,
    line_incident = CASE line_incident WHEN '' THEN '' ELSE 'erased' END,
    fir_number = CASE fir_number WHEN '' THEN '' ELSE 'erased' END WHERE id = the_row;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0003_all_letters"),
        ("cases", "0013_units_that_ask"),
        ("desk", "0003_search"),
    ]
    operations = [before.again("rabta_erase_case", before.CASE + NEWER, before.CASE)]
