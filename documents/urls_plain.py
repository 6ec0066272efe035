"""What forms post to."""

from django.urls import path

from documents.views import guides, steps

urlpatterns = [
    path("guides/<int:guide_id>/publication/", guides.publish, name="guide_publish"),
    path("guides/<int:guide_id>/draft/end/", guides.discard, name="guide_discard"),
    path("first-steps/away/", steps.away, name="first_steps_away"),
    path("first-steps/<slug:step>/", steps.tick, name="first_step"),
]
