"""Accounts are read here; suspending goes through the action, which closes sessions and sockets with them."""

from __future__ import annotations

from functools import partial

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.admin_pages import RecordAdmin
from network.spaces.actors import Actor
from profiles import actions
from profiles.models import Block, Profile, User


@admin.register(User)
class UserAdmin(RecordAdmin):
    list_display = ("email", "is_active", "is_staff", "language", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "page__name_ar", "page__name_en", "page__handle")
    exclude = ("password", "user_permissions", "groups")
    actions = ("suspend",)

    @admin.action(description=_("Suspend the chosen accounts"), permissions=["view"])
    def suspend(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.do(request, users, partial(actions.suspend, Actor.of(request.user)), _("The accounts are suspended."))


@admin.register(Profile)
class ProfileAdmin(RecordAdmin):
    list_display = ("user", "honorific", "job", "languages")
    list_select_related = ("user",)
    search_fields = ("user__email", "job", "user__page__name_ar")


@admin.register(Block)
class BlockAdmin(RecordAdmin):
    list_display = ("user", "blocked", "since")
    list_select_related = ("user", "blocked")
    search_fields = ("user__email", "blocked__email")
