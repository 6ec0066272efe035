import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('spaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='name')),
                ('folded', models.CharField(editable=False, max_length=40, unique=True)),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Board',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('about', models.CharField(blank=True, max_length=500, verbose_name='about')),
                ('position', models.PositiveSmallIntegerField(default=50, verbose_name='position')),
                ('audience', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space')], default=0, verbose_name='audience')),
                ('reach', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space'), (4, 'Participants of the conversation')], default=0, editable=False)),
                ('topics_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='topics')),
                ('posts_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='posts')),
                ('last_post_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last post')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='forums.board', verbose_name='inside the board')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='boards', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'board',
                'verbose_name_plural': 'boards',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=60, verbose_name='place')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('author_title', models.CharField(blank=True, max_length=120, verbose_name='title under which it was written')),
                ('html', models.TextField(verbose_name='text')),
                ('text', models.TextField(editable=False)),
                ('folded', models.TextField(editable=False)),
                ('language', models.CharField(default='ar', max_length=5, verbose_name='language')),
                ('direction', models.CharField(default='rtl', max_length=3, verbose_name='direction')),
                ('client_id', models.UUIDField(verbose_name='client number')),
                ('files', models.JSONField(default=list, editable=False)),
                ('reactions', models.JSONField(default=dict, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('edited_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='edited at')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted at')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('deleted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts_spoken', to='spaces.space', verbose_name='on behalf of')),
                ('reply_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='forums.post', verbose_name='in reply to')),
            ],
            options={
                'verbose_name': 'post',
                'verbose_name_plural': 'posts',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='spaces.space', verbose_name='mentioned')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='forums.post', verbose_name='post')),
            ],
            options={
                'verbose_name': 'mention',
                'verbose_name_plural': 'mentions',
            },
        ),
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('html', models.TextField(verbose_name='text before')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='edited by')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='forums.post', verbose_name='post')),
            ],
            options={
                'verbose_name': 'edit',
                'verbose_name_plural': 'edits',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=43, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('stored', models.CharField(editable=False, max_length=120)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at')),
                ('uploader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='forums.post', verbose_name='post')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('heart', 'Appreciate'), ('helped', 'It helped me'), ('agree', 'Agree'), ('following', 'We are following'), ('model', 'A model to follow')], max_length=10, verbose_name='kind')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reactions_given', to='forums.post', verbose_name='post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reactions_given', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'reaction',
                'verbose_name_plural': 'reactions',
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space'), (4, 'Participants of the conversation')], default=0, verbose_name='audience')),
                ('reach', models.SmallIntegerField(choices=[(0, 'Everyone, without an account'), (1, 'The network: people with a mandate or an approved membership'), (2, 'Members of this space'), (3, 'Those who manage this space'), (4, 'Participants of the conversation')], default=0, editable=False, verbose_name='reach')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('language', models.CharField(default='ar', max_length=5, verbose_name='language')),
                ('folded', models.CharField(blank=True, editable=False, max_length=200)),
                ('labels', models.JSONField(default=list, editable=False)),
                ('posts_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='posts')),
                ('last_number', models.PositiveIntegerField(default=0, editable=False)),
                ('last_post_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last post')),
                ('excerpt', models.CharField(blank=True, editable=False, max_length=300)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='closed')),
                ('pinned_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='pinned')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted')),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.post', verbose_name='accepted answer')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('board', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='forums.board', verbose_name='board')),
                ('last_author', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_on_behalf_of', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spaces.space')),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss_spoken', to='spaces.space', verbose_name='on behalf of')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='spaces.space', verbose_name='space')),
                ('tags', models.ManyToManyField(blank=True, related_name='topics', to='forums.tag', verbose_name='tags')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='last post read')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='read_marks', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='read_marks', to='forums.topic', verbose_name='topic')),
            ],
            options={
                'verbose_name': 'read mark',
                'verbose_name_plural': 'read marks',
            },
        ),
        migrations.AddField(
            model_name='post',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='forums.topic', verbose_name='topic'),
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('topic', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='closure', to='forums.topic', verbose_name='topic')),
            ],
            options={
                'verbose_name': 'closure',
                'verbose_name_plural': 'closures',
            },
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('muted', 'Muted: never'), ('normal', 'When I am mentioned or answered'), ('watching', 'Every post')], default='watching', max_length=10, verbose_name='level')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='forums.topic', verbose_name='topic')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'watch',
                'verbose_name_plural': 'watches',
            },
        ),
        migrations.AddIndex(
            model_name='board',
            index=models.Index(fields=['space', 'position'], name='forums_boar_space_i_0812f5_idx'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('user', 'place'), name='one_draft_a_place'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('post', 'space'), name='mention_once'),
        ),
        migrations.AddConstraint(
            model_name='reaction',
            constraint=models.UniqueConstraint(fields=('post', 'user', 'kind'), name='react_once'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['board', '-last_post_at'], name='forums_topi_board_i_2cbc9d_idx'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['space', '-last_post_at'], name='forums_topi_space_i_f4d9c5_idx'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['reach', '-last_post_at'], name='forums_topi_reach_a02c06_idx'),
        ),
        migrations.AddConstraint(
            model_name='readmark',
            constraint=models.UniqueConstraint(fields=('topic', 'user'), name='one_read_mark'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['topic', 'version'], name='forums_post_topic_i_f8eacc_idx'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['author', '-id'], name='forums_post_author__b8b0e6_idx'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('topic', 'number'), name='post_number_once'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('author', 'client_id'), name='a_retry_is_the_first_post'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('topic', 'user'), name='watch_once'),
        ),
    ]
