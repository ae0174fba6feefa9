"""What takes two administrators takes two in the database as well, whatever a page forgets to ask (decision 0023).

A row that gives wide rights, or entry with somebody's wide rights, is written by the web process only while it carries
out what another administrator asked for (`rabta.web.proposals.carries_out`). Which rows exactly is the page's to check.
"""

from django.db import migrations

ACTING = "nullif(current_setting('rabta.officer', true), '')::bigint"
WIDE = "(p.role IN ('chief', 'desk_head', 'oversight', 'administrator') OR p.role = 'desk_operator' AND cardinality(u.path) <= 2)"
# Whoever names one of these roles as an account's holder says whose word is an order there.
COMMANDS = "('chief', 'circle_officer', 'district_head', 'range_head')"
FUNCTIONS = f"""
-- Stable, so that they see the force as it was before the statement that asks.
CREATE FUNCTION rabta_is_wide(who bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN EXISTS (SELECT 1 FROM people_keyholder WHERE officer_id = who AND ended_at IS NULL) OR EXISTS (
    SELECT 1 FROM force_posting g JOIN force_post p ON p.id = g.post_id JOIN force_unit u ON u.id = p.unit_id
    WHERE g.officer_id = who AND {WIDE}
      AND g.starts < current_date AND (g.ends IS NULL OR g.ends > current_date));
END $$;
CREATE FUNCTION rabta_confirmed(acts text[], who bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  RETURN rabta_only_administrator() OR EXISTS (
    SELECT 1 FROM web_proposal WHERE id = nullif(current_setting('rabta.proposal', true), '')::bigint
      AND state = 'waiting' AND act = ANY (acts) AND asked_by_id <> {ACTING} AND NOT about @> to_jsonb({ACTING})
      AND (who IS NULL OR about @> to_jsonb(who)));
END $$;
REVOKE ALL ON FUNCTION rabta_is_wide(bigint), rabta_confirmed(text[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_is_wide(bigint), rabta_confirmed(text[], bigint) TO rabta_web;
CREATE FUNCTION rabta_takes_two() RETURNS trigger LANGUAGE plpgsql STABLE AS $$ DECLARE good boolean := true; BEGIN
  IF current_user <> 'rabta_web' THEN RETURN coalesce(NEW, OLD); END IF;
  CASE TG_TABLE_NAME
    WHEN 'force_posting' THEN
      IF EXISTS (SELECT 1 FROM force_post p JOIN force_unit u ON u.id = p.unit_id WHERE p.id = NEW.post_id AND {WIDE})
      THEN good := rabta_confirmed('{{tables}}', NULL); END IF;
    WHEN 'force_officer' THEN
      IF rabta_is_wide(NEW.id) THEN good := rabta_confirmed('{{tables}}', NEW.id); END IF;
    WHEN 'force_post' THEN good := rabta_confirmed('{{tables}}', NULL);
    WHEN 'force_unit' THEN  -- a unit without a post at or below it is new, or moves nobody's rights
      IF EXISTS (SELECT 1 FROM force_post p JOIN force_unit u ON u.id = p.unit_id WHERE NEW.id = ANY (u.path))
      THEN good := rabta_confirmed('{{tables,receiver}}', NULL); END IF;
    WHEN 'force_ownaccount' THEN good := rabta_confirmed('{{commander}}', NULL);
    WHEN 'channels_account' THEN
      IF EXISTS (SELECT 1 FROM force_post WHERE id = NEW.holder_id AND role IN {COMMANDS})
      THEN good := rabta_confirmed('{{holder}}', NULL); END IF;
    WHEN 'web_passwordlink' THEN
      IF rabta_is_wide(NEW.officer_id) THEN good := rabta_confirmed('{{password}}', NEW.officer_id); END IF;
    WHEN 'force_pin' THEN
      IF rabta_is_wide(NEW.officer_id) THEN good := rabta_confirmed('{{pin}}', NEW.officer_id); END IF;
    WHEN 'mfa_authenticator' THEN
      IF OLD.user_id IS DISTINCT FROM {ACTING} AND rabta_is_wide(OLD.user_id)
      THEN good := rabta_confirmed('{{factors}}', OLD.user_id); END IF;
    WHEN 'web_proposal' THEN good := NEW.asked_by_id = {ACTING} AND NEW.state = 'waiting';
  END CASE;
  IF NOT coalesce(good, false) THEN
    RAISE insufficient_privilege
      USING MESSAGE = format('permission denied: %s takes a second administrator', TG_TABLE_NAME);
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
"""
UNIT = "OLD.parent_id, OLD.functional_parent_id, OLD.level_id, OLD.accusations_to_id"
BY_TWO = {  # table: when
    "force_posting": ("INSERT OR UPDATE", ""),
    "force_officer": ("UPDATE OF phone", "OLD.phone"),
    "force_post": ("UPDATE OF role, unit_id", "OLD.role, OLD.unit_id"),
    "force_unit": ("UPDATE OF parent_id, functional_parent_id, level_id, accusations_to_id", UNIT),
    "force_ownaccount": ("INSERT", ""),
    "channels_account": ("UPDATE OF holder_id", "OLD.holder_id"),
    "web_passwordlink": ("INSERT", ""),
    "mfa_authenticator": ("DELETE", ""),
    "web_proposal": ("INSERT", ""),
}


def _trigger(table: str, changes: str, columns: str) -> migrations.RunSQL:
    changed = f"({columns}) IS DISTINCT FROM ({columns.replace('OLD.', 'NEW.')})"
    when = f"WHEN ({changed}) " if columns else ""
    return migrations.RunSQL(
        f"CREATE TRIGGER takes_two BEFORE {changes} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION rabta_takes_two()",
        f"DROP TRIGGER takes_two ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0002_protection"),
        ("people", "0002_protection"),
        ("channels", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        *(_trigger(table, changes, columns) for table, (changes, columns) in BY_TWO.items()),
        migrations.RunSQL(
            "CREATE TRIGGER takes_two BEFORE INSERT OR UPDATE OF digest, given ON force_pin FOR EACH ROW"
            " WHEN (NEW.given) EXECUTE FUNCTION rabta_takes_two()",
            "DROP TRIGGER takes_two ON force_pin",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER names_holder BEFORE INSERT ON channels_account FOR EACH ROW"
            " WHEN (NEW.holder_id IS NOT NULL) EXECUTE FUNCTION rabta_takes_two()",
            "DROP TRIGGER names_holder ON channels_account",
        ),
    ]
