"""Accounts are named in each language of the interface."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_protection")]
    operations = [
        migrations.AlterField("account", "name", models.CharField(max_length=120)),
        migrations.AddField("account", "name_hi", models.CharField(blank=True, max_length=120)),
        migrations.AddField("account", "name_ur", models.CharField(blank=True, max_length=120)),
    ]
