"""What a picture itself says of its making, and why no copy of it can be made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_protection")]
    operations = [
        migrations.AddField(
            model_name="evidence",
            name="camera_at",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(model_name="evidence", name="camera_lat", field=models.FloatField(null=True)),
        migrations.AddField(model_name="evidence", name="camera_lng", field=models.FloatField(null=True)),
        migrations.AddField(
            model_name="evidence",
            name="trouble",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
    ]
