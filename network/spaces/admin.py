"""Countries are kept by hand; spaces, members and mandates are read, and ended by the actions of the house."""

from __future__ import annotations

from functools import partial

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.admin_pages import RecordAdmin, ReferenceAdmin
from network.spaces import actions
from network.spaces.actors import Actor
from network.spaces.models import (
    Country,
    Field,
    Follow,
    HandOver,
    Invitation,
    JoinRequest,
    Mandate,
    MandateInvitation,
    Membership,
    Recognition,
    Space,
)


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "name_en", "protocol_order", "zone")
    search_fields = ("code", "name_ar", "name_fr", "name_en")


@admin.register(Field)
class FieldAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "name_en", "position")
    search_fields = ("code", "name_ar", "name_fr", "name_en")


@admin.register(Space)
class SpaceAdmin(RecordAdmin):
    list_display = ("called", "kind", "handle", "country", "audience", "listed", "members_count")
    list_filter = ("kind", "audience", "listed", "country")
    list_select_related = ("country",)
    search_fields = ("name_ar", "name_fr", "name_en", "handle", "folded")


@admin.register(Mandate)
class MandateAdmin(RecordAdmin):
    list_display = ("user", "entity", "title", "network", "scope", "is_head", "from_day", "until_day")
    list_filter = ("network", "scope", "is_head", "entity__country")
    list_select_related = ("user", "entity")
    search_fields = ("title", "user__email", "entity__name_ar", "entity__name_fr", "entity__name_en")
    actions = ("end",)

    @admin.action(description=_("End the chosen mandates now"), permissions=["view"])
    def end(self, request: HttpRequest, mandates: QuerySet[Mandate]) -> None:
        self.do(request, mandates, partial(actions.end_mandate, Actor.of(request.user)), _("The mandates have ended."))


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ("space", "user", "entity", "role", "approved_by", "since")
    list_filter = ("role", "space__kind")
    list_select_related = ("space", "user", "entity", "approved_by")
    search_fields = ("user__email", "space__name_ar", "entity__name_ar")


@admin.register(JoinRequest)
class JoinRequestAdmin(RecordAdmin):
    list_display = ("space", "user", "entity", "asked_at")
    list_select_related = ("space", "user", "entity")
    search_fields = ("user__email", "space__name_ar")


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    list_display = ("space", "user", "entity", "role", "by", "sent_at")
    list_filter = ("role",)
    list_select_related = ("space", "user", "entity", "by")
    search_fields = ("user__email", "space__name_ar", "entity__name_ar")


@admin.register(Follow)
class FollowAdmin(RecordAdmin):
    list_display = ("user", "entity", "space", "since")
    list_select_related = ("user", "entity", "space")
    search_fields = ("user__email", "space__name_ar")


@admin.register(MandateInvitation)
class MandateInvitationAdmin(RecordAdmin):
    list_display = ("address", "entity", "title", "network", "by", "sent_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("network",)
    list_select_related = ("entity", "by")
    search_fields = ("address", "title", "entity__name_ar")
    exclude = ("token_hash",)


@admin.register(HandOver)
class HandOverAdmin(RecordAdmin):
    list_display = ("entity", "from_user", "to_user", "by", "at")
    list_select_related = ("entity", "from_user", "to_user", "by")
    search_fields = ("from_user__email", "to_user__email", "entity__name_ar")
    exclude = ("note", "items")  # between those whom it concerns


@admin.register(Recognition)
class RecognitionAdmin(RecordAdmin):
    list_display = ("country", "commission", "by", "at", "ended_by", "ended_at")
    list_filter = ("country",)
    list_select_related = ("country", "commission", "by", "ended_by")
