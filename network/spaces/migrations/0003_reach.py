"""Mandates that stand reach as far as their institution does; the commissions that oversee are the accredited ones."""

from django.db import migrations


def forwards(apps, schema_editor):
    Mandate, Space = apps.get_model("spaces", "Mandate"), apps.get_model("spaces", "Space")
    Recognition, Entity = apps.get_model("spaces", "Recognition"), apps.get_model("entities", "Entity")
    Mandate.objects.filter(entity__sees_all=True).update(scope="all")
    commissions = Entity.objects.filter(entity_kind__oversees=True, country__isnull=False)
    Mandate.objects.filter(entity__in=list(commissions.values_list("pk", flat=True)), scope="own").update(scope="country")
    overseers = set(Space.objects.exclude(overseer=None).values_list("overseer", flat=True))
    chosen = {}
    # One a country: who oversees already, else who has been there longest.
    for commission in sorted(commissions.filter(listed=True), key=lambda each: (each.pk not in overseers, each.pk)):
        chosen.setdefault(commission.country_id, commission)
    Recognition.objects.bulk_create([Recognition(country_id=country, commission_id=each.pk) for country, each in chosen.items()])


class Migration(migrations.Migration):
    dependencies = [("spaces", "0002_mandates"), ("entities", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
