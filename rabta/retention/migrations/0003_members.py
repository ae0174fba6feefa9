"""People who left a group, or were never taken in, are erased: what says who they are, and what was written of them."""

from django.db import migrations, models

from rabta import schema

WHAT = ["case", "person", "address", "journal", "message", "member"]
RANDOM = "uuid_send(gen_random_uuid())"
FORGET = f"""
CREATE FUNCTION rabta_forget_member(the_member bigint) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  UPDATE outbox_address SET sealed = NULL, digest = {RANDOM} WHERE id IN (
    SELECT address_id FROM groups_member WHERE id = the_member
    UNION SELECT address_id FROM groups_application WHERE member_id = the_member);
  UPDATE groups_application SET sealed = NULL, referees = '{{}}', digest = {RANDOM}, code = '', checks = '{{}}',
    receipt = replace(gen_random_uuid()::text, '-', ''), lat = NULL, lng = NULL WHERE member_id = the_member;
  UPDATE groups_decision SET words = '', contest_words = '', review_words = '', receipt = ''
    WHERE member_id = the_member;
  UPDATE groups_member SET shown = NULL, name_keys = '{{}}', digest = {RANDOM}, lat = NULL, lng = NULL
    WHERE id = the_member;
  RETURN '{{}}'::text[];
END $$;
REVOKE ALL ON FUNCTION rabta_forget_member(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_forget_member(bigint) TO rabta_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_erasing"), ("groups", "0006_joining")]
    operations = [
        migrations.AlterField(
            "erasure",
            "what",
            models.CharField(choices=[(what, what.capitalize()) for what in WHAT], max_length=8),
        ),
        schema.sql(FORGET, "DROP FUNCTION rabta_forget_member(bigint)"),
    ]
