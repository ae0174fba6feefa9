"""The web process changes the force for administrators only, whatever a page forgets to ask; each reaches the units below
his own, row by row; and nobody posts himself or changes his own number.

Officers change their own password and settings. The first administrator is made while nobody holds any post; as long as
there is only one of the whole force who can sign in, he sets everything up alone.
"""

from django.db import migrations

from rabta import schema

ACTING = "nullif(current_setting('rabta.officer', true), '')::bigint"
TODAY = "g.starts <= current_date + 1 AND (g.ends IS NULL OR g.ends >= current_date - 1)"
POSTINGS = """force_posting g JOIN force_post p ON p.id = g.post_id JOIN force_unit u ON u.id = p.unit_id
    JOIN force_officer o ON o.id = g.officer_id"""
FUNCTIONS = f"""
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
    RAISE insufficient_privilege USING MESSAGE = format('permission denied: %%s is for administrators', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION rabta_ancestors(unit bigint) RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up AS (SELECT id, parent_id FROM force_unit WHERE id = unit
    UNION SELECT f.id, f.parent_id FROM force_unit f JOIN up ON f.id = up.parent_id)
  SELECT coalesce(array_agg(id), '{{}}') FROM up
$$;
CREATE FUNCTION rabta_administers(unit bigint) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$ DECLARE served bigint[]; BEGIN
  IF NOT EXISTS (SELECT 1 FROM force_posting) THEN RETURN true; END IF;
  SELECT coalesce(array_agg(coalesce(u.parent_id, u.id)), '{{}}') INTO served FROM {POSTINGS}
    WHERE g.officer_id = {ACTING} AND p.role = 'administrator' AND o.is_active AND {TODAY};
  RETURN EXISTS (SELECT 1 FROM force_unit WHERE id = ANY (served) AND parent_id IS NULL)
    OR (unit IS NOT NULL AND served && rabta_ancestors(unit));
END $$;
CREATE FUNCTION rabta_only_administrator() RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM {POSTINGS} LEFT JOIN force_unit above ON above.id = u.parent_id
    WHERE p.role = 'administrator' AND o.is_active AND {TODAY} AND g.officer_id IS DISTINCT FROM {ACTING}
      AND above.parent_id IS NULL AND o.password NOT LIKE '!%%')
$$;
CREATE FUNCTION rabta_only_below() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE good boolean; BEGIN
  IF current_user <> 'rabta_web' THEN RETURN NEW; END IF;
  CASE TG_TABLE_NAME
    WHEN 'force_level' THEN good := rabta_administers(NULL);
    WHEN 'force_unit' THEN good := rabta_administers(NEW.parent_id) AND (TG_OP = 'INSERT' OR rabta_administers(NEW.id));
    WHEN 'force_placename' THEN good := rabta_administers(NEW.unit_id);
    WHEN 'force_post' THEN good := rabta_administers(NEW.unit_id);
    WHEN 'force_posting' THEN
      good := rabta_administers((SELECT unit_id FROM force_post WHERE id = NEW.post_id))
        AND (NEW.officer_id <> {ACTING} OR rabta_only_administrator());
    ELSE
      good := NOT EXISTS (SELECT 1 FROM {POSTINGS}
        WHERE g.officer_id = NEW.id AND {TODAY} AND NOT rabta_administers(p.unit_id));
      IF TG_OP = 'UPDATE' AND NEW.id = {ACTING} AND NEW.phone <> OLD.phone THEN
        good := good AND rabta_only_administrator();
      END IF;
  END CASE;
  IF NOT good THEN
    RAISE insufficient_privilege USING MESSAGE = format('permission denied: %%s is not below this administrator', TG_TABLE_NAME);
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION rabta_was_below() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = 'rabta_web' AND NOT rabta_administers(OLD.unit_id) THEN
    RAISE insufficient_privilege USING MESSAGE = format('permission denied: %%s is not below this administrator', TG_TABLE_NAME);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER was_below BEFORE UPDATE OF unit_id ON force_post FOR EACH ROW EXECUTE FUNCTION rabta_was_below();
CREATE FUNCTION rabta_own_password() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = 'rabta_web' AND {ACTING} <> NEW.id AND (NOT rabta_administers() OR EXISTS (
    SELECT 1 FROM {POSTINGS} WHERE g.officer_id = NEW.id AND {TODAY} AND NOT rabta_administers(p.unit_id))) THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied: the password is of another officer';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rabta_ancestors(bigint), rabta_administers(bigint), rabta_only_administrator() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_ancestors(bigint), rabta_administers(bigint), rabta_only_administrator() TO rabta_web;
CREATE TRIGGER own_password BEFORE UPDATE OF password ON force_officer FOR EACH ROW
  WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION rabta_own_password();
""".replace("%%", "%")
# Not every column of an officer: signing in and one's own settings are everybody's.
BY_ADMINISTRATORS = {
    "force_level": "INSERT OR UPDATE",
    "force_unit": "INSERT OR UPDATE",
    "force_placename": "INSERT OR UPDATE",
    "force_post": "INSERT OR UPDATE",
    "force_posting": "INSERT OR UPDATE",
    "force_officer": "INSERT OR UPDATE OF username, name, name_hi, name_ur, rank, phone, is_active, public_id",
}


class Migration(migrations.Migration):
    dependencies = [
        ("force", "0003_revision"),
    ]
    operations = [
        schema.sql(FUNCTIONS),
        *(
            schema.sql(
                f"CREATE TRIGGER administered BEFORE {changes} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION rabta_only_administrators()",
                f"DROP TRIGGER administered ON {table}",
            )
            for table, changes in (BY_ADMINISTRATORS | {"force_ownaccount": "INSERT OR UPDATE"}).items()
        ),
        *(
            schema.sql(
                f"CREATE TRIGGER only_below BEFORE {changes} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION rabta_only_below()",
                f"DROP TRIGGER only_below ON {table}",
            )
            for table, changes in BY_ADMINISTRATORS.items()
        ),
    ]
