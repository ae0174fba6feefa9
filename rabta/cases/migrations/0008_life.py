"""The life of a case, held by the database: which state follows which, that no outcome which needs a second officer is
given by one, and that none is closed with an FIR of which number, station and date are not written down.

A case may be brought in as it stands elsewhere (an import): the trigger watches changes. Joining two cases can be
undone: a duplicate goes back to where it was. A case cannot be closed while a supporting order is open, whoever tries;
nor can one be given on a closed case.
"""

from django.db import migrations

from rabta import schema

LIFE = """
CREATE FUNCTION rabta_case_life() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF OLD.state <> NEW.state AND (OLD.state || ' ' || NEW.state) NOT IN (
      'new forwarded', 'new closed',
      'forwarded acknowledged', 'forwarded in_inquiry', 'forwarded new', 'forwarded closed',
      'acknowledged forwarded', 'acknowledged in_inquiry', 'acknowledged new', 'acknowledged closed',
      'in_inquiry forwarded', 'in_inquiry new', 'in_inquiry closed',
      'closed in_inquiry')
    AND NOT (OLD.state = 'closed' AND OLD.outcome = 'duplicate') THEN
    RAISE EXCEPTION 'a case that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation',
      CONSTRAINT = 'case_life';
  END IF;
  IF OLD.state = 'closed' AND NEW.state <> 'closed' AND OLD.outcome <> 'duplicate'
    AND NEW.reopened_at IS NOT DISTINCT FROM OLD.reopened_at THEN
    RAISE EXCEPTION 'when the case was reopened is not said' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'case_reopened_at';
  END IF;
  IF NEW.state = 'closed' AND NEW.outcome IN ('found_false', 'withdrawn') AND NOT EXISTS (
      SELECT 1 FROM cases_approval a WHERE a.case_id = NEW.id AND a.outcome = NEW.outcome
        AND a.decision = 'approved' AND a.asked_by_id IS DISTINCT FROM a.decided_by_id
        AND (NEW.reopened_at IS NULL OR a.decided_at > NEW.reopened_at)) THEN
    RAISE EXCEPTION 'no second officer approved the outcome' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'outcome_approved';
  END IF;
  IF NEW.state = 'closed' AND NEW.outcome = 'fir_registered' AND NEW.fir_number = '' THEN
    RAISE EXCEPTION 'the FIR is not written down' USING ERRCODE = 'check_violation', CONSTRAINT = 'outcome_fir';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rabta_case_life() FROM PUBLIC;
CREATE TRIGGER rabta_case_life BEFORE UPDATE OF state, outcome ON cases_case FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.outcome <> NEW.outcome) EXECUTE FUNCTION rabta_case_life();
"""
OPEN = "('issued', 'accepted', 'reported')"
SUPPORT = f"""
CREATE FUNCTION rabta_no_support_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM cases_order WHERE case_id = NEW.id AND part = 'support' AND state IN {OPEN}) THEN
    RAISE EXCEPTION 'a supporting order of the case is open' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'no_support_left';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION rabta_support_of_open_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM cases_case WHERE id = NEW.case_id AND state = 'closed') THEN
    RAISE EXCEPTION 'the case is closed' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'support_of_open_case';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rabta_no_support_left(), rabta_support_of_open_case() FROM PUBLIC;
CREATE TRIGGER rabta_no_support_left BEFORE UPDATE OF state ON cases_case FOR EACH ROW
  WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION rabta_no_support_left();
CREATE TRIGGER rabta_support_of_open_case BEFORE INSERT OR UPDATE OF state, part ON cases_order FOR EACH ROW
  WHEN (NEW.part = 'support' AND NEW.state IN {OPEN}) EXECUTE FUNCTION rabta_support_of_open_case();
"""
# What is told of a case that is part of another.
SEEN = schema.SEEN.replace("visible_to", "c.visible_to").replace("hidden_from", "c.hidden_from")
STATE = f"""
CREATE FUNCTION rabta_state_of_head(the_case bigint) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT CASE WHEN h.named_officers <> '{{}}' AND h.state <> 'closed' THEN 'acknowledged' ELSE h.state END
    FROM cases_case c JOIN cases_case h ON h.id = c.part_of_id
    WHERE c.id = the_case AND ({SEEN} OR c.receipt_digest = {schema.RECEIPT}));
END $$;
REVOKE ALL ON FUNCTION rabta_state_of_head(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_state_of_head(bigint) TO rabta_web;
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0015_fir")]
    dependencies = [("cases", "0007_search")]
    operations = [schema.sql(LIFE), schema.sql(SUPPORT), schema.sql(STATE)]
