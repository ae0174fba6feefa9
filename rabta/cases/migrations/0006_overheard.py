"""What was said in a group is listed apart from greetings to us."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_search")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="overheard",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RemoveIndex(model_name="message", name="message_without_case"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["-id"], condition=Q(case=None, overheard=False), name="message_without_case"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["-id"], condition=Q(case=None, overheard=True), name="message_talk"),
        ),
    ]
