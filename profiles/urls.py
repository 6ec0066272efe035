"""Pages of this room; they stand under a language."""

from django.urls import path

from profiles.views import mine, people, welcome

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("@<str:handle>/", people.by_handle, name="by_handle"),
    path("profile/", mine.edit, name="profile_edit"),
    path("settings/", mine.settings, name="settings"),
    path("settings/blocked/", mine.blocked, name="blocked"),
    path("welcome/", welcome.about_me, name="welcome"),
    path("welcome/institutions/", welcome.institutions, name="welcome_institutions"),
    path("welcome/groups/", welcome.groups, name="welcome_groups"),
]
