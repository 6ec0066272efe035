"""Pages of institutions."""

from django.urls import path

from network.entities.views import directory, mandates, place, register

urlpatterns = [
    path("institutions/", directory.directory, name="entities"),
    path("institutions/new/", register.new, name="entity_new"),
    path("institutions/<str:code>/", place.overview, name="entity"),
    path("institutions/<str:code>/wall/", place.wall, name="entity_wall"),
    path("institutions/<str:code>/topics/", place.topics, name="entity_topics"),
    path("institutions/<str:code>/people/", place.people, name="entity_people"),
    path("institutions/<str:code>/network/", place.under, name="entity_under"),
    path("institutions/<str:code>/groups/", place.groups, name="entity_groups"),
    path("institutions/<str:code>/edit/", register.edit, name="entity_edit"),
    path("institutions/<str:code>/mandates/", mandates.mandates, name="mandates"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/end/", mandates.end, name="mandate_end"),
]
