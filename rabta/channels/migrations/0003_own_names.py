"""The accounts that are made by themselves have their names in Hindi and Urdu too."""

from typing import Any

from django.db import migrations

NAMES = {
    "met": ("In person or by phone", "आमने-सामने या फ़ोन पर", "بالمشافہ یا فون پر"),
    "force": ("Another force", "दूसरा बल", "دوسری فورس"),
}


def name(apps: Any, _schema: Any) -> None:
    """Only those that nobody has named otherwise."""
    for channel, (english, hindi, urdu) in NAMES.items():
        rows = apps.get_model("channels", "Account").objects.filter(channel=channel, name=english)
        rows.filter(name_hi="").update(name_hi=hindi)
        rows.filter(name_ur="").update(name_ur=urdu)


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_protection")]
    operations = [migrations.RunPython(name, migrations.RunPython.noop, elidable=True)]
