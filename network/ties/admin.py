from django.contrib import admin

from network.admin_pages import RecordAdmin
from network.ties.models import Offer, Tie


@admin.register(Tie)
class TieAdmin(RecordAdmin):
    list_display = ("first", "kind", "second", "state", "space", "proposed_at", "ended_on")
    list_filter = ("kind", "state")
    list_select_related = ("first", "second", "space")
    search_fields = ("first__folded", "second__folded")


@admin.register(Offer)
class OfferAdmin(RecordAdmin):
    list_display = ("title", "kind", "space", "field", "until", "closed_at", "audience")
    list_filter = ("kind", "field", "audience")
    list_select_related = ("space",)
    search_fields = ("folded",)
