
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Country',
            fields=[
                ('code', models.CharField(max_length=2, primary_key=True, serialize=False, verbose_name='code')),
                ('name_ar', models.CharField(max_length=100, verbose_name='name in Arabic')),
                ('name_fr', models.CharField(blank=True, max_length=100, verbose_name='name in French')),
                ('name_en', models.CharField(blank=True, max_length=100, verbose_name='name in English')),
                ('protocol_order', models.PositiveSmallIntegerField(default=99, verbose_name='protocol order')),
                ('zone', models.CharField(default='Africa/Tunis', max_length=40, verbose_name='time zone')),
                ('weekend', models.JSONField(blank=True, null=True, verbose_name='weekend days')),
                ('sources', models.JSONField(blank=True, default=dict, verbose_name='sources')),
            ],
            options={
                'verbose_name': 'country',
                'verbose_name_plural': 'countries',
                'ordering': ['protocol_order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('entity', 'Institution'), ('group', 'Group'), ('person', 'Person')], max_length=10, verbose_name='kind')),
                ('handle', models.CharField(blank=True, max_length=60, null=True, unique=True, validators=[django.core.validators.RegexValidator('^[\\w.-]+$', 'Letters, digits, hyphens and dots only.')], verbose_name='handle')),
                ('name_ar', models.CharField(blank=True, max_length=200, verbose_name='name in Arabic')),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='name in English')),
                ('about_ar', models.TextField(blank=True, max_length=2000, verbose_name='about, in Arabic')),
                ('about_fr', models.TextField(blank=True, max_length=2000, verbose_name='about, in French')),
                ('about_en', models.TextField(blank=True, max_length=2000, verbose_name='about, in English')),
                ('monogram', models.CharField(blank=True, max_length=4, verbose_name='monogram')),
                ('picture', models.CharField(blank=True, editable=False, max_length=120, verbose_name='picture')),
                ('skeleton', models.CharField(blank=True, db_index=True, editable=False, max_length=200)),
                ('folded', models.TextField(blank=True, editable=False)),
                ('audience', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space')], default=0, verbose_name='audience')),
                ('listed', models.BooleanField(default=True, verbose_name='listed')),
                ('join_rule', models.CharField(choices=[('open', 'Open: whoever sees it may join'), ('request', 'On request: a moderator answers'), ('invitation', 'By invitation only')], default='invitation', max_length=10, verbose_name='how to join')),
                ('sees_all', models.BooleanField(default=False, verbose_name='is the secretariat')),
                ('verified', models.BooleanField(default=False, verbose_name='verified')),
                ('members_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='members')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('country', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='spaces', to='spaces.country', verbose_name='country')),
                ('overseer', models.ForeignKey(blank=True, limit_choices_to={'kind': 'entity'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='overseen', to='spaces.space', verbose_name='overseen by')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='page', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'space',
                'verbose_name_plural': 'spaces',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('moderator', 'Moderator'), ('member', 'Member')], default='member', max_length=10, verbose_name='role')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('entity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships_held', to='spaces.space', verbose_name='institution')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'ordering': ['since', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('network', models.CharField(choices=[('platform', 'The platform'), ('schools', 'Associated schools'), ('clubs', 'Clubs'), ('chairs', 'Scientific chairs')], default='platform', max_length=10, verbose_name='network')),
                ('is_head', models.BooleanField(default=False, verbose_name='heads the institution')),
                ('from_day', models.DateField(verbose_name='from')),
                ('until_day', models.DateField(blank=True, null=True, verbose_name='until, inclusive')),
                ('starts_at', models.DateTimeField(editable=False)),
                ('ends_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('named_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='named at')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates_ended', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_named', to=settings.AUTH_USER_MODEL, verbose_name='named by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to=settings.AUTH_USER_MODEL, verbose_name='representative')),
                ('entity', models.ForeignKey(limit_choices_to={'kind': 'entity'}, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='spaces.space', verbose_name='institution')),
            ],
            options={
                'verbose_name': 'mandate',
                'verbose_name_plural': 'mandates',
                'ordering': ['-is_head', 'from_day', 'id'],
            },
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='message')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('entity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='spaces.space', verbose_name='for the institution')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'join request',
                'verbose_name_plural': 'join requests',
                'ordering': ['asked_at'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('moderator', 'Moderator'), ('member', 'Member')], default='member', max_length=10, verbose_name='role')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='message')),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='sent at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations_sent', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('entity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations_received', to='spaces.space', verbose_name='institution')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'follow',
                'verbose_name_plural': 'follows',
            },
        ),
        migrations.AddIndex(
            model_name='space',
            index=models.Index(fields=['kind', 'listed'], name='spaces_spac_kind_af775b_idx'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('listed', True), ('audience', 2), _connector='OR'), name='hidden_is_for_members'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'person'), ('user__isnull', False)), models.Q(models.Q(('kind', 'person'), _negated=True), ('user', None)), _connector='OR'), name='person_has_user'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('space', 'user'), name='one_membership_a_person'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('space', 'entity'), name='one_membership_an_institution'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entity__isnull', False), ('user', None)), models.Q(('entity', None), ('user__isnull', False)), _connector='OR'), name='person_or_institution'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['user', 'ends_at'], name='spaces_mand_user_id_accb24_idx'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['entity', 'ends_at'], name='spaces_mand_entity__9c2a53_idx'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('until_day', None), ('until_day__gte', models.F('from_day')), _connector='OR'), name='mandate_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(fields=('space', 'user'), name='one_request_a_person'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('space', 'user'), name='one_invitation_a_person'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('space', 'entity'), name='one_invitation_an_institution'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entity__isnull', False), ('user', None)), models.Q(('entity', None), ('user__isnull', False)), _connector='OR'), name='invites_person_or_institution'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('user', 'space'), name='follow_once'),
        ),
    ]
