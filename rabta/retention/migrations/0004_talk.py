"""What a member told his groups goes with the member; an item with a picture goes with the picture."""

from django.db import migrations

from rabta import schema

RANDOM = "uuid_send(gen_random_uuid())"
# The pictures of items, and the copies of them that were shown.
FILES = """
  WITH whole AS (SELECT f.id, f.cleaned_id FROM files_storedfile f JOIN groups_item i ON i.file_id = f.id WHERE {which}),
  cleared AS (UPDATE files_storedfile SET name = '', sha256 = ''
    WHERE id IN (SELECT id FROM whole UNION SELECT cleaned_id FROM whole) RETURNING public_id)
  SELECT coalesce(array_agg(public_id), '{{}}') INTO gone FROM cleared;
"""
HEAD = "LANGUAGE plpgsql SECURITY DEFINER\nSET search_path = public, pg_temp AS $$ DECLARE gone text[]; BEGIN"
ITEM = f"""
CREATE FUNCTION rabta_forget_item(the_item bigint) RETURNS text[] {HEAD}
  {FILES.format(which="i.id = the_item")}
  DELETE FROM groups_item WHERE id = the_item;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION rabta_forget_item(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_forget_item(bigint) TO rabta_worker;
"""
MEMBER = f"""
CREATE OR REPLACE FUNCTION rabta_forget_member(the_member bigint) RETURNS text[] {HEAD}
  UPDATE outbox_address SET sealed = NULL, digest = {RANDOM} WHERE id IN (
    SELECT address_id FROM groups_member WHERE id = the_member
    UNION SELECT address_id FROM groups_application WHERE member_id = the_member);
  UPDATE groups_application SET sealed = NULL, referees = '{{}}', digest = {RANDOM}, code = '', checks = '{{}}',
    receipt = replace(gen_random_uuid()::text, '-', ''), lat = NULL, lng = NULL WHERE member_id = the_member;
  UPDATE groups_decision SET words = '', contest_words = '', review_words = '', receipt = ''
    WHERE member_id = the_member;
  {FILES.format(which="i.member_id = the_member")}
  UPDATE groups_item SET text = '', sealed = NULL, look = NULL, bands = '{{}}', file_id = NULL
    WHERE member_id = the_member;
  DELETE FROM groups_strike WHERE member_id = the_member;
  UPDATE groups_claimreport SET text = '', bands = '{{}}', lat = NULL, lng = NULL WHERE member_id = the_member;
  UPDATE groups_sighting SET words = '' WHERE member_id = the_member;
  UPDATE groups_member SET shown = NULL, name_keys = '{{}}', digest = {RANDOM}, lat = NULL, lng = NULL
    WHERE id = the_member;
  RETURN gone;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_members"), ("groups", "0009_added_above")]
    operations = [schema.sql(ITEM, "DROP FUNCTION rabta_forget_item(bigint)"), schema.sql(MEMBER)]
