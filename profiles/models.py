"""A person: the account (User), what they say of themselves (Profile), and whom they do not want to hear (Block)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles import spoken


class UserQuerySet(models.QuerySet["User"]):
    def update(self, **fields: Any) -> int:
        """As ever, and raises `rights`: whoever keeps one of these accounts reads it again."""
        fields.setdefault("rights", F("rights") + 1)
        return super().update(**fields)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account without a page; profiles.actions.open_account makes both."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An administrator with a page like everybody's, under the first part of the address until they write their name."""
        from profiles import actions  # noqa: PLC0415 -- actions knows these models

        user = self.model(email=self.normalize_email(email), is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        return actions.open_account(user, name=email.partition("@")[0])


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # notices are a library's model, which has no types
    """One who signs in by e-mail. Names stand on the person's page (`user.page`, a Space)."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin pages"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # Raised by every change of the account, its page, a membership or a mandate; see spaces.actors and profiles.keeping.
    rights = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(
        _("language of the interface"), max_length=5, default="ar", choices=[("ar", "العربية"), ("fr", "Français"), ("en", "English")]
    )
    zone = models.CharField(_("time zone"), max_length=40, blank=True)  # blank: the browser's
    digits = models.CharField(
        _("digits"), max_length=8, default="western", choices=[("western", _("Western: 1 2 3")), ("eastern", _("Eastern: ١ ٢ ٣"))]
    )
    calendar = models.CharField(
        _("calendar"),
        max_length=12,
        default="both",
        choices=[("gregorian", _("Gregorian")), ("hijri", _("Hijri")), ("both", _("Gregorian, with Hijri beside it"))],
    )
    theme = models.CharField(
        _("theme"), max_length=8, default="system", choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
    )
    shows_presence = models.BooleanField(_("others see when I am here"), default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **options: Any) -> None:
        """As ever; `rights` is raised by the database, so that two writers cannot arrive at the same number."""
        if self._state.adding:
            super().save(*args, **options)
            return
        if (fields := options.get("update_fields")) is None:
            fields = [field.name for field in self._meta.concrete_fields if not field.primary_key]
        super().save(*args, **options | {"update_fields": [name for name in fields if name != "rights"]})
        type(self)._default_manager.filter(pk=self.pk).update(rights=F("rights") + 1)

    @property
    def name(self) -> str:
        return self.page.name

    def get_full_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.page.get_absolute_url()


class Profile(models.Model):
    """What a person says of themselves; their name, picture, audience and text stand on the page."""

    user = models.OneToOneField(User, models.CASCADE, related_name="profile", verbose_name=_("person"))
    honorific = models.CharField(_("honorific"), max_length=40, blank=True)
    job = models.CharField(_("job"), max_length=120, blank=True)
    languages = models.CharField(_("languages spoken"), max_length=120, blank=True)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return f"{self.honorific} {self.user}".strip()

    @property
    def spoken(self) -> list[str]:
        """Names of the languages spoken, for the reader."""
        return spoken.names(self.languages)


class Block(models.Model):
    """A person does not want another's notices, mentions and posts in their feed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="blocks", verbose_name=_("person"))
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by", verbose_name=_("blocked person"))
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [models.UniqueConstraint(fields=["user", "blocked"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.user_id} blocks {self.blocked_id}"
