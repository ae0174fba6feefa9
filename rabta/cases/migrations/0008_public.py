"""Public posts: where one stands, its id (sealed to the relay, which answers under it), and what it is about."""

from django.db import migrations, models

from rabta import schema

ABOUT = [
    ("reply", "Reply to another post"),
    ("quote", "Quotes another post"),
    ("repost", "Repeats another post"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_ask_once")]
    operations = [
        migrations.AddField("message", "public", models.BooleanField(default=False)),
        migrations.AddField("message", "link", models.CharField(blank=True, max_length=300)),
        migrations.AddField("message", "sealed_id", models.BinaryField(null=True)),
        migrations.AddField("message", "about", models.CharField(blank=True, choices=ABOUT, max_length=6)),
        migrations.AddField("message", "about_digest", models.BinaryField(max_length=16, null=True)),
        migrations.AddField("message", "about_text", models.TextField(blank=True)),
        schema.sql(
            "ALTER TABLE cases_message ALTER COLUMN public SET DEFAULT false, ALTER COLUMN link SET DEFAULT '',"
            " ALTER COLUMN about SET DEFAULT '', ALTER COLUMN about_text SET DEFAULT ''"
        ),
    ]
