
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('spaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name_ar', models.CharField(max_length=100, verbose_name='name in Arabic')),
                ('name_fr', models.CharField(blank=True, max_length=100, verbose_name='name in French')),
                ('name_en', models.CharField(blank=True, max_length=100, verbose_name='name in English')),
                ('plural_ar', models.CharField(blank=True, max_length=100, verbose_name='plural in Arabic')),
                ('plural_fr', models.CharField(blank=True, max_length=100, verbose_name='plural in French')),
                ('plural_en', models.CharField(blank=True, max_length=100, verbose_name='plural in English')),
                ('overseen', models.BooleanField(default=False, verbose_name='overseen by the National Commission of its country')),
                ('oversees', models.BooleanField(default=False, verbose_name='is the National Commission of its country')),
                ('position', models.PositiveSmallIntegerField(default=50, verbose_name='position')),
            ],
            options={
                'verbose_name': 'kind of institution',
                'verbose_name_plural': 'kinds of institution',
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Entity',
            fields=[
                ('space_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='spaces.space')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('suspended', 'Suspended'), ('former', 'Former')], default='active', max_length=10, verbose_name='status')),
                ('short_ar', models.CharField(blank=True, max_length=100, verbose_name='short name in Arabic')),
                ('short_fr', models.CharField(blank=True, max_length=100, verbose_name='short name in French')),
                ('short_en', models.CharField(blank=True, max_length=100, verbose_name='short name in English')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('languages', models.CharField(blank=True, max_length=60, verbose_name='languages')),
                ('founded', models.CharField(blank=True, max_length=20, verbose_name='founded')),
                ('fictional', models.BooleanField(default=False, verbose_name='invented for demonstration')),
                ('sources', models.JSONField(blank=True, default=dict, verbose_name='sources of what is said here')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='entities.entity', verbose_name='part of')),
                ('entity_kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entities', to='entities.kind', verbose_name='kind of institution')),
            ],
            options={
                'verbose_name': 'institution',
                'verbose_name_plural': 'institutions',
                'ordering': ['entity_kind__position', 'country__protocol_order', 'handle'],
            },
            bases=('spaces.space',),
        ),
    ]
