"""What conversations' forms post to, their files and their permanent links: without a language."""

from django.urls import path

from chat.views import beginning, details, messages, rooms

urlpatterns = [
    path("conversations/count/", rooms.count, name="conversations_count"),
    path("conversations/with/<int:space_id>/", beginning.with_space, name="conversation_with"),
    path("conversations/files/<str:key>/", messages.file, name="message_file"),
    path("conversations/<int:conversation_id>/messages/", messages.send, name="message_send"),
    path("conversations/<int:conversation_id>/read/", details.read, name="conversation_read"),
    path("conversations/<int:conversation_id>/mute/", details.mute, {"on": True}, name="conversation_mute"),
    path("conversations/<int:conversation_id>/mute/end/", details.mute, {"on": False}, name="conversation_unmute"),
    path("conversations/<int:conversation_id>/archive/", details.archive, {"on": True}, name="conversation_archive"),
    path("conversations/<int:conversation_id>/archive/end/", details.archive, {"on": False}, name="conversation_unarchive"),
    path("conversations/<int:conversation_id>/departure/", details.leave, name="conversation_leave"),
    path("conversations/<int:conversation_id>/picture/", details.picture, name="conversation_picture"),
    path("conversations/<int:conversation_id>/participants/", details.add, name="conversation_add"),
    path("conversations/<int:conversation_id>/participants/<int:participant_id>/end/", details.remove, name="conversation_remove"),
    path("messages/<int:message_id>/", messages.place, name="message_place"),
    path("messages/<int:message_id>/reactions/", messages.react, {"on": True}, name="message_react"),
    path("messages/<int:message_id>/reactions/end/", messages.react, {"on": False}, name="message_unreact"),
    path("messages/<int:message_id>/pin/", messages.pin, {"pinned": True}, name="message_pin"),
    path("messages/<int:message_id>/pin/end/", messages.pin, {"pinned": False}, name="message_unpin"),
]
