"""Who may touch keyholders, sealed things and openings: the parties of an opening, and nobody because of a unit."""

from django.db import migrations

from rabta import schema

# Who asks: set by `rabta.people.openings.enter` for the transaction.
OFFICER = "nullif(current_setting('rabta.officer', true), '')::bigint"
HOLDS = f"""EXISTS (SELECT 1 FROM people_keyholder k WHERE k.officer_id = {OFFICER}
  AND k.id IN (people_opening.approver_id, people_opening.custodian_id))"""
MAY_APPROVE = f"""people_opening.state = 'requested' AND {OFFICER} <> ALL (people_opening.excluded)
  AND EXISTS (SELECT 1 FROM people_keyholder k WHERE k.officer_id = {OFFICER} AND k."group" = 'approver'
    AND k.confirmed_at IS NOT NULL AND k.ended_at IS NULL)"""
PARTY = f"requested_by_id = {OFFICER} OR {HOLDS} OR ({MAY_APPROVE})"
OPENED_FOR = """EXISTS (SELECT 1 FROM people_opening o WHERE o.person_id = people_sealed.person_id
  AND o.state IN ('requested', 'approved'))"""
OF_OPENING = "EXISTS (SELECT 1 FROM people_opening o WHERE o.id = people_resealed.opening_id)"


class Migration(migrations.Migration):
    dependencies = [("people", "0003_vault"), ("cases", "0002_protection")]
    operations = [
        schema.sql("GRANT UPDATE (sealed_at) ON people_person TO rabta_web"),
        schema.sql("GRANT UPDATE (safe) ON people_handle TO rabta_web"),
        schema.grant("people_keyholder", web="select, insert, update", worker="select"),
        schema.grant(
            "people_sealed",
            web="select, insert, update (box, custodians, approvers)",
            worker="select, insert",
        ),
        schema.grant("people_opening", web="select, insert, update", worker="select"),
        schema.grant("people_resealed", web="select, insert, update (box)", worker="select, update (box)"),
        schema.protect("people_opening", web=PARTY),
        schema.protect("people_sealed", web=OPENED_FOR, web_check="true"),
        schema.protect("people_resealed", web=OF_OPENING),
    ]
