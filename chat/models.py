"""Conversations: who takes part, what was said, and what each person keeps of it. Nobody else reads them, whoever they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, FilteredRelation, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from network.content import ReactionKind, Versioned
from network.files.stored import StoredFile
from network.spaces.models import Space, counted

if TYPE_CHECKING:
    from network.spaces.actors import Actor

PERSON = settings.AUTH_USER_MODEL
NAMES_SHOWN = 3
MOST_UNREAD = 100  # stands for more


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those the actor takes part in: in person, through an institution they speak for now, or as a member of the group."""
        if actor.user_id is None or actor.is_suspended:
            return self.none()
        mine = Participant.objects.filter(_of(actor)).values("conversation")
        return self.filter(Q(pk__in=mine) | Q(kind=Conversation.Kind.GROUP, space__in=list(actor.roles)))

    def with_participants(self) -> Self:
        """With everything that names, faces and doors ask of a conversation."""
        return self.select_related("space").prefetch_related("participants__user__page", "participants__entity")

    def with_seat(self, actor: Actor) -> Self:
        """Adds what the person keeps of each (`read_number`, `muted_at`, `archived_at`), what they `known` already, and `unread`, at most 100."""
        user_id = actor.person.pk
        first = Participant.objects.filter(_of(actor), conversation=OuterRef("pk")).order_by("from_number").values("from_number")[:1]
        # Only so many numbers are looked at: a room of a hundred thousand unread messages costs what a room of a hundred does.
        waiting = Message.objects.counted(user_id).filter(
            conversation=OuterRef("pk"), number__gt=OuterRef("known"), number__lte=OuterRef("known") + MOST_UNREAD
        )
        return (
            self.annotate(seat=FilteredRelation("seats", condition=Q(seats__user=user_id)))
            .annotate(
                read_number=Coalesce(F("seat__number"), Value(0), output_field=IntegerField()),
                muted_at=F("seat__muted_at"),
                archived_at=F("seat__archived_at"),
                came_at=Coalesce(Subquery(first), Value(1), output_field=IntegerField()),
            )
            .annotate(known=Greatest(F("read_number"), F("came_at") - 1))
            .annotate(unread=counted(waiting))
        )


class Conversation(Versioned):
    """People, or institutions, who talk. Its version is raised, under its row lock, at every visible change."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Between two people")
        SEVERAL = "several", _("Between several people")
        ENTITIES = "entities", _("Between institutions")
        GROUP = "group", _("Of a group")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # One conversation of these two people, of these institutions, of this group: two who begin at once meet in the same one.
    key = models.CharField(max_length=200, unique=True, null=True, editable=False)  # noqa: DJ001 -- none of its own: NULL is not unique
    space = models.OneToOneField(
        Space,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="conversation",
        verbose_name=_("group"),
        limit_choices_to={"kind": "group"},
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    topic = models.CharField(_("what it is about"), max_length=200, blank=True)
    picture = models.CharField(max_length=120, blank=True, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)  # numbers are never given twice
    last_at = models.DateTimeField(default=timezone.now, editable=False)
    last_message = models.ForeignKey("chat.Message", models.SET_NULL, null=True, related_name="+", editable=False)
    created_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConversationQuerySet.as_manager()
    # What with_seat() adds.
    read_number: int
    known: int
    unread: int
    muted_at: datetime | None
    archived_at: datetime | None

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="group", space__isnull=False) | (~Q(kind="group") & Q(space=None)), name="group_talks_in_its_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    # --- Who takes part ---
    def seen_from(self, actor: Actor) -> int | None:
        """The number of the first message the actor may see; None for whoever takes no part. No query once participants are at hand."""
        if actor.user_id is None or actor.is_suspended:
            return None
        if self.kind == self.Kind.GROUP:
            return 1 if self.space_id in actor.roles else None
        grounds = (held.from_number for held in self.participants.all() if held.is_of(actor))
        return min(grounds, default=None)

    def is_seen_by(self, actor: Actor) -> bool:
        return self.seen_from(actor) is not None

    def is_led_by(self, actor: Actor) -> bool:
        """Whoever convenes it; in a group, whoever manages the group."""
        if self.kind == self.Kind.GROUP:
            return actor.roles.get(self.space_id or 0) in ("owner", "moderator")
        return any(held.convenes and held.is_of(actor) for held in self.participants.all())

    @property
    def is_put_away(self) -> bool:
        """Whether the person of `with_seat` archived it, and nothing was said in it since."""
        return self.archived_at is not None and self.archived_at >= self.last_at

    @property
    def shared_from(self) -> int:
        """The number from which on everybody who takes part sees every message."""
        return max((held.from_number for held in self.participants.all()), default=1)

    def channel(self, language: str) -> str:
        """Where its messages travel as text. Its name says who may hear it: once somebody has come who may not see all that was said
        before, what is still on its way goes where they do not listen."""
        return f"{self.stream}/{language}/{self.shared_from}"

    def hidden_before(self, number: int) -> int:
        """For a message of this number: what stands before the answer is hidden from somebody who can read the message."""
        return max((held.from_number for held in self.participants.all() if held.from_number <= number), default=1)

    def voices(self, actor: Actor) -> list[Space]:
        """The institutions in whose name the actor may speak here: in a conversation of institutions, those that take part."""
        if self.kind != self.Kind.ENTITIES:
            return actor.entities
        within = {held.entity_id for held in self.participants.all()}
        return [entity for entity in actor.entities if entity.pk in within]

    # --- What it is called ---
    @property
    def stream(self) -> str:
        return f"conversation.{self.pk}"

    @property
    def path(self) -> str:
        return f"/conversations/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    def others(self, actor: Actor) -> list[Space]:
        """The pages of those one talks to: people or institutions, without oneself and one's own."""
        spaces = [held.who for held in self.participants.all() if not held.is_of(actor)]
        return spaces or [held.who for held in self.participants.all()]

    def title_for(self, actor: Actor) -> str:
        """Its name, or whom one talks to in it."""
        if self.kind == self.Kind.GROUP and self.space is not None:
            return self.space.name
        if self.name:
            return self.name
        names = [space.name for space in self.others(actor)]
        more = len(names) - NAMES_SHOWN
        words = pgettext("between items", ", ").join(names[:NAMES_SHOWN])
        if more <= 0:
            return words
        return ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", more) % {"names": words, "count": more}

    def face_for(self, actor: Actor) -> Space | Conversation:
        """What {% avatar %} draws: the group, the one person or institution one talks to, or the conversation itself."""
        if self.picture:
            return self
        if self.kind == self.Kind.GROUP and self.space is not None:
            return self.space
        others = self.others(actor)
        return others[0] if len(others) == 1 or self.kind != self.Kind.SEVERAL else self

    # A conversation of several has a face of its own, as spaces have.
    avatar_kind = "entity"

    @property
    def tone(self) -> int:
        return (self.pk or 0) % 6 + 1

    @property
    def monogram(self) -> str:
        return self.name[:2] if self.name else "…"

    @property
    def picture_url(self) -> str:
        return f"{self.path}picture/?{self.picture[:8]}" if self.picture else ""


class Participant(models.Model):
    """A person, or an institution with whoever holds a mandate for it now, takes part and sees what was said from `from_number` on."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants", verbose_name=_("conversation"))
    user = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="conversations_held", verbose_name=_("person"))
    entity = models.ForeignKey(
        Space, models.CASCADE, null=True, blank=True, related_name="conversations_held", verbose_name=_("institution")
    )
    from_number = models.PositiveIntegerField(default=1)
    convenes = models.BooleanField(_("convenes"), default=False)
    added_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="person_takes_part_once"),
            models.UniqueConstraint(fields=["conversation", "entity"], name="institution_takes_part_once"),
            models.CheckConstraint(
                condition=Q(user=None, entity__isnull=False) | Q(user__isnull=False, entity=None), name="talks_person_or_institution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.entity_id} in {self.conversation_id}"

    def is_of(self, actor: Actor) -> bool:
        return self.user_id == actor.user_id if self.user_id else self.entity_id in actor.mandates

    @property
    def who(self) -> Space:
        """The person's page, or the institution."""
        who = self.user.page if self.user is not None else self.entity
        assert who is not None  # noqa: S101 -- a constraint of the table says so
        return who


class Seat(models.Model):
    """What one person keeps of a conversation: how far they read, and whether they want to hear of it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="seats", verbose_name=_("conversation"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="seats", verbose_name=_("person"))
    number = models.PositiveIntegerField(_("last message read"), default=0)
    at = models.DateTimeField(_("when"), default=timezone.now)
    muted_at = models.DateTimeField(_("muted"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="one_seat_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.conversation_id} to {self.number}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """What the actor may read: all of a group's room, else what was said from the number on at which they came."""
        if actor.user_id is None or actor.is_suspended:
            return self.none()
        grounds = Participant.objects.filter(_of(actor), conversation=OuterRef("conversation"), from_number__lte=OuterRef("number"))
        return self.filter(Exists(grounds) | Q(conversation__kind=Conversation.Kind.GROUP, conversation__space__in=list(actor.roles)))

    def with_author(self) -> Self:
        return self.select_related("author__page", "on_behalf_of", "reply_to__author__page", "reply_to__on_behalf_of")

    def with_conversation(self) -> Self:
        return self.select_related("conversation__space").prefetch_related(
            "conversation__participants__user__page", "conversation__participants__entity"
        )

    def kept(self) -> Self:
        return self.filter(deleted_at=None)

    def counted(self, user_id: int) -> Self:
        """Those that count as unread for a person: what others said and did not take back."""
        return self.filter(deleted_at=None, kind=Message.Kind.TEXT).exclude(author=user_id)


class Message(models.Model):
    """One thing said, or one thing that happened to the conversation. `version` is the conversation's at which it last changed."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Message")
        EVENT = "event", _("What happened")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", verbose_name=_("conversation"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.TEXT)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="messages", verbose_name=_("author"))
    on_behalf_of = models.ForeignKey(
        Space, models.PROTECT, null=True, blank=True, related_name="messages_spoken", verbose_name=_("on behalf of")
    )
    author_title = models.CharField(_("title under which it was written"), max_length=120, blank=True)
    html = models.TextField(_("text"), blank=True)
    text = models.TextField(blank=True, editable=False)
    folded = models.TextField(blank=True, editable=False)
    direction = models.CharField(_("direction"), max_length=3, default="rtl")
    client_id = models.UUIDField(_("client number"))
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies", verbose_name=_("in reply to"))
    files = models.JSONField(default=list, editable=False)  # [{"key", "name", "type", "size"}]; the door asks Attachment
    reactions = models.JSONField(default=dict, editable=False)  # {"heart": 3}: a count by query, kept beside the text
    data = models.JSONField(default=dict, editable=False)  # of what happened: {"verb": "added", "spaces": [3]}
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    # Reported by somebody who takes part: from then on moderators see this message, and only this.
    reported_at = models.DateTimeField(null=True, blank=True, editable=False)
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True, editable=False)
    pinned_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    objects = MessageQuerySet.as_manager()
    unknown: tuple[str, ...] = ()  # handles that named nobody when it was just written: the writer is told
    requoted = False  # other messages, which quote it, changed with it just now

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_number_once"),
            models.UniqueConstraint(fields=["author", "client_id"], name="a_retry_is_the_first_message"),
        ]
        indexes = [
            models.Index(fields=["conversation", "version"]),
            models.Index(fields=["conversation", "pinned_at"], condition=Q(pinned_at__isnull=False), name="pinned_messages"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}#{self.number}"

    def is_seen_by(self, actor: Actor) -> bool:
        first = self.conversation.seen_from(actor)
        return first is not None and first <= self.number

    def is_led_by(self, actor: Actor) -> bool:
        return self.conversation.is_led_by(actor)

    @property
    def space_id(self) -> int | None:
        return self.conversation.space_id

    @property
    def element_id(self) -> str:
        return f"message-{self.pk}"

    @property
    def path(self) -> str:
        return f"/messages/{self.pk}/"  # leads to its place in the conversation

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}/conversations/{self.conversation_id}/?around={self.number}#{self.element_id}"


class MessageReaction(models.Model):
    Kind = ReactionKind

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions_given", verbose_name=_("message"))
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="message_reactions", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=ReactionKind.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["message", "user", "kind"], name="react_to_a_message_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.message_id}"


class Attachment(StoredFile):
    """A file of a message, read only through the message's door."""

    holder, folder = "message", "chat"
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("message"))


def _of(actor: Actor) -> Q:
    """Participants that stand for the actor."""
    return Q(user=actor.user_id) | Q(entity__in=list(actor.mandates))


__all__ = ["Attachment", "Conversation", "Message", "MessageReaction", "Participant", "Seat"]
