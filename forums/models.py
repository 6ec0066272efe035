"""The one discussion engine: boards, topics and posts; a wall is a topic without a board."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.cache import caches
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network import compiled
from network.content import Audience, Content, Reaching, ReactionKind, Versioned, VisibleQuerySet
from network.files.stored import StoredFile

PERSON = settings.AUTH_USER_MODEL


class Board(Reaching):
    """A shelf of topics in a space, nested once."""

    realign_order = 1

    space = models.ForeignKey("spaces.Space", models.PROTECT, related_name="boards", verbose_name=_("space"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside the board"))
    name = models.CharField(_("name"), max_length=100)
    about = models.CharField(_("about"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=50)
    audience = models.SmallIntegerField(_("audience"), choices=Audience.choices[:4], default=Audience.PUBLIC)
    reach = models.SmallIntegerField(choices=Audience.choices, default=Audience.PUBLIC, editable=False)
    topics_count = models.PositiveIntegerField(_("topics"), default=0, editable=False)
    posts_count = models.PositiveIntegerField(_("posts"), default=0, editable=False)
    last_post_at = models.DateTimeField(_("last post"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    inner: list[Board]  # the boards in it, where a page lists them

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["space", "position"])]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def realign(cls, space_id: int) -> None:
        boards = cls.objects.filter(space=space_id)
        roots = boards.filter(parent=None).values_list("pk", "audience", "space__audience")
        for pk, audience, around in roots:
            reach = max(audience, around)
            cls.objects.filter(pk=pk).update(reach=reach)
            for child, own in boards.filter(parent=pk).values_list("pk", "audience"):
                cls.objects.filter(pk=child).update(reach=max(own, reach))

    def locked(self) -> Board:
        """The same row, read again under its lock, with its space."""
        return compiled.get(Board, self.pk, "space", lock=True)

    @property
    def path(self) -> str:
        return f"/boards/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)
    folded = models.CharField(max_length=40, unique=True, editable=False)  # one tag, however its hamza is written

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TopicQuerySet(VisibleQuerySet):
    shown = Q(deleted_at=None)

    def with_author(self) -> Self:
        return self.select_related("author__page", "on_behalf_of", "space", "board")

    def with_mark(self, user_id: int | None) -> Self:
        """Adds `read_number`: the number of the last post this person has read here (0: none)."""
        if user_id is None:
            return self.annotate(read_number=Value(0))
        mark = ReadMark.objects.filter(topic=OuterRef("pk"), user=user_id).values("number")[:1]
        return self.annotate(read_number=Coalesce(Subquery(mark), 0))

    def kept(self) -> Self:
        return self.filter(deleted_at=None)

    def walls(self) -> Self:
        return self.filter(board=None)


class Topic(Content, Versioned, Reaching):
    """A question with its answers; without a board, a post on the wall of its space (then it has no title)."""

    realign_order = 2

    board = models.ForeignKey(Board, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="ar")
    folded = models.CharField(max_length=200, blank=True, editable=False)
    tags = models.ManyToManyField(Tag, blank=True, related_name="topics", verbose_name=_("tags"))
    labels = models.JSONField(default=list, editable=False)  # the tags as lists show them: [[3, "reading"]]
    posts_count = models.PositiveIntegerField(_("posts"), default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)  # numbers are never given twice
    last_post_at = models.DateTimeField(_("last post"), default=timezone.now, editable=False)
    last_author = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    last_on_behalf_of = models.ForeignKey("spaces.Space", models.PROTECT, null=True, related_name="+", editable=False)
    excerpt = models.CharField(max_length=300, blank=True, editable=False)
    answer = models.ForeignKey("forums.Post", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("accepted answer"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = TopicQuerySet.as_manager()
    first_post: Post  # at hand when the topic was just opened

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        indexes = [
            models.Index(fields=["board", "-last_post_at"]),
            models.Index(fields=["space", "-last_post_at"]),
            models.Index(fields=["reach", "-last_post_at"]),
        ]

    def __str__(self) -> str:
        return self.title or self.excerpt

    @classmethod
    def realign(cls, space_id: int) -> None:
        topics = cls.objects.filter(space=space_id)
        board = Coalesce(Subquery(Board.objects.filter(pk=OuterRef("board")).values("reach")[:1]), Value(0))
        from network.spaces.models import Space  # noqa: PLC0415 -- read at call: models load in any order

        around = Subquery(Space.objects.filter(pk=OuterRef("space")).values("audience")[:1])
        topics.update(reach=Greatest(F("audience"), board, around))
        caches["fragments"].delete("tags")  # those of late public topics: forums.queries

    @property
    def stream(self) -> str:
        return f"topic.{self.pk}"

    @property
    def path(self) -> str:
        return f"/topics/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    @property
    def replies_count(self) -> int:
        return max(self.posts_count - 1, 0)


class PostQuerySet(VisibleQuerySet):
    space = "topic__"

    shown = Q(topic__deleted_at=None)  # a post taken down stays as a tombstone, which shows that something stood there and nothing of it

    def with_author(self) -> Self:
        return self.select_related("author__page", "on_behalf_of", "reply_to__author__page", "reply_to__on_behalf_of")

    def with_topic(self) -> Self:
        return self.select_related("topic__space")

    def kept(self) -> Self:
        return self.filter(deleted_at=None)


class Post(models.Model):
    """One text in a topic. `html` is clean when it is stored; `version` is the topic's version at which it last changed."""

    # Topic and author each begin a constraint and an index below: one more of their own would only be written.
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="posts", verbose_name=_("topic"), db_index=False)
    number = models.PositiveIntegerField(_("number"))
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="posts", verbose_name=_("author"), db_index=False)
    on_behalf_of = models.ForeignKey(
        "spaces.Space", models.PROTECT, null=True, blank=True, related_name="posts_spoken", verbose_name=_("on behalf of")
    )
    author_title = models.CharField(_("title under which it was written"), max_length=120, blank=True)
    html = models.TextField(_("text"))
    text = models.TextField(editable=False)
    folded = models.TextField(editable=False)
    language = models.CharField(_("language"), max_length=5, default="ar")
    direction = models.CharField(_("direction"), max_length=3, default="rtl")
    client_id = models.UUIDField(_("client number"))
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies", verbose_name=_("in reply to"))
    # What hangs on the post, as a page shows it: [{"key", "name", "type", "size"}]. The door asks Attachment.
    files = models.JSONField(default=list, editable=False)
    reactions = models.JSONField(default=dict, editable=False)  # {"heart": 3}: a count by query, kept beside the text
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    objects = PostQuerySet.as_manager()
    unknown: tuple[str, ...] = ()  # handles that named nobody when it was just written: the writer is told

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number_once"),
            models.UniqueConstraint(fields=["author", "client_id"], name="a_retry_is_the_first_post"),
        ]
        indexes = [models.Index(fields=["topic", "version"]), models.Index(fields=["author", "-id"])]

    def __str__(self) -> str:
        return f"{self.topic_id}#{self.number}"

    # What permissions read of every row stands, for a post, on its topic.
    @property
    def space_id(self) -> int:
        return self.topic.space_id

    @property
    def space(self):  # type: ignore[no-untyped-def]
        return self.topic.space

    @property
    def reach(self) -> int:
        return self.topic.reach

    @property
    def topic_deleted_at(self) -> datetime | None:
        return self.topic.deleted_at

    @property
    def element_id(self) -> str:
        return f"post-{self.pk}"

    @property
    def page(self) -> int:
        return (self.number - 1) // settings.PAGE_SIZE + 1

    @property
    def path(self) -> str:
        return f"/posts/{self.pk}/"  # leads to its page and place in the topic

    def get_absolute_url(self) -> str:
        page = f"?page={self.page}" if self.page > 1 else ""
        return f"/{get_language() or 'ar'}/topics/{self.topic_id}/{page}#post-{self.pk}"


class Edit(models.Model):
    """What a post said before it was edited, and who edited it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="edits", verbose_name=_("post"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("edited by"))
    html = models.TextField(_("text before"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.post_id} at {self.at}"


class Reaction(models.Model):
    Kind = ReactionKind

    post = models.ForeignKey(Post, models.CASCADE, related_name="reactions_given", verbose_name=_("post"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="reactions_given", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["post", "user", "kind"], name="react_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.post_id}"


class Mention(models.Model):
    """A post names a person or an institution (each is a space)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions", verbose_name=_("post"))
    space = models.ForeignKey("spaces.Space", models.CASCADE, related_name="mentions", verbose_name=_("mentioned"))

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["post", "space"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.space_id} in {self.post_id}"


class Watch(models.Model):
    """How much a person wants to hear of a topic."""

    class Level(models.TextChoices):
        MUTED = "muted", _("Muted: never")
        NORMAL = "normal", _("When I am mentioned or answered")
        WATCHING = "watching", _("Every post")

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="watches", verbose_name=_("topic"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="watches", verbose_name=_("person"))
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.WATCHING)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.level} {self.topic_id}"


class ReadMark(models.Model):
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="read_marks", verbose_name=_("topic"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="read_marks", verbose_name=_("person"))
    number = models.PositiveIntegerField(_("last post read"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="one_read_mark")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.topic_id} to {self.number}"


class Closure(models.Model):
    """Who closed a topic, when and why."""

    topic = models.OneToOneField(Topic, models.CASCADE, related_name="closure", verbose_name=_("topic"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("closed by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")

    def __str__(self) -> str:
        return f"{self.topic_id} closed"


class Draft(models.Model):
    """What a person is writing, per place (`topic.42`, `board.3`, `space.7`); it outlives the session."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="drafts", verbose_name=_("person"))
    place = models.CharField(_("place"), max_length=60)
    title = models.CharField(_("title"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_draft_a_place")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.place}"


class Attachment(StoredFile):
    """A file of a post. It is read only through `/files/<key>/`, which asks the post's door."""

    holder, folder = "post", "files"
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("post"))
