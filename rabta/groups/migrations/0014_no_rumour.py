"""What a member wrote and the desk has now is taken out of the rumours as well."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("groups", "0013_asked_of_claims")]
    operations = [schema.grant("groups_claimreport", worker="delete")]
