"""The pages of conversations, under a language."""

from django.urls import path

from chat.views import beginning, details, messages, rooms

urlpatterns = [
    path("conversations/", rooms.rooms, name="conversations"),
    path("conversations/rooms/", rooms.room_list, name="rooms"),
    path("conversations/new/", beginning.new, name="conversation_new"),
    path("conversations/<int:conversation_id>/", rooms.room, name="conversation"),
    path("conversations/<int:conversation_id>/messages/", rooms.messages, name="messages"),
    path("conversations/<int:conversation_id>/details/", details.details, name="conversation_details"),
    path("conversations/<int:conversation_id>/search/", rooms.search, name="conversation_search"),
    path("messages/<int:message_id>/", messages.place, name="message"),
    path("messages/<int:message_id>/menu/", messages.menu, name="message_menu"),
    path("messages/<int:message_id>/edit/", messages.edit, name="message_edit"),
    path("messages/<int:message_id>/removal/", messages.removal, name="message_removal"),
    path("messages/<int:message_id>/forward/", messages.forward, name="message_forward"),
]
