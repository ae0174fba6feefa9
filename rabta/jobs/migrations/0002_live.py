"""Open pages learn at once when somebody's rights end."""

from django.db import migrations

from rabta import schema

# A notification takes a lock at commit, so only rare things notify by themselves; events are read by the tailer.
REVOKED = """
CREATE FUNCTION rabta_notify_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'force_officer' THEN
    PERFORM pg_notify('rabta_revoked', 'officer ' || NEW.id);
  ELSE
    PERFORM pg_notify('rabta_revoked', 'officer ' || coalesce(NEW.officer_id, OLD.officer_id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER revoked AFTER INSERT OR UPDATE OR DELETE ON force_posting
  FOR EACH ROW EXECUTE FUNCTION rabta_notify_officer();
CREATE TRIGGER revoked AFTER UPDATE OF is_active, password ON force_officer
  FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active OR OLD.password IS DISTINCT FROM NEW.password)
  EXECUTE FUNCTION rabta_notify_officer();
CREATE FUNCTION rabta_notify_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rabta_revoked', 'session ' || encode(sha256(convert_to(OLD.session_key, 'UTF8')), 'hex'));
  RETURN NULL;
END $$;
CREATE TRIGGER revoked AFTER DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION rabta_notify_session();
"""
UNDO = """
DROP TRIGGER revoked ON django_session;
DROP TRIGGER revoked ON force_officer;
DROP TRIGGER revoked ON force_posting;
DROP FUNCTION rabta_notify_session();
DROP FUNCTION rabta_notify_officer();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_protection"),
        ("force", "0001_initial"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        schema.sql(REVOKED, UNDO),
    ]
