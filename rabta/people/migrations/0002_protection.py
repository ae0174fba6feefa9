"""Who may touch this app's tables. Row-level policies come with the cases, which say who may know whom."""

from django.db import migrations

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        schema.grant("people_person", web="select, update (protected)", worker="select, insert, update"),
        schema.grant("people_handle", web="select, update (shown)", worker="select, insert, update"),
        schema.sql("GRANT SELECT (id, scheme, address) ON people_handle TO rabta_relay"),
    ]
