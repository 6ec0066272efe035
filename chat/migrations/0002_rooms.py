"""Every group that stands has its room."""

from django.db import migrations


def open_rooms(apps, schema_editor):
    conversations = apps.get_model("chat", "Conversation").objects
    rooms = [
        conversations.model(kind="group", key=f"group:{pk}", space_id=pk)
        for pk in apps.get_model("spaces", "Space").objects.filter(kind="group", conversation=None).values_list("pk", flat=True)
    ]
    conversations.bulk_create(rooms, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [migrations.RunPython(open_rooms, migrations.RunPython.noop)]
