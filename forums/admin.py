"""The forum as an administrator reads it. Drafts are nobody's but their writer's and are not here."""

from __future__ import annotations

from django.contrib import admin

from forums.models import Attachment, Board, Closure, Edit, Mention, Post, Reaction, ReadMark, Tag, Topic, Watch
from network.admin_pages import RecordAdmin, ReferenceAdmin


@admin.register(Tag)
class TagAdmin(ReferenceAdmin):
    list_display = ("name",)
    search_fields = ("name", "folded")


@admin.register(Board)
class BoardAdmin(RecordAdmin):
    list_display = ("name", "space", "parent", "audience", "topics_count", "posts_count", "last_post_at")
    list_filter = ("audience",)
    list_select_related = ("space", "parent")
    search_fields = ("name", "space__name_ar")


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    list_display = ("__str__", "space", "board", "author", "on_behalf_of", "posts_count", "created_at", "closed_at", "deleted_at")
    list_filter = ("reach", "language", ("closed_at", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("space", "board", "author", "on_behalf_of")
    search_fields = ("title", "folded")
    date_hierarchy = "created_at"


@admin.register(Post)
class PostAdmin(RecordAdmin):
    list_display = ("__str__", "author", "on_behalf_of", "created_at", "edited_at", "deleted_at")
    list_filter = ("language", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("author", "on_behalf_of")
    search_fields = ("folded", "author__email")
    date_hierarchy = "created_at"


@admin.register(Edit)
class EditAdmin(RecordAdmin):
    list_display = ("post", "by", "at")
    list_select_related = ("post", "by")


@admin.register(Closure)
class ClosureAdmin(RecordAdmin):
    list_display = ("topic", "by", "reason", "at")
    list_select_related = ("topic", "by")


@admin.register(Attachment)
class AttachmentAdmin(RecordAdmin):
    list_display = ("name", "content_type", "size", "uploader", "created_at")
    list_filter = ("content_type",)
    list_select_related = ("uploader",)
    search_fields = ("name", "uploader__email")


@admin.register(Reaction, Mention, Watch, ReadMark)
class SmallRecordAdmin(RecordAdmin):
    pass
