import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('spaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('args', models.JSONField(blank=True, default=dict, verbose_name='arguments')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('leased_until', models.DateTimeField(blank=True, null=True, verbose_name='leased until')),
                ('unique_key', models.CharField(blank=True, max_length=120, null=True, unique=True, verbose_name='unique key')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('parked_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['due_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('parked_at', None)), fields=['due_at', 'id'], name='job_due')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=40, verbose_name='verb')),
                ('object_id', models.BigIntegerField(verbose_name='object number')),
                ('target_id', models.BigIntegerField(blank=True, null=True, verbose_name='target number')),
                ('audience', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space'), (4, 'Participants of the conversation')], default=0, editable=False, verbose_name='told to')),
                ('reach', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space'), (4, 'Participants of the conversation')], default=3, verbose_name='audience')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
                ('object_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='kind of object')),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spoken_activities', to='spaces.space', verbose_name='on behalf of')),
                ('space', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='spaces.space', verbose_name='space')),
                ('target_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='kind of target')),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activities',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['space', '-id'], name='activity_ac_space_i_a0025b_idx'), models.Index(fields=['actor', '-id'], name='activity_ac_actor_i_140ea0_idx'), models.Index(fields=['on_behalf_of', '-id'], name='activity_ac_on_beha_21fc66_idx'), models.Index(fields=['target_type', 'target_id', '-id'], name='activity_ac_target__40cd41_idx'), models.Index(fields=['object_type', 'object_id'], name='activity_ac_object__44301f_idx'), models.Index(fields=['reach', '-id'], name='activity_ac_reach_e7c8b3_idx')],
            },
        ),
    ]
