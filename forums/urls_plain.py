"""What the forum's forms post to, its files and its permanent links: without a language."""

from django.urls import path

from forums.views import files, posts, topics

urlpatterns = [
    path("topics/<int:topic_id>/posts/", topics.reply, name="reply"),
    path("topics/<int:topic_id>/read/", topics.read, name="topic_read"),
    path("topics/<int:topic_id>/watch/", topics.watch, name="topic_watch"),
    path("topics/<int:topic_id>/closure/", topics.close, name="topic_close"),
    path("topics/<int:topic_id>/closure/end/", topics.reopen, name="topic_reopen"),
    path("topics/<int:topic_id>/pin/", topics.pin, {"pinned": True}, name="topic_pin"),
    path("topics/<int:topic_id>/pin/end/", topics.pin, {"pinned": False}, name="topic_unpin"),
    path("topics/<int:topic_id>/answer/", topics.answer, name="topic_answer"),
    path("topics/<int:topic_id>/answer/end/", topics.unanswer, name="topic_unanswer"),
    path("topics/<int:topic_id>/restoration/", topics.restore, name="topic_restore"),
    path("wall/", topics.own_wall, name="own_wall"),
    path("spaces/<int:space_id>/wall/", topics.space_wall, name="space_wall"),
    path("posts/<int:post_id>/", posts.place, name="post_place"),
    path("posts/<int:post_id>/reactions/", posts.react, {"on": True}, name="post_react"),
    path("posts/<int:post_id>/reactions/end/", posts.react, {"on": False}, name="post_unreact"),
    path("posts/<int:post_id>/restoration/", posts.restore, name="post_restore"),
    path("drafts/<str:place>/", files.draft, name="draft"),
    path("files/<str:key>/", files.file, name="file"),
]
