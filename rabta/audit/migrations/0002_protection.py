"""Who may read and add to the record and its chain; nobody changes either."""

from django.db import migrations

from rabta import schema

# An entry about a case is seen by those who see the case; others only where the page of the record asked for it.
SEEN = f"""
  CASE WHEN case_id IS NULL THEN coalesce(current_setting('rabta.record', true), '') = 'on'
  ELSE EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id AND c.visible_to && {schema.SCOPE}) END
"""
# The one change that a link may see is the loss of its salt: then the content that was erased can't be guessed.
KEEP_LINKS = """
CREATE FUNCTION rabta_keep_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    OLD.salt := NULL;
    IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'audit_link is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_link
  FOR EACH ROW EXECUTE FUNCTION rabta_keep_link();
"""
FOLLOW = """
ALTER TABLE audit_record ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_by_tx ON audit_record (tx, id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("cases", "0001_initial"),
    ]
    operations = [
        schema.extend_function(),
        schema.sql(FOLLOW),
        schema.grant("audit_record", web="select, insert", worker="select, insert", relay="insert"),
        schema.append_only("audit_record"),
        schema.protect("audit_record", web=SEEN, web_check="true", relay="true"),
        schema.grant("audit_link", worker="select, insert, update(salt)"),
        schema.sql(KEEP_LINKS),
        schema.grant("audit_block", web="select", worker="select, insert"),
        schema.append_only("audit_block"),
        schema.grant("audit_head", web="select", worker="select, insert"),
        schema.append_only("audit_head"),
        schema.grant("audit_verification", web="select", worker="select, insert"),
        schema.append_only("audit_verification"),
    ]
