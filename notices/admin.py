from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from network.admin_pages import RecordAdmin
from notices.models import Device, Incoming, Level, Mail, Newsletter, Notice, Preferences, PushKey, SpaceMail

if admin.site.is_registered(Notice):
    admin.site.unregister(Notice)  # the library registers the swapped model with its own page


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    list_display = ("timestamp", "recipient", "reason", "verb", "space", "unread")
    list_filter = ("reason", "unread")
    list_select_related = ("recipient", "space")
    search_fields = ("recipient__email",)
    date_hierarchy = "timestamp"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        """Without those about conversations: who talks to whom is nobody's but theirs."""
        return super().get_queryset(request).exclude(reason__in=("chat_mention", "message"))


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    """Which mails wait, went or were refused. What they say is not shown: a sign-in code is nobody else's."""

    list_display = ("created_at", "kind", "address", "state", "attempts", "sent_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("address",)
    exclude = ("about",)
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("about")


@admin.register(Incoming)
class IncomingAdmin(RecordAdmin):
    list_display = ("received_at", "sender", "user", "outcome", "why", "path")
    list_filter = ("outcome",)
    list_select_related = ("user",)
    search_fields = ("sender",)
    date_hierarchy = "received_at"


@admin.register(Preferences)
class PreferencesAdmin(RecordAdmin):
    list_display = ("user", "next_digest_at", "last_digest_at", "paused_at", "paused_because")
    list_select_related = ("user",)
    search_fields = ("user__email",)


@admin.register(Level)
class LevelAdmin(RecordAdmin):
    list_display = ("user", "space", "level")
    list_filter = ("level",)
    list_select_related = ("user", "space")
    search_fields = ("user__email",)


@admin.register(SpaceMail)
class SpaceMailAdmin(RecordAdmin):
    list_display = ("space", "level", "without_content", "board")
    list_select_related = ("space", "board")


@admin.register(Newsletter)
class NewsletterAdmin(RecordAdmin):
    list_display = ("created_at", "title_ar", "space", "by", "sent_at", "people")
    list_select_related = ("space", "by")
    search_fields = ("title_ar", "title_fr", "title_en")


@admin.register(Device)
class DeviceAdmin(RecordAdmin):
    list_display = ("user", "label", "since", "told_at", "failures")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    exclude = ("endpoint",)  # whoever knows it could tell that browser things


@admin.register(PushKey)
class PushKeyAdmin(RecordAdmin):
    list_display = ("pk", "made_at")
