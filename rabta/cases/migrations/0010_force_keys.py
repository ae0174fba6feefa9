"""Whoever runs the machine makes and ends keys of other forces too: the trigger asks the pages only."""

from django.db import migrations

from rabta import schema

ASKS = """
DROP TRIGGER administered ON cases_forcekey;
CREATE TRIGGER administered BEFORE INSERT OR UPDATE OF ended_at ON cases_forcekey
  FOR EACH STATEMENT WHEN (current_user = 'rabta_web') EXECUTE FUNCTION rabta_only_administrators();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_forces")]
    operations = [schema.sql(ASKS)]
