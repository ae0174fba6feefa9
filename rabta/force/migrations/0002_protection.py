"""Who may touch this app's tables. Postings and units are changed by administrators through the pages."""

from django.db import migrations

from rabta import schema

CHANGED_BY_PAGES = (
    "force_level",
    "force_unit",
    "force_placename",
    "force_post",
    "force_posting",
    "force_officer",
)


class Migration(migrations.Migration):
    dependencies = [("force", "0001_initial")]
    operations = [
        *(
            schema.grant(table, web="select, insert, update", worker="select, insert, update")
            for table in CHANGED_BY_PAGES
        ),
        schema.grant("force_apitoken", web="select, insert, update", worker="select, insert, update"),
    ]
