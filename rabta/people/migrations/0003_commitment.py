"""Nothing is sealed without a commitment: whoever opens it must be able to see whether it is still the same."""

from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("people", "0002_protection")]
    operations = [
        schema.sql(
            "ALTER TABLE people_sealed ALTER COLUMN commitment DROP DEFAULT",
            "ALTER TABLE people_sealed ALTER COLUMN commitment SET DEFAULT ''",
        ),
        migrations.AlterField("sealed", "commitment", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "sealed",
            models.CheckConstraint(
                condition=models.Q(commitment__regex="^[0-9a-f]{64}$"), name="sealed_with_a_commitment"
            ),
        ),
    ]
