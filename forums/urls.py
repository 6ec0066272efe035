"""The forum's pages, under a language."""

from django.urls import path

from forums.views import boards, lists, posts, topics

urlpatterns = [
    path("topics/", lists.topics, name="topics"),
    path("topics/new/", topics.topic_new, name="topic_new"),
    path("topics/<int:topic_id>/", topics.topic, name="topic"),
    path("topics/<int:topic_id>/reply/", topics.reply_box, name="reply_box"),
    path("topics/<int:topic_id>/unread/", topics.first_unread, name="topic_unread"),
    path("topics/<int:topic_id>/edit/", topics.topic_edit, name="topic_edit"),
    path("topics/<int:topic_id>/removal/", topics.removal, name="topic_removal"),
    path("boards/<int:board_id>/", lists.board, name="board"),
    path("boards/<int:board_id>/new/", topics.board_topic_new, name="board_topic_new"),
    path("boards/<int:board_id>/edit/", boards.edit, name="board_edit"),
    path("spaces/<int:space_id>/boards/new/", boards.new, name="board_new"),
    path("posts/<int:post_id>/", posts.place, name="post"),
    path("posts/<int:post_id>/menu/", posts.menu, name="post_menu"),
    path("posts/<int:post_id>/edit/", posts.edit, name="post_edit"),
    path("posts/<int:post_id>/history/", posts.history, name="post_history"),
    path("posts/<int:post_id>/removal/", posts.removal, name="post_removal"),
    path("drafts/", lists.drafts, name="drafts"),
]
