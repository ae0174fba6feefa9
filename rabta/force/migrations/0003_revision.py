"""A number that grows with every change of the force, so that snapshots of it know in one glance when they are old."""

from django.db import migrations

from rabta import schema

CREATE = """
CREATE TABLE force_revision (id smallint PRIMARY KEY CHECK (id = 1), number bigint NOT NULL);
INSERT INTO force_revision VALUES (1, 1);
CREATE FUNCTION rabta_force_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN UPDATE force_revision SET number = number + 1; RETURN NULL; END $$;
REVOKE ALL ON FUNCTION rabta_force_changed() FROM PUBLIC;
"""
# Not every column of an officer: signing in is no change of the force.
WATCHED = {
    "force_level": "INSERT OR UPDATE OR DELETE",
    "force_unit": "INSERT OR UPDATE OR DELETE",
    "force_placename": "INSERT OR UPDATE OR DELETE",
    "force_post": "INSERT OR UPDATE OR DELETE",
    "force_posting": "INSERT OR UPDATE OR DELETE",
    "force_officer": "INSERT OR DELETE OR UPDATE OF name, phone, language, is_active",
}


class Migration(migrations.Migration):
    dependencies = [("force", "0002_protection")]
    operations = [
        schema.sql(CREATE, "DROP TABLE force_revision; DROP FUNCTION rabta_force_changed();"),
        schema.grant("force_revision", web="select", worker="select"),
        *(
            schema.sql(
                f"CREATE TRIGGER force_changed AFTER {changes} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION rabta_force_changed()",
                f"DROP TRIGGER force_changed ON {table}",
            )
            for table, changes in WATCHED.items()
        ),
    ]
