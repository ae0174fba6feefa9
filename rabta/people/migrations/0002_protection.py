"""Who may touch this app's tables: keyholders, sealed things and openings are for the parties of an opening, and for
nobody because of a unit. Policies on people and handles come with the cases, which say who may know whom.
"""

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
# Parties of an opening may ask from whom its case is hidden by now, without seeing the case.
HIDDEN = f"""
CREATE FUNCTION rabta_hidden_for_opening(opening bigint) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT c.hidden_from FROM people_opening o JOIN cases_case c ON c.id = o.case_id
  WHERE o.id = opening AND (o.requested_by_id = {OFFICER} OR EXISTS (
    SELECT 1 FROM people_keyholder k WHERE k.officer_id = {OFFICER}
      AND (k.ended_at IS NULL OR k.id IN (o.approver_id, o.custodian_id))))
$$;
REVOKE ALL ON FUNCTION rabta_hidden_for_opening(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_hidden_for_opening(bigint) TO rabta_web;
"""

# Whatever hides a person takes the keys away in the same statement, now and in years.
HIDE = """
CREATE FUNCTION rabta_hide_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.shown IS NULL THEN NEW.name_keys := '{}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hide_names BEFORE INSERT OR UPDATE ON people_handle FOR EACH ROW EXECUTE FUNCTION rabta_hide_names();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("cases", "0001_initial"),
    ]
    operations = [
        schema.grant(
            "people_person", web="select, update (protected, sealed_at)", worker="select, insert, update"
        ),
        schema.grant("people_handle", web="select, update (shown, safe)", worker="select, insert, update"),
        schema.sql("GRANT SELECT (id, scheme, address) ON people_handle TO rabta_relay"),
        schema.grant("people_alias", worker="select, insert, update, delete"),
        schema.grant("people_keyholder", web="select, insert, update", worker="select"),
        schema.grant(
            "people_sealed",
            web="select, insert, update (box, custodians, approvers, before, before_keys, anew_by_id)",
            worker="select, insert",
        ),
        schema.grant("people_opening", web="select, insert, update", worker="select"),
        schema.grant("people_resealed", web="select, insert, update (box)", worker="select, update (box)"),
        schema.protect("people_opening", web=PARTY),
        schema.protect("people_sealed", web=OPENED_FOR, web_check="true"),
        schema.protect("people_resealed", web=OF_OPENING),
        schema.sql(HIDDEN),
        schema.sql(HIDE),
    ]
