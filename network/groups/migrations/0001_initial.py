
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('spaces', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Group',
            fields=[
                ('space_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='spaces.space')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups_created', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('owner', models.ForeignKey(blank=True, limit_choices_to={'kind': 'entity'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups_owned', to='spaces.space', verbose_name='owned by')),
            ],
            options={
                'verbose_name': 'group',
                'verbose_name_plural': 'groups',
                'ordering': ['-members_count', 'pk'],
            },
            bases=('spaces.space',),
        ),
    ]
