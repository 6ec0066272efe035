"""What every content has in common: a space, a person who wrote it, perhaps an institution it speaks for, and who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import compiled

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User


class Audience(models.IntegerChoices):
    """Who may see, from the widest to the narrowest: the narrowest of content, board and space is the larger number."""

    PUBLIC = 0, _("Everyone, without an account")
    NETWORK = 1, _("The network: people with a mandate or an approved membership")
    MEMBERS = 2, _("Members of this space")
    MANAGERS = 3, _("Those who manage this space")
    PARTICIPANTS = 4, _("Participants of the conversation")


class ReactionKind(models.TextChoices):
    """What one may say to a text without a word, in forums and conversations alike."""

    HEART = "heart", _("Appreciate")
    HELPED = "helped", _("It helped me")
    AGREE = "agree", _("Agree")
    FOLLOWING = "following", _("We are following")
    MODEL = "model", _("A model to follow")


def react(text: Any, person: User, kind: str, *, on: bool) -> bool:
    """Give a text a person's reaction, or take it back; twice is quiet. Says whether anything changed: then `text.reactions` is counted anew
    (a recount cannot drift) and the caller, who holds the text locked, saves it. ValidationError for a kind that does not exist."""
    if kind not in ReactionKind.values:
        raise ValidationError(_("Unknown reaction."))
    if on:
        _reaction, changed = text.reactions_given.get_or_create(user=person, kind=kind)
    else:
        changed = bool(text.reactions_given.filter(user=person, kind=kind).delete()[0])
    if changed:
        text.reactions = dict(text.reactions_given.values_list("kind").annotate(n=models.Count("pk")).order_by("kind"))
    return bool(changed)


class VisibleQuerySet(models.QuerySet):
    """Lists and doors agree: what this returns is what `can(actor, "….view", thing)` allows (a test holds them together)."""

    space = ""  # the path from the row to its space's columns, "topic__" for a post
    shown: ClassVar[Q | None] = None  # which rows whoever is in their audience sees; None: all of them

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(self.audience_of(actor, self.space)).exclude_hidden(actor)

    @staticmethod
    def audience_of(actor: Actor, path: str = "") -> Q:
        """The rows whose `reach` the actor's rights cover; `path` leads to the row that has `reach` and `space`."""
        if actor.is_secretariat:
            return Q(**{f"{path}reach__lt": Audience.PARTICIPANTS})
        seen = Q(**{f"{path}reach__lte": Audience.NETWORK if actor.is_networked else Audience.PUBLIC})
        if actor.roles:
            seen |= Q(**{f"{path}space__in": list(actor.roles), f"{path}reach__lte": Audience.MEMBERS})
            if managed := actor.managed:
                seen |= Q(**{f"{path}space__in": managed, f"{path}reach__lte": Audience.MANAGERS})
        if actor.overseers:
            seen |= Q(**{f"{path}space__overseer__in": list(actor.overseers), f"{path}reach__lte": Audience.MANAGERS})
        if actor.fields:
            seen |= Q(**{f"{path}space__field__in": list(actor.fields), f"{path}reach__lte": Audience.MANAGERS})
        return seen

    def exclude_hidden(self, actor: Actor) -> Self:
        """Rows taken down are kept as tombstones, and drafts wait: these are seen by those who look after their space, and above."""
        if self.shown is None or actor.is_secretariat:
            return self
        seen = self.shown
        if managed := actor.managed:
            seen |= Q(**{f"{self.space}space__in": managed})
        if actor.overseers:
            seen |= Q(**{f"{self.space}space__overseer__in": list(actor.overseers)})
        if actor.fields:
            seen |= Q(**{f"{self.space}space__field__in": list(actor.fields)})
        return self.filter(seen)


class Content(models.Model):
    """A row that someone wrote in a space. `reach` is the narrowest audience of the content and all that holds it."""

    space = models.ForeignKey("spaces.Space", models.PROTECT, related_name="%(class)ss", verbose_name=_("space"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="%(class)ss", verbose_name=_("author"))
    on_behalf_of = models.ForeignKey(
        "spaces.Space", models.PROTECT, null=True, blank=True, related_name="%(class)ss_spoken", verbose_name=_("on behalf of")
    )
    audience = models.SmallIntegerField(_("audience"), choices=Audience.choices, default=Audience.PUBLIC)
    reach = models.SmallIntegerField(_("reach"), choices=Audience.choices, default=Audience.PUBLIC, editable=False)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row with a live stream: its version is raised, under its row lock, at every visible change."""

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def locked(self) -> Self:
        """The same row, read again under its lock; call it inside a transaction, first of all."""
        return compiled.get(type(self), self.pk, "space", lock=True)

    def next_version(self) -> int:
        """Raise and return the version; the caller saves the row it holds locked."""
        self.version += 1
        return self.version


class Reaching(models.Model):
    """A row whose `reach` follows its space: it knows how to realign itself when an audience changes."""

    class Meta:
        abstract = True

    @classmethod
    def realign(cls, space_id: int) -> None:
        raise NotImplementedError(cls.__name__)


def realign(space_id: int) -> None:
    """Give every content of a space its true reach again; the action that changed an audience calls it in its transaction."""
    for model in sorted(apps.get_models(), key=lambda m: getattr(m, "realign_order", 9)):
        if issubclass(model, Reaching):
            model.realign(space_id)
