import django.utils.timezone
import realtime.models
from django.db import migrations, models


def begin(apps, schema_editor):
    apps.get_model("realtime", "Epoch").objects.get_or_create()


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(default=realtime.models._token, editable=False, max_length=12, unique=True, verbose_name="token"),
                ),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="begun at")),
            ],
            options={"verbose_name": "epoch", "verbose_name_plural": "epochs", "ordering": ["-id"]},
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
