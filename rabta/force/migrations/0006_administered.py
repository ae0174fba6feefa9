"""The web process changes the force for administrators only, whatever a page forgets to ask.

Officers change their own password and settings. The first administrator is made while nobody holds any post.
"""

from django.db import migrations

from rabta import schema

ACTING = "nullif(current_setting('rabta.officer', true), '')::bigint"
GUARDS = f"""
CREATE FUNCTION rabta_administers() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN NOT EXISTS (SELECT 1 FROM force_posting) OR EXISTS (
    SELECT 1 FROM force_posting g JOIN force_post p ON p.id = g.post_id JOIN force_officer o ON o.id = g.officer_id
    WHERE g.officer_id = {ACTING} AND p.role = 'administrator' AND o.is_active
      AND g.starts <= current_date + 1 AND (g.ends IS NULL OR g.ends >= current_date - 1));
END $$;
REVOKE ALL ON FUNCTION rabta_administers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_administers() TO rabta_web;
CREATE FUNCTION rabta_only_administrators() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = 'rabta_web' AND NOT rabta_administers() THEN
    RAISE insufficient_privilege USING MESSAGE = format('permission denied: %s is for administrators', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION rabta_own_password() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = 'rabta_web' AND {ACTING} <> NEW.id AND NOT rabta_administers() THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied: the password is of another officer';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_password BEFORE UPDATE OF password ON force_officer FOR EACH ROW
  WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION rabta_own_password();
"""
UNGUARD = """
DROP TRIGGER own_password ON force_officer;
DROP FUNCTION rabta_own_password(); DROP FUNCTION rabta_only_administrators(); DROP FUNCTION rabta_administers();
"""
# Not every column of an officer: signing in and one's own settings are everybody's.
GUARDED = {
    "force_level": "INSERT OR UPDATE",
    "force_unit": "INSERT OR UPDATE",
    "force_placename": "INSERT OR UPDATE",
    "force_post": "INSERT OR UPDATE",
    "force_posting": "INSERT OR UPDATE",
    "force_officer": "INSERT OR UPDATE OF username, name, name_hi, name_ur, rank, phone, is_active, public_id",
}


class Migration(migrations.Migration):
    dependencies = [("force", "0005_accusations_to")]
    operations = [
        schema.sql(GUARDS, UNGUARD),
        *(
            schema.sql(
                f"CREATE TRIGGER administered BEFORE {changes} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION rabta_only_administrators()",
                f"DROP TRIGGER administered ON {table}",
            )
            for table, changes in GUARDED.items()
        ),
        schema.sql(
            "REVOKE INSERT, UPDATE ON force_apitoken FROM rabta_web;"
            " GRANT UPDATE (last_used_at) ON force_apitoken TO rabta_web;",
            "GRANT INSERT, UPDATE ON force_apitoken TO rabta_web;",
        ),
    ]
