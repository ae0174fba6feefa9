"""A complaint of the register of before is opened on its day; its limits run from the day on which it was brought in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_missed")]
    operations = [migrations.AddField("case", "limits_from", models.DateTimeField(null=True))]
