"""Keys and bodies are never deleted: PostgreSQL need not look for them at each body that comes in."""

from django.db import migrations, models
from django.db.models import CASCADE, PROTECT

from rabta import schema

# By hand: Django would also drop what PostgreSQL made of a constraint for each partition, and not find it any more.
DROP = """
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT conrelid::regclass AS at, conname FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0
      AND (conrelid, confrelid) IN (('intake_unread'::regclass, 'intake_journal'::regclass),
                                    ('intake_journal'::regclass, 'intake_journalkey'::regclass))
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.at, found.conname);
  END LOOP;
END $$
"""
BACK = """
ALTER TABLE intake_journal ADD FOREIGN KEY (key_id) REFERENCES intake_journalkey DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE intake_unread ADD FOREIGN KEY (journal_id) REFERENCES intake_journal DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_asking_read")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [schema.sql(DROP, BACK)],
            [
                migrations.AlterField(
                    "journal",
                    "key",
                    models.ForeignKey(db_constraint=False, on_delete=PROTECT, to="intake.journalkey"),
                ),
                migrations.AlterField(
                    "unread",
                    "journal",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="intake.journal",
                    ),
                ),
            ],
        )
    ]
