"""An account on which nothing hangs can be removed: no message, letter, group or unread body of its login.

A page may not delete from the tables of other processes; this deletes what says nothing without the account (whether it
is heard, how far it was asked, who was to hold it), and every foreign key that is left says no.
"""

from django.db import migrations

from rabta import schema

REMOVE = """
CREATE FUNCTION rabta_remove_account(the_account bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  login bigint;
BEGIN
  SELECT credential_id INTO login FROM channels_account WHERE id = the_account FOR UPDATE;
  IF login IS NULL OR EXISTS (SELECT 1 FROM intake_unread u JOIN intake_journal j ON j.id = u.journal_id
                              WHERE j.credential_id = login) THEN
    RETURN false;
  END IF;
  BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    DELETE FROM outbox_pulse WHERE account_id = the_account;
    DELETE FROM intake_asking WHERE account_id = the_account;
    DELETE FROM channels_holding WHERE account_id = the_account;
    DELETE FROM channels_account WHERE id = the_account;
    IF NOT EXISTS (SELECT 1 FROM channels_account WHERE credential_id = login)
       AND NOT EXISTS (SELECT 1 FROM intake_journal WHERE credential_id = login) THEN
      DELETE FROM intake_mailbox WHERE credential_id = login;
      DELETE FROM intake_refused WHERE credential_id = login;
      DELETE FROM channels_messagetemplate WHERE credential_id = login;
      DELETE FROM channels_credential WHERE id = login;
    END IF;
    SET CONSTRAINTS ALL IMMEDIATE;
  EXCEPTION WHEN foreign_key_violation THEN
    RETURN false;
  END;
  SET CONSTRAINTS ALL DEFERRED;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION rabta_remove_account(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_remove_account(bigint) TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_own_names")]
    operations = [schema.sql(REMOVE, "DROP FUNCTION rabta_remove_account(bigint)")]
