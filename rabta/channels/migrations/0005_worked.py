"""People are sent only to accounts that were seen to work; those that are there already are taken to."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def take_for_working(apps: Any, _schema: Any) -> None:
    """They have been on the public list until now."""
    apps.get_model("channels", "Account").objects.filter(worked_at=None).update(worked_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_removing")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="worked_at",
            field=models.DateTimeField(
                help_text="When it was first seen to work. Before, nobody is sent there.",
                null=True,
            ),
        ),
        migrations.RunPython(take_for_working, migrations.RunPython.noop, elidable=True),
    ]
